internal import NodeKit
internal import Testing

@Suite("The environment of a node") struct NodeEnvironmentTests {
    private let whole = [
        "SQUALL_NODE": "kv-2", "SQUALL_GROUP": "kv", "SQUALL_INDEX": "2", "SQUALL_IP": "10.77.0.3",
        "SQUALL_PORT_HTTP": "7000", "SQUALL_DATA": "/data", "SQUALL_SEED": "18446744073709551615",
        "SQUALL_PEERS": "kv-1=kv-1:7000,kv-3=10.77.0.4:7001",
    ]

    @Test("says who a node is, where it may write and whom it can reach")
    func reads() throws {
        let node = try NodeEnvironment(whole)
        #expect(node.name == "kv-2" && node.group == "kv" && node.index == 2)
        #expect(node.ip == "10.77.0.3" && node.port == 7_000 && node.data == "/data")
        #expect(node.seed == .max)
        #expect(
            node.peers == [
                Peer(name: "kv-1", host: "kv-1", port: 7_000),
                Peer(name: "kv-3", host: "10.77.0.4", port: 7_001),
            ])
    }

    @Test(
        "names the variable that is missing",
        arguments: [
            "SQUALL_NODE", "SQUALL_GROUP", "SQUALL_INDEX", "SQUALL_IP", "SQUALL_PORT_HTTP",
            "SQUALL_DATA",
        ])
    func missing(name: String) {
        var variables = whole
        variables[name] = nil
        #expect(throws: NodeEnvironmentError.missing(name)) { try NodeEnvironment(variables) }
        variables[name] = ""
        #expect(throws: NodeEnvironmentError.missing(name)) { try NodeEnvironment(variables) }
    }

    @Test(
        "names the variable that cannot be read",
        arguments: [
            ("SQUALL_INDEX", "0"), ("SQUALL_PORT_HTTP", "70000"), ("SQUALL_SEED", "-1"),
            ("SQUALL_PEERS", "kv-1"), ("SQUALL_PEERS", "kv-1=host"),
            ("SQUALL_PEERS", "kv-1=:7000"), ("SQUALL_PEERS", "=a:1"), ("SQUALL_PEERS", "a=b:0"),
        ])
    func unreadable(name: String, value: String) throws {
        var variables = whole
        variables[name] = value
        let error = #expect(throws: NodeEnvironmentError.self) { try NodeEnvironment(variables) }
        #expect(try #require(error).description.hasPrefix("\(name) is '\(value)', not "))
    }

    @Test("needs neither peers nor a seed")
    func alone() throws {
        var variables = whole
        variables["SQUALL_PEERS"] = nil
        variables["SQUALL_SEED"] = nil
        let node = try NodeEnvironment(variables)
        #expect(node.peers.isEmpty && node.seed == 0)
    }
}
