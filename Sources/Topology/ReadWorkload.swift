extension Reader {
    mutating func readWorkload(_ item: Item) {
        let fields = fields(item, of: "workload", known: Keys.workload)
        guard case .map = item.kind else { return }
        var workload = Topology.Workload(place: item.place)
        if let item = fields["kind"]?.value {
            let kind = choice(item, Topology.Workload.Kind.self, at: "workload.kind")
            workload.kind = kind ?? workload.kind
            readDriver(fields, at: item.place, mustHave: kind != nil, into: &workload)
        } else {
            complain(item.place, "a workload needs its 'kind'", "key/missing", "kind: register")
        }
        readTarget(fields["target"]?.value, at: item.place, into: &workload)
        readRequest(fields["request"], into: &workload)
        if let item = fields["keys"]?.value { workload.keys = number(item, 1...1_000_000) ?? 100 }
        if let item = fields["traffic"]?.value { readTraffic(item, into: &workload) }
        if let item = fields["clients"]?.value { workload.clients = number(item, 0...100) ?? 1 }
        if let item = fields["connections"]?.value {
            workload.connections = number(item, 1...1_000) ?? 1
        }
        if let item = fields["timeout"]?.value {
            workload.timeout = time(item, atLeast: .milliseconds(1)) ?? .seconds(1)
            if workload.timeout > .seconds(600) {
                complain(item.place, "expected a time of at most 10m", "value/time")
            }
        }
        if let item = fields["labels"]?.value { workload.labels = readLabels(item) }
        topology.workload = workload
        for client in topology.clients { claim(client, "a client", at: item.place) }
    }

    private mutating func readDriver(
        _ fields: [String: Item.Entry], at place: Place, mustHave: Bool,
        into workload: inout Topology.Workload
    ) {
        guard let item = fields["driver"]?.value else {
            if workload.kind == .http {
                workload.driver = .http
            } else if mustHave {
                complain(place, "a workload needs its 'driver'", "key/missing", "driver: kv")
            }
            return
        }
        if let passage = text(item, "a driver"), passage.text.hasPrefix("exec:"),
            NotYet.values.contains("workload.driver=exec:")
        {
            notYet("a driver of one's own, 'exec:',", item.place)
            return
        }
        guard let driver = choice(item, Topology.Workload.Driver.self, at: "workload.driver") else {
            return
        }
        workload.driver = driver
        guard mustHave, (workload.kind == .http) != (driver == .http) else { return }
        complain(
            item.place,
            "kind \(workload.kind.rawValue) cannot be done by driver \(driver.rawValue)",
            "workload/driver",
            workload.kind == .http
                ? "leave the driver out, or write http" : "write kv or redis, or kind: http")
    }

    /// Clients ask the first port of each node.
    private mutating func readTarget(
        _ item: Item?, at place: Place, into workload: inout Topology.Workload
    ) {
        guard let item else {
            if !topology.groups.isEmpty, topology.groups.allSatisfy(\.ports.isEmpty) {
                complain(
                    place, "no group has a port that clients could ask", "workload/port",
                    "add ports: {http: 8080} to the group")
            }
            return
        }
        guard let name = text(item, "a group") else { return }
        workload.target = name.text
        guard let group = topology.group(name.text) else {
            unknownGroup(name)
            return
        }
        if group.ports.isEmpty {
            complain(
                name.place, "group \(group.name) has no port that clients could ask",
                "workload/port", "add ports: {http: 8080} to it")
        }
    }

    private mutating func readTraffic(_ item: Item, into workload: inout Topology.Workload) {
        guard let traffic = frequency(item) else { return }
        workload.traffic = traffic
        if traffic > 100_000 {
            complain(item.place, "expected at most 100000/s", "value/frequency")
        }
    }

    private mutating func readRequest(
        _ field: Item.Entry?, into workload: inout Topology.Workload
    ) {
        guard let field, let passage = text(field.value, "a request") else { return }
        let parts = passage.text.split(separator: " ")
        guard parts.count == 2, ["GET", "POST"].contains(parts[0]), parts[1].hasPrefix("/") else {
            complain(
                passage.place, "expected a request, found \(field.value.described)",
                "workload/request", "write GET /path or POST /path")
            return
        }
        if workload.kind != .http {
            complain(
                field.key.place, "a workload of kind \(workload.kind.rawValue) has no 'request'",
                "workload/key", "write kind: http")
        }
        workload.request = Topology.Workload.Request(
            method: String(parts[0]), path: String(parts[1]))
    }
}
