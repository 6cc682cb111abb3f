import Cluster

/// One time axis for everything.
extension Renderer {
    mutating func drawTimeline(_ rows: ClosedRange<Int>) {
    }

    /// The keys of the bottom line.
    var timelineHints: [Hint] { [] }
}

extension Help {
    static let timeline = Section(title: "timeline", keys: [])
}
