internal import NIOCore

/// A connection that speaks a driver's protocol; the last handler of its pipeline.
protocol Wire: ChannelInboundHandler {
    /// Sends an operation; its answer, and nothing else, follows.
    func send(_ operation: Operation)
}

/// What a connection tells. Called on its event loop.
protocol WireListener: AnyObject {
    /// It can be used now.
    func opened(_ wire: WireName, takesWrites: Bool)
    /// The operation that was sent has its answer.
    func answered(_ wire: WireName, _ outcome: Outcome, takesWrites: Bool)
    /// It cannot be used any more.
    func ended(_ wire: WireName)
}

/// One attempt to have the connection of a number; later attempts have higher ones.
struct WireName: Equatable, Sendable {
    var number: Int
    var attempt: Int
}

/// Moments of the monotonic clock, in nanoseconds.
enum Monotonic {
    static var now: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }
}
