import Testing

@testable import Cluster

@Suite struct LanguageResolveTests {
    /// kv-1 leads, kv-2 and kv-3 follow; a proxy with other labels; two clients.
    static let roster = Roster(machines: [
        machine(0, "kv-1", "kv", zone: "eu", .leader, "master"),
        machine(1, "kv-2", "kv", zone: "eu", .follower, "slave"),
        machine(2, "kv-3", "kv", zone: "us", .follower, "slave"),
        machine(3, "proxy", "proxy", zone: "us", .none, ""),
        machine(4, "client-1", "client", .client), machine(5, "client-2", "client", .client),
    ])

    static func machine(
        _ index: UInt16, _ name: String, _ group: String, zone: String? = nil,
        _ role: Role = .unknown, _ own: String = "", _ kind: NodeDescription.Kind = .node
    ) -> Roster.Machine {
        let labels = zone.map { [NodeDescription.Label(key: "zone", value: $0)] } ?? []
        return Roster.Machine(
            id: NodeID(index),
            description: NodeDescription(
                name: name, group: group, address: "", kind: kind, labels: labels),
            role: role, own: own)
    }

    static func machine(
        _ index: UInt16, _ name: String, _ group: String, _ kind: NodeDescription.Kind
    ) -> Roster.Machine {
        machine(index, name, group, zone: nil, .unknown, "", kind)
    }

    private func resolve(
        _ line: String, in roster: Roster = roster, seed: UInt64 = 42, number: UInt64 = 7
    ) throws -> Resolution {
        try Command(parsing: line).resolved(
            in: roster, random: KeyedRandom(seed: seed), number: number)
    }

    private func nodes(_ selector: String, in roster: Roster = roster) throws -> String {
        let found = try Selector(parsing: selector).resolve(
            in: roster, random: KeyedRandom(seed: 42), command: 7)
        #expect(found == Array(Set(found)).sorted(), "sorted, without repetition")
        return roster.names(found)
    }

    private func refusal(_ line: String, in roster: Roster = roster) -> String {
        do {
            return "accepted as \(try resolve(line, in: roster).command.text)"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "a selector means these machines",
        arguments: [
            ("kv-2", "kv-2"), ("kv", "kv-1,kv-2,kv-3"), ("proxy", "proxy"),
            ("all", "kv-1,kv-2,kv-3,proxy"),
            ("any", "kv-1,kv-2,kv-3,proxy,client-1,client-2"), ("clients", "client-1,client-2"),
            ("leader", "kv-1"), ("followers", "kv-2,kv-3"), ("role=master", "kv-1"),
            ("role=slave", "kv-2,kv-3"), ("role=leader", "kv-1"), ("zone=eu", "kv-1,kv-2"),
            ("kv-*", "kv-1,kv-2,kv-3"), ("*-1", "kv-1,client-1"), ("k?-3", "kv-3"),
            ("kv-3,kv-1,kv", "kv-1,kv-2,kv-3"), ("all except kv-1,proxy", "kv-2,kv-3"),
            ("kv,client-1 except leader", "kv-2,kv-3,client-1"), ("3 of kv", "kv-1,kv-2,kv-3"),
            ("all except zone=eu", "kv-3,proxy"),
        ])
    func selectors(_ selector: String, _ expected: String) throws {
        #expect(try nodes(selector) == expected)
    }

    @Test("half is drawn below by minority, above by majority")
    func halves() throws {
        #expect(try nodes("minority of kv").split(separator: ",").count == 1)
        #expect(try nodes("majority of kv").split(separator: ",").count == 2)
        #expect(try nodes("minority").split(separator: ",").count == 1)
        #expect(try nodes("majority").split(separator: ",").count == 3)
        #expect(!(try nodes("minority")).contains("client"))
    }

    @Test("the same command with the same candidates draws the same nodes, another one others")
    func draws() throws {
        let one = try resolve("crash 1 of kv").nodes
        #expect(try resolve("crash 1 of kv").nodes == one)
        var roster = Self.roster
        roster.machines[3].role = .leader
        #expect(try resolve("crash 1 of kv", in: roster).nodes == one)
        let drawn = try (1...200).map { try resolve("crash 1 of kv", number: $0).nodes[0] }
        for node in 0..<3 {
            let count = drawn.count { $0.index == node }
            #expect((40...95).contains(count), "kv-\(node + 1) was drawn \(count) times of 200")
        }
    }

    @Test("two draws of one command are two draws")
    func severalDraws() throws {
        let pairs = try (1...50).map { number in
            try resolve("isolate 2 of any,2 of any", number: number).nodes.count
        }
        #expect(pairs.contains { $0 > 2 })
    }

    @Test("names take the place of roles, so that the text does the same again")
    func names() throws {
        let lines = [
            ("crash leader for 8s as crash", "crash kv-1 for 8s as crash"),
            ("cut between leader and followers", "cut between kv-1 and kv-2,kv-3"),
            ("cut to role=master", "cut to kv-1"),
            ("delay from zone=eu to proxy by 5ms", "delay from kv-1,kv-2 to proxy by 5ms"),
            ("partition leader,client-1", "partition kv-1,client-1 / kv-2,kv-3,proxy"),
            ("partition rest / zone=eu", "partition kv-3,proxy / kv-1,kv-2"),
            ("restart kv rolling", "restart kv-1,kv-2,kv-3 rolling"),
            ("put x 1 at leader", "put x 1 at kv-1"),
            ("heal on clients", "heal on client-1,client-2"),
            ("heal all", "heal all"), ("wait until ready(leader)", "wait until ready(leader)"),
        ]
        for (line, names) in lines {
            let found = try resolve(line)
            #expect(found.command.text == names)
            #expect(try resolve(names) == found, "\(names)")
        }
    }

    @Test("a partition cuts between groups, and nobody else")
    func partition() throws {
        let links = try resolve("partition kv-1,client-1 / rest").links
        #expect(links.contains(link(0, 1)) && links.contains(link(3, 4)))
        #expect(!links.contains(link(0, 4)), "inside a group")
        #expect(!links.contains(link(0, 5)) && !links.contains(link(5, 2)), "an unnamed client")
        #expect(!links.contains(link(1, 2)))
    }

    @Test("isolate leaves the clients, unplug nobody")
    func alone() throws {
        let isolated = try resolve("isolate kv-1,kv-2").links
        #expect(isolated.contains(link(0, 1)) && isolated.contains(link(2, 0)))
        #expect(!isolated.contains(link(0, 4)) && !isolated.contains(link(2, 3)))
        let unplugged = try resolve("unplug kv-1").links
        #expect(unplugged.contains(link(4, 0)) && unplugged.contains(link(0, 1)))
        #expect(!unplugged.contains(link(1, 2)))
    }

    @Test("a path means these directions")
    func paths() throws {
        let one = try resolve("cut from kv-1 to kv-2").links
        #expect(one.contains(link(0, 1)) && !one.contains(link(1, 0)))
        let deaf = try resolve("cut to kv-2").links
        #expect(deaf.contains(link(4, 1)) && !deaf.contains(link(1, 4)))
        let mesh = try resolve("cut between kv and kv").links
        #expect(
            mesh.contains(link(2, 0)) && mesh.contains(link(0, 2)) && !mesh.contains(link(0, 0)))
        #expect(mesh.blocks.count == 1)
    }

