internal import Cluster

/// How machines are asked whether they feel a fault.
public enum Feeler: Hashable, Sendable {
    /// ICMP echoes, IP packets of so many bytes, one after the other.
    case echo(bytes: Int)
    /// Echoes all at once: the line sends them on as fast as it can.
    case train(bytes: Int, count: Int)
    /// TCP connections: to this port, or to any where it does not matter. An answer is an answer, also a
    /// refusal.
    case connect(port: UInt16?)
    /// Nothing between two machines feels it; the text says why.
    case nothing(String)

    /// Bytes of an ordinary echo: IP and ICMP headers, and sixteen of our own.
    public static let least = 44
    /// Bytes of the largest packet that a machine's line takes.
    public static let most = 1_500

    /// For people.
    var noun: String {
        switch self {
        case .echo(let bytes), .train(let bytes, _):
            bytes == Self.least
                ? "echoes" : "echoes of \(Figures.count(UInt64(max(0, bytes)))) bytes"
        case .connect: "connections"
        case .nothing: "nothing"
        }
    }

    /// How an effect is felt that is only about some packets.
    init(_ effect: Effect, only: Only?) {
        if let only, only.port != nil || only.transport == .tcp || only.transport == .udp {
            self = Self.filtered(effect, only)
            return
        }
        switch effect {
        case .mtu(let bytes, _):
            self =
                bytes < Self.most
                ? .echo(bytes: max(bytes + 1, Self.least))
                : .nothing("no packet here has more than \(Figures.count(1_500)) bytes")
        case .limit(let limit): self = Self.train(limit)
        case .cut, .mute, .hold, .delay, .loss, .duplicate, .reorder, .corrupt, .refuse:
            self = .echo(bytes: Self.least)
        }
    }

    private static func filtered(_ effect: Effect, _ only: Only) -> Feeler {
        if only.transport == .udp {
            return .nothing("nobody answers to UDP on every machine, so it is only counted")
        }
        if only.transport == .icmp {
            return .nothing("ICMP has no ports")
        }
        switch effect {
        case .cut, .mute, .hold, .delay, .loss, .refuse, .corrupt(_, right: false):
            return .connect(port: only.port)
        case .corrupt, .duplicate, .reorder, .limit, .mtu:
            return .nothing("no connection tells it apart, so it is only counted")
        }
    }

    /// Enough for thirty milliseconds of the line, where its queue takes that.
    private static func train(_ limit: Limit) -> Feeler {
        let rate = limit.rate.bytesPerSecond
        let room = min(1e9, rate * Double(limit.queue.nanoseconds) / 1e9 * 0.8)
        // A slow line's queue holds few large packets.
        let bytes = min(1_428, max(100, Int(room) / (Judge.least + 4)))
        let ahead = Int(limit.burst.bytes) / bytes
        let count = min(Int(room) / bytes, Int(min(1e9, rate) * 0.03) / bytes, mostAtOnce)
        let wanted = max(count, Judge.least + 3) + ahead
        guard wanted <= mostAtOnce, (wanted - ahead) * bytes <= Int(room) else {
            return .nothing("its burst or its queue leaves nothing to be felt by echoes")
        }
        return .train(bytes: bytes, count: wanted)
    }

    /// What the socket of an echo holds.
    private static let mostAtOnce = 150
}
