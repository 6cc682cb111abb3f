import Foundation
import Testing
import Topology

@Suite struct ShippedTests {
    /// Whatever lies in the folder is shipped.
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: checkout("topologies"))) ?? [])
        .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

    @Test("every shipped topology is read without a mistake", arguments: names)
    func shipped(_ name: String) throws {
        let topology = try Topology(
            parsing: readText(checkout("topologies/\(name).yaml")), file: "\(name).yaml")
        #expect(topology.name == name)
        #expect(topology.about != nil && topology.members.count >= 3)
        #expect(topology.scenarios.count >= 2)
        #expect(topology.workload != nil)
        #expect(topology.groups.allSatisfy { $0.probe != nil })
    }

    @Test("kv is rendered with its settings, its environment and its peers")
    func kv() throws {
        let topology = try Topology(
            parsing: readText(checkout("topologies/kv.yaml")), file: "kv.yaml")
        let surroundings = Topology.Surroundings(
            addresses: ["kv-1": "10.0.0.1", "kv-2": "10.0.0.2", "kv-3": "10.0.0.3"],
            data: "/data", folder: "/t", seed: 42, programs: ["squall-node": "/opt/squall-node"])
        let node = topology.render(topology.members[1], in: surroundings)
        #expect(node.argv == ["/opt/squall-node", "kv", "--replication", "leader"])
        #expect(node.workingDirectory == "/data")
        let environment = Dictionary(
            node.environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        #expect(
            environment == [
                "SQUALL_NODE": "kv-2", "SQUALL_GROUP": "kv", "SQUALL_INDEX": "2",
                "SQUALL_IP": "10.0.0.2", "SQUALL_DATA": "/data", "SQUALL_SEED": "42",
                "SQUALL_PORT_HTTP": "7000", "SQUALL_SETTING_REPLICATION": "leader",
                "SQUALL_PEERS": "kv-1=kv-1:7000,kv-3=kv-3:7000",
            ])
        #expect(topology.clients == ["client-1", "client-2"])
        let raft = try Topology(
            parsing: readText(checkout("topologies/kv.yaml")), file: "kv.yaml",
            settings: ["replication": "raft"])
        #expect(raft.render(raft.members[0], in: surroundings).argv.last == "raft")
    }

    @Test("redis starts whichever of its alternatives is installed, with its empty argument kept")
    func redis() throws {
        let topology = try Topology(
            parsing: readText(checkout("topologies/redis.yaml")), file: "redis.yaml")
        let here: Set<String> = ["/usr/bin/valkey-server", "/usr/bin/redis-cli"]
        let programs = topology.programs(in: ["/bin", "", "/usr/bin"]) { here.contains($0) }
        #expect(programs.missing.isEmpty)
        let surroundings = Topology.Surroundings(
            addresses: ["primary": "10.0.0.1", "replica-1": "10.0.0.2", "replica-2": "10.0.0.3"],
            data: "/data", folder: "/t", seed: 1, programs: programs.found)
        let replica = topology.render(topology.members[2], in: surroundings)
        #expect(replica.argv.first == "/usr/bin/valkey-server")
        #expect(replica.argv.contains(""))
        #expect(replica.argv.suffix(3) == ["--replicaof", "primary", "6379"])
        #expect(
            topology.expand("redis-cli -h {ip} {x}", for: replica.member, in: surroundings)
                == "redis-cli -h 10.0.0.3 {x}")
    }

    @Test("a missing program is named with its alternatives and its package")
    func missing() throws {
        let topology = try Topology(
            parsing: readText(checkout("topologies/redis.yaml")), file: "redis.yaml")
        let programs = topology.programs(in: ["/usr/bin"]) { _ in false }
        #expect(
            programs.missing.map(\.description) == [
                "redis-server (or valkey-server) is not installed: apt install redis-server",
                "redis-cli (or valkey-cli) is not installed: apt install redis-tools",
            ])
    }
}
