internal import Cluster

extension Report {
    /// The figures as OpenMetrics 1.0, for a gateway or a file that a collector picks up. Every sample
    /// carries the topology, the scenario and the seed.
    public var openMetrics: String {
        var families = Families()
        for run in runs { families.add(run) }
        return families.text
    }
}

/// Samples by family: all of one family stand together, whichever run they are about.
private struct Families {
    private struct Family {
        var name: String
        var type: String
        var unit: String
        var help: String
        var samples: [String] = []
    }

    private var families: [Family] = [
        Family(
            name: "squall_run_code", type: "gauge", unit: "",
            help: "Exit code of the run; 0 is passed."),
        Family(
            name: "squall_run_duration_seconds", type: "gauge", unit: "seconds",
            help: "How long the run took."),
        Family(
            name: "squall_promises", type: "gauge", unit: "",
            help: "Promises by verdict."),
        Family(
            name: "squall_client_operations", type: "counter", unit: "",
            help: "Operations of the clients since all nodes were ready, by outcome."),
        Family(
            name: "squall_client_availability_ratio", type: "gauge", unit: "ratio",
            help: "Share of the finished operations that succeeded."),
        Family(
            name: "squall_client_latency_seconds", type: "summary", unit: "seconds",
            help: "Latency of the answered operations from their intended start."),
        Family(
            name: "squall_client_outage_seconds", type: "gauge", unit: "seconds",
            help: "Longest time without a success."),
        Family(
            name: "squall_fault_proved", type: "gauge", unit: "",
            help: "1 where the fault was proved, 0 where it had no effect."),
        Family(
            name: "squall_fault_detection_seconds", type: "gauge", unit: "seconds",
            help: "From the fault until somebody noticed."),
        Family(
            name: "squall_fault_election_seconds", type: "gauge", unit: "seconds",
            help: "From the fault until another node led."),
        Family(
            name: "squall_fault_recovery_seconds", type: "gauge", unit: "seconds",
            help: "Until all was well again."),
        Family(
            name: "squall_fault_outage_seconds", type: "gauge", unit: "seconds",
            help: "Longest time that a client went without success because of the fault."),
        Family(
            name: "squall_fault_availability_ratio", type: "gauge", unit: "ratio",
            help: "Availability before, during and after the fault."),
        Family(
            name: "squall_fault_latency_seconds", type: "gauge", unit: "seconds",
            help: "p99 before, during and after the fault."),
    ]

    private mutating func add(
        _ family: String, _ labels: [(String, String)], _ value: Double?, suffix: String = ""
    ) {
        guard let value, value.isFinite,
            let index = families.firstIndex(where: { $0.name == family })
        else { return }
        let told = labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
        families[index].samples.append("\(family)\(suffix){\(told)} \(number(value))")
    }

    mutating func add(_ run: RunReport) {
        let labels = [
            ("topology", run.topology), ("scenario", run.scenario ?? ""),
            ("seed", String(run.seed)), ("run", run.name),
        ]
        add("squall_run_code", labels, Double(run.code))
        add("squall_run_duration_seconds", labels, run.length)
        for verdict in Judgement.Verdict.allCases {
            add(
                "squall_promises", labels + [("verdict", verdict.rawValue)],
                Double(run.promises.count { $0.verdict == verdict }))
        }
        if let clients = run.clients { add(clients, labels) }
        for fault in run.faults { add(fault, labels + [("fault", fault.label)]) }
    }

    private mutating func add(_ clients: ClientFigures, _ labels: [(String, String)]) {
        for (outcome, count) in [
            ("ok", clients.ok), ("refused", clients.refused), ("unknown", clients.unknown),
        ] {
            add(
                "squall_client_operations", labels + [("outcome", outcome)], Double(count),
                suffix: "_total")
        }
        add("squall_client_availability_ratio", labels, clients.availability)
        add("squall_client_outage_seconds", labels, clients.outage)
        guard let latency = clients.latency else { return }
        for (quantile, value) in [
            ("0.5", latency.p50), ("0.9", latency.p90), ("0.99", latency.p99),
            ("0.999", latency.p999),
        ] {
            add("squall_client_latency_seconds", labels + [("quantile", quantile)], value)
        }
    }

    private mutating func add(_ fault: FaultFigures, _ labels: [(String, String)]) {
        switch fault.proof?.verdict {
        case .proved: add("squall_fault_proved", labels, 1)
        case .noEffect: add("squall_fault_proved", labels, 0)
        default: break
        }
        add("squall_fault_detection_seconds", labels, fault.detection)
        add("squall_fault_election_seconds", labels, fault.election)
        add("squall_fault_recovery_seconds", labels, fault.recovery)
        add("squall_fault_outage_seconds", labels, fault.outage)
        for (window, figures) in [
            ("before", fault.before), ("during", fault.during), ("after", fault.after),
        ] {
            let labels = labels + [("window", window)]
            add("squall_fault_availability_ratio", labels, figures?.availability)
            add("squall_fault_latency_seconds", labels, figures?.latency?.p99)
        }
    }

    var text: String {
        var lines: [String] = []
        for family in families where !family.samples.isEmpty {
            lines.append("# TYPE \(family.name) \(family.type)")
            if !family.unit.isEmpty { lines.append("# UNIT \(family.name) \(family.unit)") }
            lines.append("# HELP \(family.name) \(family.help)")
            lines += family.samples
        }
        return lines.joined(separator: "\n") + (lines.isEmpty ? "" : "\n") + "# EOF\n"
    }

    private func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
            "\n", with: "\\n")
    }

    private func number(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? "\((value * 1e6).rounded() / 1e6)"
    }
}
