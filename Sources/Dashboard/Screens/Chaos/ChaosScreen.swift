import Cluster

/// Faults to choose from, and scenarios.
extension Renderer {
    mutating func drawChaos(_ rows: ClosedRange<Int>) {
    }

    /// The keys of the bottom line.
    var chaosHints: [Hint] { [] }
}

extension Help {
    static let chaos = Section(title: "chaos", keys: [])
}
