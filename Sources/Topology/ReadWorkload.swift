extension Reader {
    mutating func readWorkload(_ item: Item) {
        let fields = fields(item, of: "workload", known: Keys.workload)
        guard case .map = item.kind else { return }
        var workload = Topology.Workload(place: item.place)
        var kindIsKnown = false
        if let item = fields["kind"]?.value {
            let kind = choice(item, Topology.Workload.Kind.self, at: "workload.kind")
            workload.kind = kind ?? workload.kind
            kindIsKnown = kind != nil
        } else {
            complain(item.place, "a workload needs its 'kind'", "key/missing", "kind: register")
        }
        readDriver(fields, at: item.place, mustHave: kindIsKnown, into: &workload)
        if let item = fields["target"]?.value, let name = text(item, "a group") {
            if topology.group(name.text) == nil { unknownGroup(name) }
            workload.target = name.text
        }
        if let item = fields["keys"]?.value { workload.keys = number(item, 1...1_000_000) ?? 100 }
        if let item = fields["traffic"]?.value { workload.traffic = frequency(item) ?? 100 }
        if let item = fields["clients"]?.value { workload.clients = number(item, 0...100) ?? 1 }
        if let item = fields["connections"]?.value {
            workload.connections = number(item, 1...10_000) ?? 1
        }
        if let item = fields["timeout"]?.value {
            workload.timeout = time(item, atLeast: .milliseconds(1)) ?? .seconds(1)
        }
        if let item = fields["labels"]?.value { workload.labels = readLabels(item) }
        topology.workload = workload
        for client in topology.clients { claim(client, "a client", at: item.place) }
    }

    private mutating func readDriver(
        _ fields: [String: Item.Entry], at place: Place, mustHave: Bool,
        into workload: inout Topology.Workload
    ) {
        if let item = fields["driver"]?.value {
            if let passage = text(item, "a driver"), passage.text.hasPrefix("exec:"),
                NotYet.values.contains("workload.driver=exec:")
            {
                notYet("a driver of one's own, 'exec:',", item.place)
            } else if let driver = choice(
                item, Topology.Workload.Driver.self, at: "workload.driver")
            {
                workload.driver = driver
            }
        } else if workload.kind == .http {
            workload.driver = .http
        } else if mustHave {
            complain(place, "a workload needs its 'driver'", "key/missing", "driver: kv")
        }
        guard let item = fields["request"]?.value, let passage = text(item, "a request") else {
            return
        }
        let parts = passage.text.split(separator: " ")
        guard parts.count == 2, ["GET", "POST"].contains(parts[0]), parts[1].hasPrefix("/") else {
            complain(
                passage.place, "expected a request, found \(item.described)", "workload/request",
                "write GET /path or POST /path")
            return
        }
        workload.request = Topology.Workload.Request(
            method: String(parts[0]), path: String(parts[1]))
    }
}
