import Cluster

/// The topology as it runs.
extension Renderer {
    mutating func drawConfig(_ rows: ClosedRange<Int>) {
    }

    /// The keys of the bottom line.
    var configHints: [Hint] { [] }
}

extension Help {
    static let config = Section(title: "config", keys: [])
}
