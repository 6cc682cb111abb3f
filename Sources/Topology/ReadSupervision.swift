extension Reader {
    /// The word of a probe's port, if it has one.
    func probePort(_ item: Item) -> String? {
        guard case .map(let entries) = item.kind,
            let port = entries.first(where: { $0.key.text == "port" }),
            case .text(let passage, _, _) = port.value.kind
        else { return nil }
        return passage.text
    }

    /// A probe, for a group or (with `nil`) as the default at the top, whose port is checked later.
    mutating func readProbe(_ item: Item, for group: Topology.Group?) -> Topology.Probe? {
        let fields = fields(item, of: "probe", known: Keys.probe)
        guard let kindItem = fields["kind"]?.value else {
            if case .map = item.kind {
                complain(item.place, "a probe needs its 'kind'", "key/missing", "kind: http")
            }
            return nil
        }
        let kinds = ["http", "prometheus", "redis", "tcp"]
        guard let word = choice(kindItem, of: kinds, at: "probe.kind") else { return nil }
        let kind: Topology.Probe.Kind
        switch word {
        case "http":
            let status = fields["expect"].flatMap { number($0.value, 100...599) }
            kind = .http(path: path(fields["path"]) ?? "/", status: status)
        case "prometheus": kind = .prometheus(path: path(fields["path"]) ?? "/metrics")
        case "redis": kind = .redis
        default: kind = .tcp
        }
        let usable: Set<String> =
            switch word {
            case "http": ["path", "expect"]
            case "prometheus": ["path"]
            default: []
            }
        for key in ["path", "expect", "command", "pattern"] where !usable.contains(key) {
            guard let field = fields[key] else { continue }
            complain(field.key.place, "a probe of kind \(word) has no '\(key)'", "probe/key")
        }
        var probe = Topology.Probe(kind: kind, port: "")
        if let item = fields["every"]?.value {
            probe.every = time(item, atLeast: .milliseconds(10)) ?? probe.every
        }
        if let item = fields["timeout"]?.value {
            probe.timeout = time(item, atLeast: .milliseconds(1)) ?? probe.timeout
        }
        if let item = fields["healthy after"]?.value {
            probe.healthyAfter = number(item, 1...1000) ?? 1
        }
        if let item = fields["unhealthy after"]?.value {
            probe.unhealthyAfter = number(item, 1...1000) ?? 3
        }
        let port = fields["port"].flatMap { text($0.value, "a word of 'ports'") }
        guard let group else { return nil }
        guard let first = group.ports.first else {
            complain(
                item.place, "group \(group.name) has no ports to probe", "probe/port",
                "add ports: {http: 8080}")
            return nil
        }
        if let port, group.port(port.text) == nil {
            complain(
                port.place, "no port of group \(group.name) is called '\(shortened(port.text))'",
                "probe/port",
                nearest(port.text, of: group.ports.map(\.name)).map { "did you mean '\($0)'?" })
            return nil
        }
        probe.port = port?.text ?? first.name
        return probe
    }

    private mutating func path(_ field: Item.Entry?) -> String? {
        guard let field, let passage = text(field.value, "a path") else { return nil }
        guard passage.text.hasPrefix("/"), !passage.text.contains(where: \.isWhitespace) else {
            complain(
                passage.place, "expected a path, found \(field.value.described)", "probe/path",
                "a path begins with '/'")
            return nil
        }
        return passage.text
    }

    /// Words that feed columns, and words of the topology's own.
    struct Metrics {
        var columns: [Topology.Metric: String] = [:]
        var own: [String: String] = [:]
    }

    mutating func readMetrics(_ item: Item) -> Metrics {
        var metrics = Metrics()
        for entry in entries(item, "metrics") {
            let column = Topology.Metric(rawValue: entry.key.text)
            guard column != nil || isOwnMetric(entry.key) else { continue }
            guard let value = text(entry.value, "a metric's name") else { continue }
            guard !value.text.isEmpty, !value.text.contains(where: \.isWhitespace) else {
                complain(
                    value.place, "expected a metric's name, found \(entry.value.described)",
                    "metrics/name", "as in the program's own page: kv_requests_total")
                continue
            }
            if let column {
                metrics.columns[column] = value.text
            } else {
                metrics.own[entry.key.text] = value.text
            }
        }
        return metrics
    }

    private mutating func isOwnMetric(_ key: Passage) -> Bool {
        guard let word = word(key) else { return false }
        let known = Topology.Metric.allCases.map(\.rawValue)
        if let near = nearest(word, of: known), editDistance(word, near) <= 2 {
            complain(
                key.place, "unknown metric '\(word)'", "metrics/unknown", "did you mean '\(near)'?")
            return false
        }
        // The probe itself gives it a meaning.
        guard word != "latency" else {
            complain(
                key.place, "'latency' is measured by the probe", "metrics/unknown",
                "give it another name")
            return false
        }
        return true
    }

    mutating func readRestart(_ item: Item) -> Topology.Restart {
        var restart = Topology.Restart()
        if case .text(let passage, _, _) = item.kind {
            let word = ["no", "off", "false"].contains(passage.text) ? "never" : passage.text
            let known = Topology.Restart.Policy(rawValue: word) != nil
            complain(
                item.place, "expected a map with policy, backoff, limit, found \(item.described)",
                "value/kind", known ? "write restart: {policy: \(word)}" : nil)
            return restart
        }
        let fields = fields(item, of: "restart", known: Keys.restart)
        if let item = fields["policy"]?.value {
            restart.policy =
                choice(item, Topology.Restart.Policy.self, at: "restart.policy") ?? restart.policy
        }
        if let item = fields["backoff"]?.value {
            restart.backoff = range(item, atLeast: .milliseconds(1)) ?? restart.backoff
        }
        if let item = fields["limit"]?.value { restart.limit = number(item, 0...1_000_000) }
        return restart
    }

    mutating func readStop(_ item: Item) -> Topology.Stop {
        var stop = Topology.Stop()
        let fields = fields(item, of: "stop", known: Keys.stop)
        if let item = fields["signal"]?.value {
            let signals = [
                "TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "KILL", "ABRT", "WINCH", "CONT",
            ]
            if let passage = text(item, "a signal"), passage.text.uppercased().hasPrefix("SIG"),
                signals.contains(String(passage.text.uppercased().dropFirst(3)))
            {
                complain(
                    item.place, "expected a signal, found \(item.described)", "value/choice",
                    "write \(passage.text.uppercased().dropFirst(3))")
            } else {
                stop.signal = choice(item, of: signals, at: "stop.signal") ?? stop.signal
            }
        }
        if let item = fields["grace"]?.value { stop.grace = time(item) ?? stop.grace }
        return stop
    }

    /// `after` of every group, once all names are known; then whether anybody waits for himself.
    mutating func readDependencies(_ groups: [(index: Int, fields: [String: Item.Entry])]) {
        let names = topology.groups.map(\.name) + topology.members.map(\.name)
        for (index, fields) in groups {
            guard let item = fields["after"]?.value else { continue }
            if case .text(let passage, _, _) = item.kind, names.contains(passage.text) {
                complain(
                    item.place, "expected a map of nodes to what they must have reached",
                    "value/kind", "write {\(passage.text): ready}")
                continue
            }
            for entry in entries(item, "after") {
                guard names.contains(entry.key.text) else {
                    complain(
                        entry.key.place,
                        "no group or node is called '\(shortened(entry.key.text))'",
                        "name/unknown",
                        nearest(entry.key.text, of: names).map { "did you mean '\($0)'?" })
                    continue
                }
                let state =
                    choice(entry.value, Topology.Dependency.State.self, at: "group.after") ?? .ready
                topology.groups[index].after.append(
                    Topology.Dependency(on: entry.key.text, state: state, place: entry.key.place))
            }
        }
        tellCycles()
    }

    private mutating func tellCycles() {
        let groupOf = Dictionary(
            topology.members.map { ($0.name, $0.group) }
                + topology.groups.map { ($0.name, $0.name) },
            uniquingKeysWith: { first, _ in first })
        var finished = Set<String>()
        var told = Set<Place>()
        for group in topology.groups {
            var trail: [(group: String, place: Place)] = []
            visit(group.name, at: group.place, &trail, &finished, &told, groupOf)
        }
    }

    /// Depth first; a group that is met again on the way down closes a circle.
    private mutating func visit(
        _ name: String, at place: Place, _ trail: inout [(group: String, place: Place)],
        _ finished: inout Set<String>, _ told: inout Set<Place>, _ groupOf: [String: String]
    ) {
        if let start = trail.firstIndex(where: { $0.group == name }) {
            let circle = trail[start...].map(\.group) + [name]
            if told.insert(place).inserted {
                complain(
                    place,
                    circle.count == 2
                        ? "\(name) waits for itself"
                        : "these wait for each other: " + circle.joined(separator: " after "),
                    "after/cycle", "nobody would ever start")
            }
            return
        }
        guard !finished.contains(name), let group = topology.group(name) else { return }
        trail.append((name, place))
        for dependency in group.after {
            guard let target = groupOf[dependency.on] else { continue }
            visit(target, at: dependency.place, &trail, &finished, &told, groupOf)
        }
        trail.removeLast()
        finished.insert(name)
    }
}
