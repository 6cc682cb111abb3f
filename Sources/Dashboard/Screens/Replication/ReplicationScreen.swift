import Cluster

/// Who follows whom, and how far behind.
extension Renderer {
    mutating func drawReplication(_ rows: ClosedRange<Int>) {
    }

    /// The keys of the bottom line.
    var replicationHints: [Hint] { [] }
}

extension Help {
    static let replication = Section(title: "replication", keys: [])
}
