internal import NodeKit

/// Who leads: the member with index 1, now and always.
struct Membership: Sendable, Equatable {
    var leads: Bool
    var leader: Peer

    init(_ node: NodeEnvironment) throws(KVError) {
        leads = node.index == 1
        let name = "\(node.group)-1"
        if leads {
            leader = Peer(name: node.name, host: node.ip, port: node.port)
        } else if let peer = node.peers.first(where: { $0.name == name }) {
            leader = peer
        } else {
            throw .noLeader(name)
        }
    }
}
