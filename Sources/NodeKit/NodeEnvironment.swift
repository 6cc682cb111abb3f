/// What a node is told when it starts, and all that it is told: who it is, where it listens, where it may
/// write, and whom it can reach. Everything comes from the environment, so that a node can be written in any
/// language and started by hand.
public struct NodeEnvironment: Sendable, Equatable {
    /// This member's own name, unique in the system (`SQUALL_NODE`).
    public var name: String
    /// The group it belongs to (`SQUALL_GROUP`).
    public var group: String
    /// Its number in the group, from 1 (`SQUALL_INDEX`).
    public var index: Int
    /// The address it listens on (`SQUALL_IP`).
    public var ip: String
    /// The port it listens on (`SQUALL_PORT_HTTP`).
    public var port: Int
    /// A directory that survives a restart (`SQUALL_DATA`).
    public var data: String
    /// The other members (`SQUALL_PEERS`, written `name=host:port,…`), in the order given.
    public var peers: [Peer]
    /// Where random choices of this node start from (`SQUALL_SEED`, 0 when it is not set).
    public var seed: UInt64

    /// Reads the environment.
    /// - Throws: the first variable that is missing or cannot be read.
    public init(_ variables: [String: String]) throws(NodeEnvironmentError) {
        func text(_ name: String) throws(NodeEnvironmentError) -> String {
            guard let value = variables[name], !value.isEmpty else { throw .missing(name) }
            return value
        }
        func number(_ name: String, _ range: ClosedRange<Int>) throws(NodeEnvironmentError) -> Int {
            let written = try text(name)
            guard let value = Int(written), range.contains(value) else {
                throw .unreadable(name, written, "a number from \(range.lowerBound)")
            }
            return value
        }
        name = try text("SQUALL_NODE")
        group = try text("SQUALL_GROUP")
        index = try number("SQUALL_INDEX", 1...100_000)
        ip = try text("SQUALL_IP")
        port = try number("SQUALL_PORT_HTTP", 1...65_535)
        data = try text("SQUALL_DATA")
        peers = try Self.peers(variables["SQUALL_PEERS"] ?? "")
        let seedText = variables["SQUALL_SEED"] ?? "0"
        guard let seed = UInt64(seedText) else {
            throw .unreadable("SQUALL_SEED", seedText, "a number from 0")
        }
        self.seed = seed
    }

    private static func peers(_ list: String) throws(NodeEnvironmentError) -> [Peer] {
        var peers: [Peer] = []
        for item in list.split(separator: ",") {
            guard let peer = Peer(item) else {
                throw .unreadable("SQUALL_PEERS", String(item), "name=host:port")
            }
            peers.append(peer)
        }
        return peers
    }
}

/// Another member, as this node knows it.
public struct Peer: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// A host name or an address.
    public var host: String
    /// Its first port.
    public var port: Int

    /// A peer by its parts.
    public init(name: String, host: String, port: Int) {
        self.name = name
        self.host = host
        self.port = port
    }

    /// Reads `name=host:port`; nil when it is anything else.
    public init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, let colon = halves[1].lastIndex(of: ":"),
            colon != halves[1].startIndex,
            let port = Int(halves[1][halves[1].index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        self.init(name: String(halves[0]), host: String(halves[1][..<colon]), port: port)
    }
}

/// A node cannot start with the environment it was given.
public enum NodeEnvironmentError: Error, Equatable, CustomStringConvertible {
    /// A variable is not set, or is empty.
    case missing(String)
    /// A variable, what it holds, and what it should hold.
    case unreadable(String, String, String)

    /// One sentence that names the variable.
    public var description: String {
        switch self {
        case .missing(let name): "\(name) is not set"
        case .unreadable(let name, let value, let wanted): "\(name) is '\(value)', not \(wanted)"
        }
    }
}
