/// What clients ask for and what they get: which time is summed up, and which client is chosen.
public struct TrafficView: Equatable, Sendable {
    /// The time that is summed up.
    public var window = Window.minute
    /// The client under the cursor, counted from the first.
    public var client = 0

    /// The last minute.
    public init() {}

    /// Times that can be summed up.
    public enum Window: String, Sendable, CaseIterable {
        case seconds = "the last 10 s"
        case minute = "the last 60 s"
        case run = "the whole run"

        /// The next one; after the last the first.
        var next: Window {
            switch self {
            case .seconds: .minute
            case .minute: .run
            case .run: .seconds
            }
        }
    }
}
