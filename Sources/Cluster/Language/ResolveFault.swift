/// A command with everything looked up.
public struct Resolution: Equatable, Sendable {
    /// The same command with names in place of roles, patterns and draws: its text does exactly
    /// the same again, in this cluster.
    public var command: Command
    /// The machines that it is about: those that are held, asked or started, and for link faults
    /// those that were named.
    public var nodes: [NodeID]
    /// The links that it acts on.
    public var links: LinkSet
    /// What it does, for people: "each way 100 ms, round trip +200 ms".
    public var effect: String

    /// The parts of a command that was looked up.
    public init(
        command: Command, nodes: [NodeID], links: LinkSet = LinkSet(), effect: String = ""
    ) {
        self.command = command
        self.nodes = nodes
        self.links = links
        self.effect = effect
    }
}

extension Command {
    /// Looks up everybody that the command names, now. Expressions stay as they are: they are
    /// looked up whenever they are judged. `number` is that of the command (or step).
    public func resolved(
        in roster: Roster, random: KeyedRandom, number: UInt64
    ) throws(SelectorError) -> Resolution {
        var resolver = Resolver(roster: roster, random: random, command: number)
        var resolution = try resolver.resolution(of: self)
        resolution.effect = resolution.command.effect
        return resolution
    }

    /// The same, of the running cluster.
    public func resolved(
        in core: Core, random: KeyedRandom, number: UInt64
    ) throws(SelectorError) -> Resolution {
        try resolved(in: Roster(core), random: random, number: number)
    }
}

extension Resolver {
    fileprivate mutating func resolution(of command: Command) throws(SelectorError) -> Resolution {
        switch command {
        case .process(let verb, let selector):
            try one(selector) { .process(verb, $0) }
        case .signal(let selector, let name): try one(selector) { .signal($0, name) }
        case .fault(let spec, let ending): try fault(spec, ending)
        case .heal(.on(let selector)): try one(selector) { .heal(.on($0)) }
        case .put(let key, let value, let selector):
            try one(selector) { .put(key: key, value: value, at: $0) }
        case .get(let key, let selector): try one(selector) { .get(key: key, at: $0) }
        case .call(let selector, let method, let path, let body):
            try one(selector) { .call($0, method, path: path, body: body) }
        case .exec(let selector, let rest): try one(selector) { .exec($0, rest) }
        case .heal, .traffic, .scale, .note, .wait, .waitUntil, .expect, .scenario:
            Resolution(command: command, nodes: [])
        }
    }

    private mutating func one(
        _ selector: Selector, _ command: (Selector) -> Command
    ) throws(SelectorError) -> Resolution {
        let nodes = try nodes(selector)
        return Resolution(command: command(names(nodes)), nodes: nodes)
    }

    /// The machines by their names.
    private func names(_ nodes: [NodeID]) -> Selector {
        Selector(nodes.map { .name(roster.name($0)) })
    }

    private mutating func fault(
        _ spec: FaultSpec, _ ending: Ending
    ) throws(SelectorError) -> Resolution {
        switch spec {
        case .process(let way, let selector):
            return try one(selector) { .fault(.process(way, $0), ending) }
        case .machine(let effect, let selector):
            return try one(selector) { .fault(.machine(effect, $0), ending) }
        case .attack(let selector, let attack):
            return try one(selector) { .fault(.attack($0, attack), ending) }
        case .isolate(let selector):
            var resolution = try one(selector) { .fault(.isolate($0), ending) }
            resolution.links = bothWays(resolution.nodes, roster.nodes)
            return resolution
        case .unplug(let selector):
            var resolution = try one(selector) { .fault(.unplug($0), ending) }
            resolution.links = bothWays(resolution.nodes, roster.everyMachine)
            return resolution
        case .partition(let partition): return try divide(partition, ending)
        case .link(let effect, let path, let only):
            let found = try links(on: path)
            return Resolution(
                command: .fault(.link(effect, found.path, only: only), ending), nodes: found.nodes,
                links: found.links)
        }
    }

    private func bothWays(_ one: [NodeID], _ other: [NodeID]) -> LinkSet {
        LinkSet([.init(from: one, to: other), .init(from: other, to: one)])
    }

    // MARK: Paths

    /// A path with names, who was named, and its directions.
    public mutating func links(
        on path: Path
    ) throws(SelectorError) -> (path: Path, nodes: [NodeID], links: LinkSet) {
        switch path {
        case .from(let from, nil):
            let senders = try nodes(from)
            let links = LinkSet([.init(from: senders, to: roster.everyMachine)])
            return (.from(names(senders), to: nil), senders, links)
        case .from(let from, .some(let to)):
            let (senders, receivers) = (try nodes(from), try nodes(to))
            try refuseItself(senders, receivers)
            let links = LinkSet([.init(from: senders, to: receivers)])
            return (.from(names(senders), to: names(receivers)), union(senders, receivers), links)
        case .to(let to):
            let receivers = try nodes(to)
            let links = LinkSet([.init(from: roster.everyMachine, to: receivers)])
            return (.to(names(receivers)), receivers, links)
        case .between(let one, let other):
            let (left, right) = (try nodes(one), try nodes(other))
            try refuseItself(left, right)
            let links =
                left == right ? LinkSet([.init(from: left, to: right)]) : bothWays(left, right)
            return (.between(names(left), names(right)), union(left, right), links)
        }
    }

    private func union(_ a: [NodeID], _ b: [NodeID]) -> [NodeID] { Set(a).union(b).sorted() }

    private func refuseItself(_ a: [NodeID], _ b: [NodeID]) throws(SelectorError) {
        guard a.count == 1, a == b else { return }
        throw SelectorError("\(roster.name(a[0])) has no link to itself")
    }

    // MARK: Partitions

    private mutating func divide(
        _ partition: Partition, _ ending: Ending
    ) throws(SelectorError) -> Resolution {
        let written: [Partition.Group]
        switch partition {
        case .groups(let groups): written = groups
        case .shape(let shape, let nodes): return try divide(shape, of: nodes, ending)
        }
        let groups = try groups(written)
        let named = groups.map { Partition.Group.nodes(names($0)) }
        return Resolution(
            command: .fault(.partition(.groups(named)), ending), nodes: groups.joined().sorted(),
            links: LinkSet(across: groups))
    }

    /// The machines of each group; the rest is every node that no other group names. With a single
    /// group `/ rest` is meant.
    private mutating func groups(
        _ written: [Partition.Group]
    ) throws(SelectorError) -> [[NodeID]] {
        let written = written.count == 1 ? written + [.rest] : written
        var groups: [[NodeID]] = []
        var named: Set<NodeID> = []
        for case .nodes(let selector) in written {
            let members = try nodes(selector)
            if let twice = members.first(where: named.contains) {
                throw SelectorError("\(roster.name(twice)) is in two groups of this partition")
            }
            named.formUnion(members)
            groups.append(members)
        }
        let rest = roster.nodes.filter { !named.contains($0) }
        guard let place = written.firstIndex(of: .rest) else {
            if rest.isEmpty { return groups }
            throw SelectorError(
                "\(roster.names(rest)) \(rest.count == 1 ? "is" : "are") in no group of this "
                    + "partition", hint: "add ' / \(roster.names(rest))' or ' / rest'")
        }
        if rest.isEmpty { throw SelectorError("nobody is left for the rest of this partition") }
        groups.insert(rest, at: place)
        return groups
    }
}
