import Cluster

/// What clients ask for and what they get.
extension Renderer {
    mutating func drawTraffic(_ rows: ClosedRange<Int>) {
    }

    /// The keys of the bottom line.
    var trafficHints: [Hint] { [] }
}

extension Help {
    static let traffic = Section(title: "traffic", keys: [])
}
