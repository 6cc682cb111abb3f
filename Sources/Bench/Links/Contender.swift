internal import Cluster
internal import Supervisor

/// One way to get from here to there, with machines and servers ready to be measured.
struct Contender: Sendable {
    /// Which way.
    let way: Way
    /// Where the sources run.
    let machine: Machine
    let source: Agent
    /// Where the servers run; they end with this.
    let servers: Agent
    /// Where the servers are, as the sources reach them.
    let address: String
    /// What is added to the servers' ports on the way.
    let proxy: Proxy?
    /// The link to the servers, where squall is the switch.
    let link: LinkID?

    /// The ways that are compared, in the order of the table.
    enum Way: Hashable, Sendable {
        /// Inside one machine: what no network can do better.
        case loopback
        /// Two machines on the kernel's own switch.
        case bridge
        /// Two machines on ours.
        case squall(Attachment)
        /// Inside one machine, through a process.
        case proxy(Proxy)

        var name: String {
            switch self {
            case .loopback: "loopback"
            case .bridge: "veth + bridge"
            case .squall(let attachment): "squall (\(attachment.rawValue))"
            case .proxy(let proxy): proxy.name
            }
        }
    }

    /// Where a server's port is reached.
    func port(_ target: UInt16) -> UInt16 { proxy?.port(for: target) ?? target }

    /// Address and port of a server in an order.
    func place(_ target: UInt16) -> String { "\(address) \(port(target))" }
}
