import Testing

@testable import Cluster

/// Jepsen's shapes of a partition, for clusters of any size.
@Suite struct PartitionShapeTests {
    private static func roster(_ count: Int, clients: Int = 1, others: Int = 0) -> Roster {
        let nodes = (0..<count).map { ("kv-\($0 + 1)", "kv", NodeDescription.Kind.node) }
        let more = (0..<others).map { ("web-\($0 + 1)", "web", NodeDescription.Kind.node) }
        let load = (0..<clients).map { ("client-\($0 + 1)", "client", NodeDescription.Kind.client) }
        return Roster(
            (nodes + more + load).map {
                NodeDescription(name: $0.0, group: $0.1, address: "", kind: $0.2)
            })
    }

    private static func resolve(
        _ line: String, in roster: Roster, seed: UInt64 = 42, number: UInt64 = 7
    ) throws -> Resolution {
        try Command(parsing: line).resolved(
            in: roster, random: KeyedRandom(seed: seed), number: number)
    }

    /// Whom each of the first `count` machines hears, itself included.
    private static func heard(_ links: LinkSet, among count: Int) -> [Set<Int>] {
        (0..<count).map { to in
            Set(
                (0..<count).filter { from in
                    !links.contains(
                        LinkID(from: NodeID(UInt16(from)), to: NodeID(UInt16(to))))
                })
        }
    }

    @Test(arguments: 3...12)
    func `in a ring everybody sees a majority, and no two the same one`(count: Int) throws {
        for seed in UInt64(1)...20 {
            let found = try Self.resolve("partition ring", in: Self.roster(count), seed: seed)
            let heard = Self.heard(found.links, among: count)
            for (node, others) in heard.enumerated() {
                #expect(others.contains(node))
                #expect(others.count > count / 2, "seed \(seed): \(others)")
                #expect(others.count < count, "seed \(seed): \(node) sees everybody")
                // Three have no ring that is the same both ways.
                guard count > 3 else { continue }
                for other in others { #expect(heard[other].contains(node), "seed \(seed)") }
            }
            #expect(Set(heard).count == count, "seed \(seed)")
        }
    }

    @Test(arguments: 3...9)
    func `one node of a bridge sees both sides, which do not see each other`(count: Int) throws {
        for seed in UInt64(1)...20 {
            let found = try Self.resolve("partition bridge", in: Self.roster(count), seed: seed)
            let heard = Self.heard(found.links, among: count)
            let bridges = heard.indices.filter { heard[$0].count == count }
            #expect(bridges.count == 1, "seed \(seed)")
            let sides = Set(heard.map { $0.subtracting(bridges) }).filter { $0.count < count - 1 }
            #expect(sides.count == 2, "seed \(seed): \(sides)")
            #expect(sides.reduce(0) { $0 + $1.count } == count - 1)
            let sizes = sides.map(\.count).sorted()
            #expect(sizes.last.map { $0 - (sizes.first ?? 0) } ?? 9 <= 1, "\(sizes)")
        }
    }

    @Test(arguments: [("halves", 2), ("thirds", 3)])
    func `halves and thirds are as even as can be`(shape: String, parts: Int) throws {
        for count in parts...10 {
            let found = try Self.resolve("partition \(shape)", in: Self.roster(count))
            let groups = Set(Self.heard(found.links, among: count))
            let sizes = groups.map(\.count).sorted()
            #expect(sizes.count == parts && sizes.reduce(0, +) == count, "\(sizes)")
            #expect((sizes.last ?? 9) - (sizes.first ?? 0) <= 1, "\(sizes)")
        }
    }

    @Test(arguments: Partition.Shape.allCases)
    func `the text with names divides in the same way, whatever the seed`(
        shape: Partition.Shape
    ) throws {
        for (roster, nodes) in [
            (Self.roster(5), ""), (Self.roster(6), ""), (Self.roster(5, others: 2), " of kv"),
            (Self.roster(4), " of kv,client-1"), (Self.roster(5), " of 3 of kv"),
        ] {
            let line = "partition \(shape.rawValue)\(nodes) for 5s as split"
            let found = try Self.resolve(line, in: roster)
            let again = try Self.resolve(found.command.text, in: roster, seed: 1, number: 99)
            #expect(again == found, "\(found.command.text)")
            #expect(!found.links.blocks.isEmpty)
        }
    }

    @Test func `groups are written where the shape is one of groups of all nodes`() throws {
        let five = Self.roster(5)
        #expect(
            try Self.resolve("partition halves of kv-5,kv-4,kv-3,kv-2,kv-1", in: five).command.text
                == "partition kv-4,kv-5 / kv-1,kv-2,kv-3")
        #expect(
            try Self.resolve("partition bridge of kv-1,kv-2,kv-3,kv-4,kv-5", in: five).effect
                == "kv-3 sees both sides, which do not see each other")
        let more = Self.roster(3, others: 1)
        let some = try Self.resolve("partition halves of kv-1,kv-2,kv-3", in: more)
        #expect(some.command.text == "partition halves of kv-1,kv-2,kv-3")
        #expect(!some.links.touches(NodeID(3)), "who is not named keeps all links")
    }

    @Test func `another command draws another order`() throws {
        let texts = try (1...40).map {
            try Self.resolve("partition halves", in: Self.roster(5), number: $0).command.text
        }
        #expect(Set(texts).count > 5)
    }

    @Test func `clients reach everybody unless they are named`() throws {
        let found = try Self.resolve("partition thirds", in: Self.roster(3))
        #expect(!found.links.touches(NodeID(3)))
        let named = try Self.resolve("partition halves of any", in: Self.roster(3))
        #expect(named.links.touches(NodeID(3)))
    }

    @Test func `too few machines are refused with the number that it takes`() {
        for (line, words) in [
            ("partition halves of kv-1", "'partition halves' takes 2 machines or more, there is 1"),
            ("partition ring", "'partition ring' takes 3 machines or more, there are 2"),
        ] {
            #expect {
                _ = try Self.resolve(line, in: Self.roster(2))
            } throws: {
                "\($0)" == words
            }
        }
    }
}
