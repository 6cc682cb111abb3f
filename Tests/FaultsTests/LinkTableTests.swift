import Cluster
import Faults
import Testing

extension LinkFaultDraft {
    /// The fault itself.
    func fault() throws -> LinkFault {
        try LinkFault(
            FaultID(number),
            parts.map { part in
                let filter = part.port.map { Only(transport: .tcp, port: $0) }
                switch part.kind {
                case 0: return .init(.cut, on: part.links, only: filter)
                case 1:
                    return .init(
                        .loss(Share(billionths: part.amount)), on: part.links, only: filter)
                case 2:
                    let delay = Delay(
                        .nanoseconds(part.amount), jitter: .nanoseconds(part.amount / 3),
                        bell: .normal)
                    return .init(.delay(delay), on: part.links)
                case 3: return .init(.hold, on: part.links, only: filter)
                case 4: return .init(.mute, on: part.links)
                default: return Self.part(part, filter)
                }
            })
    }

    /// The effects that do more to a packet.
    private static func part(_ part: Part, _ filter: Only?) -> LinkFault.Part {
        let share = Share(billionths: part.amount)
        let effect: Effect
        var course: Course?
        switch part.kind {
        case 5: effect = .duplicate(share)
        case 6: effect = .reorder(share, within: .nanoseconds(part.amount))
        case 7: effect = .corrupt(share, right: part.amount % 2 == 0)
        case 8:
            effect = .limit(Limit(Bandwidth(bitsPerSecond: part.amount + 1)))
            course = Course(
                .ramp, to: .bandwidth(Bandwidth(bitsPerSecond: 8_000)), period: .seconds(5))
        case 9: effect = .mtu(68 + Int(part.amount % 1_400), silent: part.amount % 2 == 0)
        case 10: effect = .refuse
        default:
            effect = .loss(share, burst: Fixed(3))
            course = Course(.sine, to: .share(Share(billionths: 1)), period: .seconds(1))
        }
        return .init(effect, on: part.links, only: filter, course: course)
    }
}

@Suite("Link tables")
struct LinkTableTests {
    static let nodes = 6
    let a = NodeID(0)
    let b = NodeID(1)
    let c = NodeID(2)
    var ab: LinkID { LinkID(from: a, to: b) }
    var ba: LinkID { LinkID(from: b, to: a) }

    @Test("terms and policies have the sizes that the packet loop was measured with")
    func sizes() {
        #expect(MemoryLayout<Term>.stride == 64)
        #expect(MemoryLayout<LinkPolicy>.stride == 8)
    }

    @Test("any order of injecting and healing gives the table of what is left", arguments: 0..<40)
    func orders(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let faults = try (1...8).map { try dice.fault(UInt32($0), nodes: Self.nodes).fault() }
        var active: [LinkFault] = []
        for fault in dice.shuffled(faults) {
            active.append(fault)
            if dice.below(2) == 0, let healed = active.randomElement() {
                active.removeAll { $0.id == healed.id }
            }
            let table = LinkTable(active, nodes: Self.nodes)
            #expect(table == LinkTable(dice.shuffled(active), nodes: Self.nodes), "seed \(seed)")
        }
        for fault in dice.shuffled(active) {
            let before = LinkTable(active, nodes: Self.nodes)
            active.removeAll { $0.id == fault.id }
            let after = LinkTable(active, nodes: Self.nodes)
            // Healing one takes away exactly its terms.
            #expect(before.terms.filter { $0.fault != fault.id } == after.terms, "seed \(seed)")
        }
        #expect(LinkTable(active, nodes: Self.nodes) == LinkTable(nodes: Self.nodes))
    }

    @Test("every link has the terms of exactly the faults that touch it", arguments: 0..<40)
    func lookup(seed: Int) throws {
        var dice = Dice(seed: 1_000 + UInt64(seed))
        let faults = try (1...6).map { try dice.fault(UInt32($0), nodes: Self.nodes).fault() }
        let table = LinkTable(faults, nodes: Self.nodes)
        for from in 0..<UInt16(Self.nodes) {
            for to in 0..<UInt16(Self.nodes) {
                let link = LinkID(from: NodeID(from), to: NodeID(to))
                let wanted = faults.flatMap { fault in
                    fault.parts.filter { $0.links.contains(link) }.map { _ in fault.id }
                }
                #expect(table.terms(link).map(\.fault) == wanted, "seed \(seed), \(link)")
                #expect(table.policy(link).flags.isEmpty || !wanted.isEmpty)
            }
        }
    }

