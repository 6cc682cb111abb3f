internal import Cluster

extension Lab {
    func clientTold(_ id: NodeID, _ line: [UInt8]) {}
    func changeTraffic(_ change: TrafficChange) throws(CommandError) {
        throw CommandError("'traffic' is not in this version")
    }
}
