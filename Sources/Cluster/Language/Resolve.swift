/// Looks selectors up. One resolver serves one command: `2 of kv` is drawn from (seed, number of
/// the command, which draw of the command it is), so the same command with the same candidates
/// gives the same nodes, whatever happened before.
public struct Resolver: Sendable {
    /// The machines to choose from.
    public let roster: Roster
    private let random: KeyedRandom
    private let command: UInt64
    private var draws: UInt16 = 0

    /// A resolver for the command (or step) with this number.
    public init(roster: Roster, random: KeyedRandom, command: UInt64) {
        self.roster = roster
        self.random = random
        self.command = command
    }

    /// The machines that the selector means: sorted by index, without repetition, at least one.
    public mutating func nodes(_ selector: Selector) throws(SelectorError) -> [NodeID] {
        var chosen: Set<NodeID> = []
        for term in selector.terms { chosen.formUnion(try nodes(term)) }
        for term in selector.except { chosen.subtract(try nodes(term)) }
        if chosen.isEmpty { throw SelectorError("'\(selector.text)' leaves nobody") }
        return chosen.sorted()
    }

    private mutating func nodes(_ term: Selector.Term) throws(SelectorError) -> [NodeID] {
        switch term {
        case .name(let name): try named(name)
        case .glob(let pattern): try matching(pattern)
        case .label(let key, let value): try labelled(key, value)
        case .pick(let count, let inner): try draw(count, of: nodes(inner), inner.text)
        case .minority(let inner): try share(of: inner, term) { ($0 - 1) / 2 }
        case .majority(let inner): try share(of: inner, term) { $0 / 2 + 1 }
        case .all: try some(roster.nodes, "there is no node")
        case .any: try some(roster.everyMachine, "there is no machine")
        case .leader: try some(roster.ids { $0.role == .leader }, "no leader now")
        case .followers: try some(roster.ids { $0.role == .follower }, "no follower now")
        case .clients: try some(roster.clients, "there is no client")
        }
    }

    private func some(_ ids: [NodeID], _ otherwise: String) throws(SelectorError) -> [NodeID] {
        if ids.isEmpty { throw SelectorError(otherwise) }
        return ids
    }

    // MARK: Names

    private func named(_ name: String) throws(SelectorError) -> [NodeID] {
        let one = roster.ids { $0.name == name }
        if !one.isEmpty { return one }
        let members = roster.ids { $0.group == name }
        if !members.isEmpty { return members }
        let names = roster.machines.map(\.name) + roster.machines.map(\.group)
        let near = Vocabulary.nearest(to: name, among: names)
        throw SelectorError(
            "there is no node or group '\(name)'",
            hint: near.map { "did you mean '\($0)'?" } ?? known(of: roster))
    }

    private func known(of roster: Roster) -> String {
        var groups: [String] = []
        for machine in roster.machines where !groups.contains(machine.group) {
            groups.append(machine.group)
        }
        return groups.isEmpty ? "" : "groups: " + groups.prefix(12).joined(separator: ", ")
    }

    private func matching(_ pattern: String) throws(SelectorError) -> [NodeID] {
        let letters = Array(pattern.utf8)
        let found = roster.ids {
            Self.matches(Array($0.name.utf8), letters)
                || Self.matches(Array($0.group.utf8), letters)
        }
        return try some(found, "no machine is called like '\(pattern)'")
    }

    /// `*` is any run of characters, `?` any one.
    static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        var (here, next) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while here < text.count {
            if next < pattern.count, pattern[next] == 0x2A {
                star = (next, here)
                next += 1
            } else if next < pattern.count, pattern[next] == 0x3F || pattern[next] == text[here] {
                (here, next) = (here + 1, next + 1)
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (here, next) = (last.text + 1, last.pattern + 1)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == 0x2A }
    }

    /// A label of the topology; `role=master` also means what a node says of itself, in our word
    /// or in the engine's own.
    private func labelled(_ key: String, _ value: String) throws(SelectorError) -> [NodeID] {
        let found = roster.ids { machine in
            machine.labels.contains { $0.key == key && $0.value == value }
                || (key == "role" && Self.says(machine, value))
        }
        if !found.isEmpty { return found }
        if key == "role" { throw SelectorError("nobody says role=\(value) now") }
        let labels = roster.machines.flatMap(\.labels)
        let values = Set(labels.filter { $0.key == key }.map(\.value)).sorted()
        if !values.isEmpty {
            throw SelectorError(
                "no machine has \(key)=\(value)",
                hint: "\(key) is " + values.joined(separator: ", "))
        }
        let near = Vocabulary.nearest(to: key, among: labels.map(\.key))
        throw SelectorError(
            "no machine has a label '\(key)'", hint: near.map { "did you mean '\($0)'?" } ?? "")
    }

    private static func says(_ machine: Roster.Machine, _ value: String) -> Bool {
        machine.role.word == value
            || (!machine.own.isEmpty && machine.own.lowercased() == value.lowercased())
    }

    // MARK: Draws

    private mutating func share(
        of inner: Selector.Term?, _ term: Selector.Term, _ count: (Int) -> Int
    ) throws(SelectorError) -> [NodeID] {
        let candidates = try nodes(inner ?? .all)
        let wanted = count(candidates.count)
        guard wanted > 0 else {
            throw SelectorError(
                "'\(term.text)': \(Self.machines(candidates.count)) "
                    + "\(candidates.count == 1 ? "has" : "have") no minority")
        }
        return draw(wanted, from: candidates)
    }

    private mutating func draw(
        _ count: Int, of candidates: [NodeID], _ whom: String
    ) throws(SelectorError) -> [NodeID] {
        let candidates = candidates.sorted()
        guard count <= candidates.count else {
            throw SelectorError(
                "'\(count) of \(whom)': there \(candidates.count == 1 ? "is" : "are") only "
                    + Self.machines(candidates.count))
        }
        return draw(count, from: candidates)
    }

    /// The first steps of a Fisher-Yates shuffle; each takes one draw of its own.
    private mutating func draw(_ count: Int, from candidates: [NodeID]) -> [NodeID] {
        var pool = candidates.sorted()
        for index in 0..<min(count, pool.count) {
            let bits = random.bits(.selection, number: command, lane: draws)
            draws &+= 1
            let offset = KeyedRandom.scale(bits, below: UInt64(pool.count - index))
            pool.swapAt(index, index + Int(offset))
        }
        return pool.prefix(count).sorted()
    }

    static func machines(_ count: Int) -> String { count == 1 ? "1 machine" : "\(count) machines" }
}

extension Selector {
    /// The machines that this means now: sorted by index, without repetition, at least one.
    /// `command` is the number of the command (or step) that asks.
    public func resolve(
        in roster: Roster, random: KeyedRandom, command: UInt64
    ) throws(SelectorError) -> [NodeID] {
        var resolver = Resolver(roster: roster, random: random, command: command)
        return try resolver.nodes(self)
    }

    /// The same, of the running cluster.
    public func resolve(
        in core: Core, random: KeyedRandom, command: UInt64
    ) throws(SelectorError) -> [NodeID] {
        try resolve(in: Roster(core), random: random, command: command)
    }
}
