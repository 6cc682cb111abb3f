extension Reader {
    /// Names, counts, ports and labels of all groups; what placeholders may refer to. Gives the
    /// rest of each group's keys back for the second round.
    mutating func readOutlines(_ item: Item) -> [(index: Int, fields: [String: Item.Entry])] {
        var groups: [(index: Int, fields: [String: Item.Entry])] = []
        let entries = entries(item, "nodes")
        if entries.isEmpty, case .map = item.kind {
            complain(item.place, "there are no nodes", "key/missing", "add a group: NAME: {run: …}")
        }
        for entry in entries {
            if let complaint = Names.complaint(entry.key.text) {
                complain(entry.key.place, complaint.message, complaint.code, complaint.hint)
                if complaint.code != "name/reserved" { continue }
            }
            var group = Topology.Group(name: entry.key.text, place: entry.key.place)
            let fields = fields(entry.value, of: "group", known: Keys.group)
            if case .map = entry.value.kind {} else { troubled[group.name] = entry.value.place }
            if let item = fields["count"]?.value {
                group.count = number(item, 1...Limits.machines) ?? 1
            }
            claim(group.name, "a group", at: group.place)
            for member in group.memberNames where member != group.name {
                claim(member, "a member of \(group.name)", at: group.place)
            }
            if let item = fields["ports"]?.value { group.ports = readPorts(item) }
            if let item = fields["labels"]?.value { group.labels = readLabels(item) }
            groups.append((topology.groups.count, fields))
            topology.groups.append(group)
            for (index, name) in group.memberNames.enumerated() {
                topology.members.append(
                    Topology.Member(name: name, group: group.name, index: index + 1))
            }
        }
        return groups
    }

    private mutating func readPorts(_ item: Item) -> [Topology.Port] {
        var ports: [Topology.Port] = []
        for entry in entries(item, "ports") {
            guard let name = word(entry.key), let number = number(entry.value, 1...65535) else {
                continue
            }
            if let other = ports.first(where: { Int($0.number) == number }) {
                complain(
                    entry.value.place, "port \(number) is '\(other.name)' already", "port/twice")
            }
            ports.append(Topology.Port(name: name, number: UInt16(number)))
        }
        return ports
    }

    /// Labels are used as `zone=eu` in commands, so both sides have to be words there.
    mutating func readLabels(_ item: Item) -> [Topology.Setting] {
        var labels: [Topology.Setting] = []
        for entry in entries(item, "labels") {
            if let complaint = Names.complaint(entry.key.text) {
                complain(entry.key.place, complaint.message, complaint.code, complaint.hint)
                continue
            }
            guard let value = text(entry.value, "a word") else { continue }
            let allowed = value.text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0))
            }
            guard allowed, !value.text.isEmpty else {
                complain(
                    value.place, "a label's value is one word, found \(entry.value.described)",
                    "label/value", "letters, digits and - . _")
                continue
            }
            if entry.key.text == "role" {
                complain(
                    entry.key.place, "'role=' asks for the role a node has now", "label/role",
                    "call the label kind or tier")
                continue
            }
            claim(entry.key.text, "a label", at: entry.key.place, repeatable: true)
            labels.append(Topology.Setting(name: entry.key.text, value: value.text))
        }
        return labels
    }

    /// Everything else of a group.
    mutating func readDetails(of index: Int, _ fields: [String: Item.Entry]) {
        let before = found.count
        var group = topology.groups[index]
        defer { topology.groups[index] = group }
        readCommand(fields, into: &group)
        readMachine(fields, into: &group)
        if let item = fields["env"]?.value { readEnvironment(item, into: &group) }
        if let item = fields["files"]?.value { readFiles(item, into: &group) }
        if let item = fields["begin"]?.value {
            _ = choice(item, of: ["automatic"], at: "group.begin")
        }
        if let item = fields["restart"]?.value { group.restart = readRestart(item) }
        if let item = fields["stop"]?.value { group.stop = readStop(item) }
        if let item = fields["publish"]?.value { readPublish(item, into: &group) }
        if let item = fields["probe"]?.value {
            group.probe = readProbe(item, for: group)
        } else if let item = defaultProbe, !group.ports.isEmpty {
            let before = found.count
            group.probe = readProbe(item, for: group)
            // What is wrong with the default was told once; what is wrong with it here is new.
            found.removeSubrange(before...)
            if group.probe == nil, let port = probePort(item), group.port(port) == nil {
                complain(
                    group.place,
                    "group \(group.name) has no port '\(port)' for the probe at the top",
                    "probe/port", "add the port, or give the group a probe of its own")
            }
        }
        if let field = fields["metrics"] {
            let metrics = readMetrics(field.value)
            (group.metrics, group.ownMetrics) = (metrics.columns, metrics.own)
            if group.probe?.kind.readsMetrics != true, found.count == before {
                complain(
                    field.key.place, "nobody reads the metrics of group \(group.name)",
                    "metrics/unread", "it takes a probe of kind prometheus or http")
            }
        } else if let metrics = defaultMetrics {
            (group.metrics, group.ownMetrics) = (metrics.columns, metrics.own)
        }
    }

    private mutating func readCommand(
        _ fields: [String: Item.Entry], into group: inout Topology.Group
    ) {
        if let run = fields["run"], let shell = fields["shell"] {
            let second = max(run.key.place, shell.key.place)
            complain(second, "a group has 'run' or 'shell', not both", "key/conflict")
        }
        if let item = fields["run"]?.value {
            group.command = .words(readRun(item, in: group))
        } else if let item = fields["shell"]?.value {
            guard let passage = rawText(item, "a command") else { return }
            group.command = .shell(template(passage, in: group))
        } else {
            // Where the command was refused for another reason, that has been told.
            let refused = found.contains {
                $0.code == "yaml/merge" || $0.code == "yaml/tag"
                    || $0.place == troubled[group.name]
                    || $0.message.hasPrefix("'container' is not")
            }
            if !refused {
                complain(
                    group.place, "group \(group.name) runs nothing", "key/missing",
                    "add 'run:' with its command")
            }
        }
    }

    private mutating func readRun(_ item: Item, in group: Topology.Group) -> [Template] {
        if case .list(let elements) = item.kind {
            let words = elements.compactMap { element -> Template? in
                guard case .text(let passage, _, _) = element.kind else {
                    expected("a word of the command", element)
                    return nil
                }
                return template(passage, in: group)
            }
            if elements.isEmpty { complain(item.place, "an empty command", "run/empty") }
            return words
        }
        guard let passage = rawText(item, "a command") else { return [] }
        do {
            let words = try Words.split(Placeholder.pieces(passage.text))
            if words.isEmpty { complain(item.place, "an empty command", "run/empty") }
            return words.map { template($0.pieces, of: passage, in: group) }
        } catch {
            complain(
                passage.place(atScalar: error.offset), error.message, "run/quoting", error.hint)
            return []
        }
    }

    private mutating func readEnvironment(_ item: Item, into group: inout Topology.Group) {
        for entry in entries(item, "env") {
            let name = entry.key.text
            let first = name.unicodeScalars.first
            let allowed = name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_")
            }
            guard let first, allowed, !("0"..."9").contains(first) else {
                complain(
                    entry.key.place, "'\(shortened(name))' cannot be a variable's name", "env/name",
                    "letters, digits and '_', no digit first")
                continue
            }
            if name.hasPrefix("SQUALL_") {
                complain(
                    entry.key.place, "variables that begin with SQUALL_ are squall's", "env/name")
                continue
            }
            guard case .text(let passage, _, _) = entry.value.kind else {
                expected("text", entry.value)
                continue
            }
            group.environment.append(
                Topology.Variable(name: name, value: template(passage, in: group)))
        }
    }

    private mutating func readFiles(_ item: Item, into group: inout Topology.Group) {
        for entry in entries(item, "files") {
            let path = entry.key.text
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            guard !path.isEmpty, path.utf8.count <= 1000,
                parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 })
            else {
                complain(
                    entry.key.place, "'\(shortened(path))' is no path under the data directory",
                    "files/path", "write a relative path: conf/redis.conf")
                continue
            }
            guard case .text(let passage, _, _) = entry.value.kind else {
                expected("the file's text", entry.value)
                continue
            }
            group.files.append(Topology.File(path: path, text: template(passage, in: group)))
        }
    }

    private mutating func readPublish(_ item: Item, into group: inout Topology.Group) {
        for entry in entries(item, "publish") {
            guard group.port(entry.key.text) != nil else {
                let known = group.ports.map(\.name)
                complain(
                    entry.key.place,
                    "no port of group \(group.name) is called '\(shortened(entry.key.text))'",
                    "publish/port",
                    nearest(entry.key.text, of: known).map { "did you mean '\($0)'?" })
                continue
            }
            guard let passage = text(entry.value, "a port of this host, or 'any'") else { continue }
            if passage.text == "any" {
                group.publish.append(Topology.Publication(port: entry.key.text, hostPort: nil))
                continue
            }
            guard let number = number(entry.value, 1...65535) else { continue }
            if group.memberNames.count > 1 {
                complain(
                    entry.value.place,
                    "\(group.memberNames.count) members cannot share one host port",
                    "publish/shared", "write any")
            }
            group.publish.append(
                Topology.Publication(port: entry.key.text, hostPort: UInt16(number)))
        }
    }
}