    @Test("a term keeps its place from one table to the next", arguments: 0..<40)
    func places(seed: Int) throws {
        var dice = Dice(seed: 2_000 + UInt64(seed))
        let faults = try (1...8).map { try dice.fault(UInt32($0), nodes: Self.nodes).fault() }
        let old = LinkTable(Array(dice.shuffled(faults).prefix(5)), nodes: Self.nodes)
        let new = LinkTable(Array(dice.shuffled(faults).prefix(5)), nodes: Self.nodes)
        let places = new.places(in: old)
        #expect(places.count == new.terms.count)
        for link in new.links {
            let policy = new.policy(link)
            for index in Int(policy.first)..<Int(policy.first) + Int(policy.count) {
                let term = new.terms[index]
                let kept = old.terms(link).indices.first { old.terms[$0] == term }
                #expect(places[index].map(Int.init) == kept, "seed \(seed)")
            }
        }
    }

    @Test("a cut of everything is told by a flag, a cut of one port is not")
    func cutFlag() throws {
        let whole = try LinkFault(FaultID(1), .cut, on: [ab])
        let port = try LinkFault(
            FaultID(2), .cut, on: [ab], only: Only(transport: .tcp, port: 6379))
        #expect(LinkTable([whole], nodes: 2).policy(ab).flags == .cut)
        #expect(LinkTable([port], nodes: 2).policy(ab).flags == [])
        #expect(LinkTable([port], nodes: 2).policy(ab).count == 1)
    }

    @Test("machines beyond the table are open")
    func beyond() {
        let table = LinkTable([.cut(FaultID(1), [ab, LinkID(from: a, to: NodeID(9))])], nodes: 2)
        #expect(table.links == [ab])
        #expect(table.policy(LinkID(from: a, to: NodeID(9))) == .open)
        #expect(table.policy(LinkID(from: NodeID(9), to: a)) == .open)
    }

    @Test("a thousand machines with one broken link cost one row")
    func sparse() {
        #expect(LinkTable([.cut(FaultID(1), [ab])], nodes: 1_000).policies.count == 1_000)
    }

    @Test("paths: from-to is one way, between is both, across separates groups but not the rest")
    func paths() {
        #expect(Links.from([a], to: [a, b]) == [ab])
        #expect(Set(Links.between([a], and: [b])) == [ab, ba])
        let split = Set(Links.across([[a], [b, c]]))
        #expect(split.count == 4)
        #expect(!split.contains(LinkID(from: b, to: c)))
        #expect(Links.ports(of: [a], among: [a, b]).contains(LinkID(from: a, to: a)))
    }

    @Test("packets have to be looked at one by one only where a fault needs it")
    func alters() throws {
        let slow = Effect.delay(Delay(.milliseconds(5)))
        let tcp = Only(transport: .tcp, port: nil)
        func flags(_ effect: Effect, _ only: Only? = nil) throws -> LinkFlags {
            let fault = try LinkFault(FaultID(1), [.init(effect, on: [ab], only: only)])
            return LinkTable([fault], nodes: 2).policy(ab).flags
        }
        #expect(try flags(slow) == .timed)
        #expect(try flags(slow, tcp) == [.timed, .alters])
        #expect(try flags(.hold) == .hold)
        #expect(try flags(.hold, tcp) == .alters)
        #expect(try flags(.refuse) == .alters)
        #expect(try flags(.loss(Share(billionths: 5))) == .perPacket)
        for effect in [
            Effect.duplicate(Share(billionths: 5)), .reorder(Share(billionths: 5)), .mtu(576),
            .corrupt(Share(billionths: 5)), .limit(Limit(Bandwidth(bitsPerSecond: 8))),
        ] {
            #expect(try flags(effect) == [.perPacket, .alters])
        }
    }
}
