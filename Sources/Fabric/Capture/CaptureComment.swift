/// What stands beside a packet in a capture, when there is something to say.
enum CaptureComment: Equatable {
    /// A fault dropped it; its number and its name, if it has one.
    case dropped(by: String)
    /// It is to many machines; the copy for this one was dropped by a fault.
    case copyDropped(for: String, by: String)
    /// Its link holds as much as it may.
    case queueFull
    /// This machine's kernel takes no more.
    case refused(String)
    /// Nobody has its address.
    case stray
    /// It was lost while it waited: who sent it, and how many nanoseconds before.
    case lost(from: String, Int64)
    /// It came late: who sent it, and how many nanoseconds before.
    case late(from: String, Int64)
    /// The same for its sender: where it arrived, and how many nanoseconds later.
    case arrived(at: String, Int64)

    /// In words.
    var text: String {
        switch self {
        case .dropped(let fault): "dropped by \(fault)"
        case .copyDropped(let name, let fault): "the copy for \(name) was dropped by \(fault)"
        case .queueFull: "dropped: the queue of its link was full"
        case .refused(let name): "dropped: the kernel of \(name) took no more packets"
        case .stray: "dropped: no machine has this address"
        case .lost(let name, let time): "dropped while it waited: \(Self.left(name, time))"
        case .late(let name, let time): Self.left(name, time)
        case .arrived(let name, let time): "arrived at \(name) \(Self.milliseconds(time)) ms later"
        }
    }

    private static let ago = " ms before"

    /// For people, and exact, so that the moment when it left can be told.
    private static func left(_ name: String, _ nanoseconds: Int64) -> String {
        "left \(name) \(milliseconds(nanoseconds))\(ago)"
    }

    /// The nanoseconds that a packet was on its way, by the comment that tells of it; `nil` when it is
    /// about something else.
    static func waited(_ text: String) -> Int64? {
        guard text.hasSuffix(ago) else { return nil }
        let words = text.dropLast(ago.count).split(separator: " ")
        guard words.count >= 3, words[words.count - 3] == "left", let last = words.last else {
            return nil
        }
        let parts = last.split(separator: ".")
        guard parts.count == 2, parts[1].utf8.count == 6, let whole = Int64(parts[0]),
            let rest = Int64(parts[1])
        else { return nil }
        return whole * 1_000_000 + rest
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        let rest = String(nanoseconds % 1_000_000)
        return "\(nanoseconds / 1_000_000)."
            + String(repeating: "0", count: max(0, 6 - rest.count)) + rest
    }
}
