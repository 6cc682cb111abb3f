internal import Cluster
internal import Fabric
internal import Supervisor
public import Topology

/// A topology made ready for one run: every machine has its index, its address and its program.
public struct LabPlan: Sendable {
    /// What the file says.
    public let topology: Topology
    /// Every random decision comes from it.
    public let seed: UInt64
    /// Nodes in the order of the file, then the clients; the position is the `NodeID`.
    let machines: [MachinePlan]
    /// The whole text of every machine's `/etc/hosts`.
    let hosts: String
    private let surroundings: Topology.Surroundings

    /// Where a node finds its disk, the programs of squall, and the topology's folder: directories
    /// of the host that are bound there, so that it need not be able to walk the way to them.
    static let dataDirectory = "/run/squall/data"
    static let programDirectory = "/run/squall/bin"
    static let topologyDirectory = "/run/squall/topology"
    /// `PATH` of every node.
    static let searchPath =
        programDirectory + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Names, addresses and programs for a run with this seed. `programs` says which program stands
    /// for which (see `Topology.programs`).
    public init(_ topology: Topology, seed: UInt64, programs: [String: String] = [:]) {
        self.topology = topology
        self.seed = seed
        let names = topology.members.map(\.name) + topology.clients
        var ids: [String: NodeID] = [:]
        for (index, name) in names.enumerated() { ids[name] = NodeID(UInt16(index)) }
        let addresses = ids.mapValues { Self.address(of: $0).description }
        let surroundings = Topology.Surroundings(
            addresses: addresses, data: Self.dataDirectory, folder: Self.topologyDirectory,
            seed: seed, programs: programs)
        var machines: [MachinePlan] = []
        for member in topology.members {
            guard let id = ids[member.name], let group = topology.group(member.group) else {
                continue
            }
            machines.append(
                MachinePlan(
                    id: id, group: group, rendered: topology.render(member, in: surroundings),
                    dependencies: group.after.map { dependency in
                        let members = topology.members.filter {
                            $0.group == dependency.on || $0.name == dependency.on
                        }
                        return .init(
                            nodes: members.compactMap { ids[$0.name] }, state: dependency.state)
                    }))
        }
        for name in topology.clients {
            guard let id = ids[name] else { continue }
            // The load begins when there is somebody to serve it.
            let nodes = topology.members.compactMap { ids[$0.name] }
            machines.append(
                MachinePlan(
                    client: id, name: name, topology.workload,
                    after: .init(nodes: nodes, state: .ready)))
        }
        self.machines = machines
        self.surroundings = surroundings
        hosts =
            "127.0.0.1 localhost\n::1 localhost ip6-localhost\n"
            + machines.map { "\($0.address) \($0.name)\n" }.joined()
    }

    /// Fills the placeholders of an `exec` line for a node.
    func expand(_ line: String, for machine: MachinePlan) -> String {
        guard let member = topology.members.first(where: { $0.name == machine.name }) else {
            return line
        }
        return topology.expand(line, for: member, in: surroundings)
    }

    /// The first machine's address is 10.66.0.2.
    static func address(of node: NodeID) -> IPv4Address {
        IPv4Address(0x0a42_0002 + UInt32(node.index))
    }
}

/// One machine of a run.
struct MachinePlan: Sendable {
    let id: NodeID
    let name: String
    let group: String
    let kind: NodeDescription.Kind
    let labels: [NodeDescription.Label]
    /// The program and its arguments.
    let arguments: [String]
    /// `NAME=value`.
    let environment: [String]
    /// Files to write on the node's disk before the first start.
    let files: [(path: String, text: String)]
    /// What the load asks.
    let firstPort: UInt16?
    /// How it is supervised.
    let life: NodePlan
    /// What it waits for.
    let after: [Dependency]
    /// How its health is read.
    let probe: Topology.Probe?
    /// Port of the probe.
    let probePort: UInt16
    /// What feeds its columns.
    let metrics: [Topology.Metric: String]
    /// What else it tells, word → metric.
    let ownMetrics: [String: String]
    /// Ports reachable from outside.
    let published: [(port: UInt16, host: UInt16?)]
    /// Bytes of a disk of a size of its own, in memory; `nil` for an ordinary directory.
    let disk: UInt64?
    /// What it is always held to.
    let standing: MachineLimits
    /// Whether its programs' clock follows a file.
    let hasFaultableClock: Bool
    /// The user that its programs see themselves as; `nil` for `node`.
    let user: String?
    /// Directories of the machine that lie on its disk.
    let writable: [String]
    /// Kernel settings of its network.
    let settings: [(name: String, value: String)]