    private func link(_ from: UInt16, _ to: UInt16) -> LinkID {
        LinkID(from: NodeID(from), to: NodeID(to))
    }

    @Test("who means nobody is told so, with the nearest name")
    func refusals() {
        #expect(
            refusal("crash kv-4").hasPrefix("there is no node or group 'kv-4' (did you mean 'kv-"))
        #expect(
            refusal("crash database")
                == "there is no node or group 'database' (groups: kv, proxy, client)")
        #expect(refusal("crash zone=as") == "no machine has zone=as (zone is eu, us)")
        #expect(refusal("crash zome=eu") == "no machine has a label 'zome' (did you mean 'zone'?)")
        #expect(refusal("crash role=observer") == "nobody says role=observer now")
        #expect(refusal("crash 4 of kv") == "'4 of kv': there are only 3 machines")
        #expect(refusal("crash kv except kv") == "'kv except kv' leaves nobody")
        #expect(refusal("crash x*") == "no machine is called like 'x*'")
        #expect(
            refusal("crash minority of proxy") == "'minority of proxy': 1 machine has no minority")
        #expect(refusal("cut from kv-1 to kv-1") == "kv-1 has no link to itself")
        var roster = Self.roster
        roster.machines[0].role = .candidate
        #expect(refusal("crash leader", in: roster) == "no leader now")
        #expect(refusal("crash all except leader", in: roster) == "no leader now")
    }

    @Test("a partition names every node once, or says rest")
    func incomplete() {
        #expect(
            refusal("partition kv-1 / kv-2")
                == "kv-3,proxy are in no group of this partition "
                + "(add ' / kv-3,proxy' or ' / rest')")
        #expect(
            refusal("partition kv / zone=us / rest") == "kv-3 is in two groups of this partition")
        #expect(refusal("partition all") == "nobody is left for the rest of this partition")
        #expect(refusal("partition kv / proxy") == "accepted as partition kv-1,kv-2,kv-3 / proxy")
    }

    @Test("two leaders are both meant")
    func split() throws {
        var roster = Self.roster
        roster.machines[2].role = .leader
        #expect(try nodes("leader", in: roster) == "kv-1,kv-3")
    }

    @Test("a topology's descriptions resolve names before anything runs")
    func descriptions() throws {
        let roster = Roster([
            NodeDescription(name: "a-1", group: "a", address: ""),
            NodeDescription(name: "a-2", group: "a", address: ""),
        ])
        #expect(try nodes("a", in: roster) == "a-1,a-2")
        #expect(refusal("crash leader", in: roster) == "no leader now")
    }
}
