import Cluster

/// What happened, and why things are as they are.
extension Renderer {
    mutating func drawEvents(_ rows: ClosedRange<Int>) {
    }

    /// The keys of the bottom line.
    var eventsHints: [Hint] { [] }
}

extension Help {
    static let events = Section(title: "events", keys: [])
}
