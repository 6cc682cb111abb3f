extension Topology {
    /// What is known only when the run begins.
    public struct Surroundings: Sendable {
        /// Member → its IPv4 address, as text; of all members.
        public var addresses: [String: String]
        /// The node's data directory as the node sees it; its working directory.
        public var data: String
        /// The folder of the topology file.
        public var folder: String
        /// The run's seed.
        public var seed: UInt64
        /// Program as a command says it → what is started (from `programs(in:)`, and the built-in
        /// ones).
        public var programs: [String: String]

        /// Everything that a placeholder or a command may need.
        public init(
            addresses: [String: String], data: String, folder: String, seed: UInt64,
            programs: [String: String] = [:]
        ) {
            self.addresses = addresses
            self.data = data
            self.folder = folder
            self.seed = seed
            self.programs = programs
        }
    }

    /// A member with nothing left to fill in.
    public struct RenderedMember: Hashable, Sendable {
        /// Which one.
        public var member: Member
        /// The program and its arguments; never empty.
        public var argv: [String]
        /// All of §2.4 and the group's own, sorted by name. What else the machine adds (PATH, HOME)
        /// is not here.
        public var environment: [(name: String, value: String)]
        /// The data directory.
        public var workingDirectory: String
        /// Relative path → text.
        public var files: [(path: String, text: String)]

        /// Compares all of it.
        public static func == (a: RenderedMember, b: RenderedMember) -> Bool {
            a.member == b.member && a.argv == b.argv && a.workingDirectory == b.workingDirectory
                && a.environment.elementsEqual(b.environment) { $0 == $1 }
                && a.files.elementsEqual(b.files) { $0 == $1 }
        }

        /// Hashes the command.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(member)
            hasher.combine(argv)
        }
    }

    /// Fills everything in for one member of this topology. Addresses that are missing become
    /// empty.
    public func render(_ member: Member, in surroundings: Surroundings) -> RenderedMember {
        let group = group(member.group) ?? Group(name: member.group, place: .nowhere)
        let renderer = Renderer(
            topology: self, group: group, member: member, surroundings: surroundings)
        var argv: [String]
        switch group.command {
        case .words(let words): argv = words.map(renderer.text)
        case .shell(let text): argv = ["/bin/sh", "-c", renderer.text(text)]
        }
        if let program = argv.first, let path = surroundings.programs[program] { argv[0] = path }
        return RenderedMember(
            member: member, argv: argv, environment: renderer.environment,
            workingDirectory: surroundings.data,
            files: group.files.map { ($0.path, renderer.text($0.text)) })
    }

    /// Fills the placeholders of a line that runs inside a member (`exec`); unknown ones stay.
    public func expand(_ line: String, for member: Member, in surroundings: Surroundings) -> String
    {
        guard line.contains("{") else { return line }
        let group = group(member.group) ?? Group(name: member.group, place: .nowhere)
        let renderer = Renderer(
            topology: self, group: group, member: member, surroundings: surroundings)
        var reader = Reader(source: source, overrides: [:])
        reader.topology = self
        reader.listNames = Array(lists.keys)
        var result = String.UnicodeScalarView()
        for piece in Placeholder.pieces(line) {
            switch piece {
            case .letter(let scalar, _): result.append(scalar)
            case .placeholder(let placeholder):
                let text = reader.reference(placeholder, at: .nowhere, in: group).map(renderer.text)
                result.append(contentsOf: (text ?? placeholder.written).unicodeScalars)
            }
        }
        return String(result)
    }
}

/// Knows every placeholder of one member.
private struct Renderer {
    let topology: Topology
    let group: Topology.Group
    let member: Topology.Member
    let surroundings: Topology.Surroundings

    func text(_ template: Template) -> String {
        var text = ""
        for segment in template.segments {
            switch segment {
            case .literal(let literal): text += literal
            case .reference(let reference): text += self.text(reference)
            }
        }
        return text
    }

    func text(_ reference: Reference) -> String {
        switch reference {
        case .ip: return surroundings.addresses[member.name] ?? ""
        case .host: return member.name
        case .index: return String(member.index)
        case .data: return surroundings.data
        case .seed: return String(surroundings.seed)
        case .folder: return surroundings.folder
        case .port(let word): return group.port(word).map(String.init) ?? ""
        case .label(let word): return group.labels.first { $0.name == word }?.value ?? ""
        case .list(let word): return list(word)
        case .member(let name, let facet):
            let owner = topology.members.first { $0.name == name }
            return text(facet, of: name, in: owner.flatMap { topology.group($0.group) })
        case .group(let name, let facet, let separator):
            guard let group = topology.group(name) else { return "" }
            return group.memberNames.map { text(facet, of: $0, in: group) }
                .joined(separator: separator)
        }
    }

    private func text(
        _ facet: Reference.Facet, of name: String, in group: Topology.Group?
    ) -> String {
        switch facet {
        case .host: return name
        case .ip: return surroundings.addresses[name] ?? ""
        case .port(let word): return group?.port(word).map(String.init) ?? ""
        case .address(let word): return name + ":" + (group?.port(word).map(String.init) ?? "")
        }
    }

    /// Each member of the listed group, rendered as that member sees it.
    private func list(_ word: String) -> String {
        guard let list = topology.lists[word], let group = topology.group(list.group) else {
            return ""
        }
        let members = topology.members.filter { $0.group == list.group }
        return members.map { other in
            Renderer(topology: topology, group: group, member: other, surroundings: surroundings)
                .text(list.each)
        }.joined(separator: list.join)
    }

    /// What every node gets, and what its group adds.
    var environment: [(name: String, value: String)] {
        var variables: [String: String] = [
            "SQUALL_NODE": member.name, "SQUALL_GROUP": member.group,
            "SQUALL_INDEX": String(member.index),
            "SQUALL_IP": surroundings.addresses[member.name] ?? "",
            "SQUALL_DATA": surroundings.data, "SQUALL_SEED": String(surroundings.seed),
        ]
        for port in group.ports {
            variables["SQUALL_PORT_" + shouted(port.name)] = String(port.number)
        }
        for label in group.labels { variables["SQUALL_LABEL_" + shouted(label.name)] = label.value }
        for setting in topology.settings {
            variables["SQUALL_SETTING_" + shouted(setting.name)] = setting.value
        }
        // Peers are those that run the same program: a proxy in front is no replica.
        if let port = group.ports.first {
            variables["SQUALL_PEERS"] = group.memberNames.filter { $0 != member.name }
                .map { "\($0)=\($0):\(port.number)" }.joined(separator: ",")
        }
        for variable in group.environment { variables[variable.name] = text(variable.value) }
        return variables.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    private func shouted(_ word: String) -> String {
        word.uppercased().replacing("-", with: "_")
    }
}
