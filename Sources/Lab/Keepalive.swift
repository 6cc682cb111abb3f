/// Decides when a lab ends because of who is attached to it. Pure: the lab carries out what it says.
///
/// - A lab of a dashboard ends when its painter says that it quits; a painter that disappears
///   without that word leaves the lab a minute in which somebody may attach again.
/// - A lab of `squall run` ends with its command.
/// - A detached lab ends only when asked to.
public struct Keepalive: Sendable, Equatable {
    /// For whom the lab runs.
    public enum Mode: String, Sendable {
        case dashboard
        case command
        case detached
    }

    /// Something that happened at the control socket, or to the timer.
    public enum Event: Sendable, Equatable {
        /// The lab runs; whoever started it should attach now.
        case began
        /// Client number … attached.
        case attached(Int)
        /// Client number … said that it quits.
        case quit
        /// Somebody said that the lab goes on without a dashboard.
        case detached
        /// Client number … is gone without a word.
        case lost(Int)
        /// The patience that was armed with this number is over.
        case elapsed(Int)
    }

    /// What the lab has to do.
    public enum Action: Sendable, Equatable {
        case none
        /// Wake the lab with `elapsed` and this number after so long.
        case arm(Int, Duration)
        /// End the lab, for this reason.
        case end(String)
    }

    /// How long a dashboard's lab waits for somebody to attach again.
    public static let patience = Duration.seconds(60)

    private var mode: Mode
    private var attached: Set<Int> = []
    private var armed = 0

    /// How many are attached.
    public var count: Int { attached.count }

    /// The rule for a lab started in this mode.
    public init(mode: Mode) { self.mode = mode }

    /// Takes one event and says what follows.
    public mutating func on(_ event: Event) -> Action {
        switch event {
        case .began:
            // Who started it may have died meanwhile.
            guard mode != .detached, attached.isEmpty else { return .none }
            armed += 1
            return .arm(armed, Self.patience)
        case .attached(let client):
            attached.insert(client)
            armed += 1
            return .none
        case .detached:
            mode = .detached
            armed += 1
            return .none
        case .quit:
            return .end("quit")
        case .lost(let client):
            guard attached.remove(client) != nil, attached.isEmpty else { return .none }
            switch mode {
            case .detached: return .none
            case .command: return .end("its command is gone")
            case .dashboard:
                armed += 1
                return .arm(armed, Self.patience)
            }
        case .elapsed(let number):
            guard mode != .detached, number == armed, attached.isEmpty else { return .none }
            return .end("nobody attached within a minute")
        }
    }
}