    /// Something that others must have reached.
    struct Dependency: Sendable {
        let nodes: [NodeID]
        let state: Topology.Dependency.State
    }

    /// Inside 10.66.0.0/16.
    var address: IPv4Address { LabPlan.address(of: id) }

    /// What the journal says of it.
    var description: NodeDescription {
        NodeDescription(
            name: name, group: group, address: address.description, kind: kind, labels: labels,
            probed: probe != nil, disk: disk.map { ByteCount(bytes: Int64(clamping: $0)) },
            hasFaultableClock: hasFaultableClock, metrics: ownMetrics.keys.sorted())
    }

    init(
        id: NodeID, group: Topology.Group, rendered: Topology.RenderedMember,
        dependencies: [Dependency]
    ) {
        self.id = id
        name = rendered.member.name
        self.group = group.name
        kind = .node
        labels = group.labels.map { .init(key: $0.name, value: $0.value) }.sorted {
            $0.key < $1.key
        }
        arguments = rendered.argv
        environment =
            Self.commonEnvironment + rendered.environment.map { "\($0.name)=\($0.value)" }
            + (group.clock == nil ? [] : Lab.clockEnvironment())
        files = rendered.files
        firstPort = group.ports.first?.number
        life = NodePlan(
            restart: RestartPlan(group.restart), stopSignal: group.stop.signal,
            grace: group.stop.grace, isProbed: group.probe != nil)
        after = dependencies
        probe = group.probe
        probePort = group.probe.flatMap { group.port($0.port) } ?? 0
        metrics = group.metrics
        ownMetrics = group.ownMetrics
        published = group.publish.compactMap { publication in
            group.port(publication.port).map { ($0, publication.hostPort) }
        }
        disk = group.disk.map { UInt64(clamping: $0) }
        standing = MachineLimits(
            processor: group.processor.map { UInt32(clamping: $0.value) },
            memory: group.memory.map { UInt64(clamping: $0.value) })
        settings = group.settings.map { ($0.name, $0.value) }
        user = group.user?.value
        hasFaultableClock = group.clock != nil
        writable = group.writable.map(\.value)
    }

    init(
        client id: NodeID, name: String, _ workload: Topology.Workload?, after: Dependency
    ) {
        self.id = id
        self.name = name
        group = "client"
        kind = .client
        labels = (workload?.labels ?? []).map { .init(key: $0.name, value: $0.value) }
        arguments = [LabPlan.programDirectory + "/squall", "__client"]
        environment = Self.commonEnvironment
        files = []
        firstPort = nil
        life = NodePlan(
            restart: RestartPlan(policy: .always, first: .milliseconds(200), longest: .seconds(2)),
            grace: .seconds(1), isProbed: false)
        self.after = [after]
        probe = nil
        probePort = 0
        metrics = [:]
        ownMetrics = [:]
        published = []
        disk = nil
        standing = MachineLimits()
        settings = []
        user = nil
        hasFaultableClock = false
        writable = []
    }

    private static let commonEnvironment = [
        "PATH=" + LabPlan.searchPath, "HOME=" + LabPlan.dataDirectory, "LANG=C.UTF-8",
        "TERM=dumb",
    ]
}

extension RestartPlan {
    /// As the topology says it.
    init(_ restart: Topology.Restart) {
        switch restart.policy {
        case .never: policy = .never
        case .onFailure: policy = .onFailure
        case .always: policy = .always
        }
        first = restart.backoff.lowerBound
        longest = restart.backoff.upperBound
        limit = restart.limit
    }
}
