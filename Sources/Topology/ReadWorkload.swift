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
        if let field = fields["accounts"] {
            workload.accounts = number(field.value, 2...100_000) ?? 10
            if workload.kind != .bank {
                complain(
                    field.key.place,
                    "a workload of kind \(workload.kind.rawValue) has no 'accounts'",
                    "workload/key", "write kind: bank")
            }
        }
        if let item = fields["history"]?.value { readHistory(item, into: &workload) }
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
        guard let passage = text(item, "a driver") else { return }
        if passage.text.hasPrefix("exec:") {
            readProgram(passage, into: &workload)
        } else {
            let words = Topology.Workload.Driver.allCases.filter { $0 != .exec }.map(\.rawValue)
            guard let word = choice(item, of: words, at: "workload.driver"),
                let driver = Topology.Workload.Driver(rawValue: word)
            else { return }
            workload.driver = driver
        }
        guard mustHave, !workload.driver.kinds.contains(workload.kind) else { return }
        let others = Topology.Workload.Driver.allCases.filter {
            $0.kinds.contains(workload.kind)
        }
        complain(
            item.place,
            "kind \(workload.kind.rawValue) cannot be done by driver \(workload.driver.rawValue)",
            "workload/driver",
            "write \(others.map(\.rawValue).joined(separator: " or ")), or kind: "
                + workload.driver.kinds.map(\.rawValue).joined(separator: " or "))
    }

    /// `exec: python3 {topology}/driver.py`
    private mutating func readProgram(
        _ passage: Passage, into workload: inout Topology.Workload
    ) {
        workload.driver = .exec
        do {
            let text = String(passage.text.dropFirst(5))
            for word in try Words.split(Placeholder.pieces(text)) {
                workload.program.append(programWord(word, in: passage))
            }
        } catch {
            complain(
                passage.place(atScalar: error.offset + 5), error.message, "command/quote",
                error.hint)
        }
        if workload.program.isEmpty {
            complain(
                passage.place, "expected a program behind 'exec:'", "workload/driver",
                "write exec: and a command that reads JSON lines")
        }
    }

    /// A client knows no other placeholder than the folder of the topology file.
    private mutating func programWord(_ word: Words.Word, in passage: Passage) -> String {
        var text = String.UnicodeScalarView()
        for piece in word.pieces {
            switch piece {
            case .letter(let letter, _): text.append(letter)
            case .placeholder(let placeholder):
                if placeholder.name != "topology" {
                    complain(
                        passage.place(atScalar: placeholder.offset + 5),
                        "a driver knows no \(placeholder.written)", "placeholder/unknown",
                        "{topology} is the folder of this file; {setting.WORD} works too")
                }
                text.append(contentsOf: placeholder.written.unicodeScalars)
            }
        }
        return String(text)
    }

    /// A number of operations, a size, or `none`.
    private mutating func readHistory(_ item: Item, into workload: inout Topology.Workload) {
        let wanted = "a number of operations, a size or none"
        guard let passage = text(item, wanted) else { return }
        if passage.text == "none" {
            workload.history = nil
            return
        }
        if case .value(let operations) = Quantities.number(passage.text) {
            workload.history?.operations = operations
            if operations > 0 { return }
        }
        switch Quantities.size(passage.text) {
        case .value(let bytes) where bytes > 0: workload.history?.bytes = Int(bytes)
        case .value: complain(item.place, "expected \(wanted), found 0", "value/history", "none?")
        case .wrong(let hint):
            complain(
                item.place, "expected \(wanted), found \(item.described)", "value/history",
                passage.text == "0" ? "none?" : "write 20000000, 500MB or none; \(hint)")
        }
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
