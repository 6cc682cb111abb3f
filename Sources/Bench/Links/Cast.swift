internal import Cluster
internal import Fabric
internal import Supervisor

/// All contenders that this machine allows, and by name what it does not.
struct Cast: Sendable {
    private(set) var contenders: [Contender] = []
    private(set) var leftOut: [String] = []
    /// Machines that were made.
    private(set) var nodes = 0
    let hasRedis: Bool

    static let redis: UInt16 = 6_379

    /// Makes the machines and starts what runs in them.
    init(on stage: Stage) async throws {
        hasRedis = installed("redis-server") != nil && installed("redis-benchmark") != nil
        if !hasRedis { leftOut.append("redis-benchmark: not installed (Debian: redis-server)") }
        let alone = try await server(on: stage, stage.host.attachments[0])
        add(.loopback, alone, to: alone, "127.0.0.1", link: nil)
        do {
            try await addPair(.bridge, on: stage, .veth)
        } catch let error as MachineError {
            leftOut.append("veth + bridge: \(error)")
        }
        for attachment in stage.host.attachments {
            try await addPair(.squall(attachment), on: stage, attachment)
        }
        if !stage.host.attachments.contains(.tun) {
            leftOut.append("squall (tun): /dev/net/tun may not be opened")
        }
        for proxy in Proxy.allCases {
            guard proxy == .plain || installed(proxy.rawValue) != nil else {
                leftOut.append("\(proxy.name): not installed")
                continue
            }
            let ports = [BenchAgent.sink, BenchAgent.echo, BenchAgent.greeter]
            try await proxy.start(
                ports + (hasRedis ? [Self.redis] : []), on: stage, alone.machine, alone.agent)
            add(.proxy(proxy), alone, to: alone, "127.0.0.1", proxy: proxy, link: nil)
        }
    }

    private typealias Member = (node: NodeID, machine: Machine, agent: Agent)

    private mutating func addPair(
        _ way: Contender.Way, on stage: Stage, _ attachment: Attachment
    ) async throws {
        let isBridged = way == .bridge
        let near = try await server(on: stage, attachment, bridged: isBridged)
        let far = try await server(on: stage, attachment, bridged: isBridged)
        let address = Stage.address(far.node).description
        add(
            way, near, to: far, address,
            link: isBridged ? nil : LinkID(from: near.node, to: far.node))
        _ = try await near.agent.ask("await \(address) \(BenchAgent.sink) 5000")
    }

    /// A machine with an agent, and a Redis server where there is one.
    private mutating func server(
        on stage: Stage, _ attachment: Attachment, bridged: Bool = false
    ) async throws -> Member {
        let node = NodeID(UInt16(nodes))
        nodes += 1
        let machine = try await stage.machine(node, attachment, bridged: bridged)
        let agent = try await Agent.start(in: machine)
        if hasRedis {
            _ = try await stage.start(
                [
                    "redis-server", "--port", "\(Self.redis)", "--save", "", "--protected-mode",
                    "no", "--dir", "/tmp",
                ], in: machine)
            _ = try await agent.ask("await 127.0.0.1 \(Self.redis) 10000")
        }
        return (node, machine, agent)
    }

    private mutating func add(
        _ way: Contender.Way, _ near: Member, to far: Member, _ address: String,
        proxy: Proxy? = nil, link: LinkID?
    ) {
        contenders.append(
            Contender(
                way: way, machine: near.machine, source: near.agent, servers: far.agent,
                address: address, proxy: proxy, link: link))
    }

    subscript(_ way: Contender.Way) -> Contender? { contenders.first { $0.way == way } }
}
