public import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A request to a peer.
public struct PeerRequest: Sendable {
    /// `GET`, `PUT` or `POST`.
    public var method: String
    /// Path and query, e.g. `/log?after=7`.
    public var path: String
    /// Headers beside `Host` and `Content-Length`.
    public var headers: [(String, String)]
    /// The body; empty for none.
    public var body: ByteBuffer

    /// A request by its parts.
    public init(
        _ method: String, _ path: String, headers: [(String, String)] = [],
        body: ByteBuffer = ByteBuffer()
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

extension PeerRequest {
    /// A request whose body is text.
    public init(_ method: String, _ path: String, text: String) {
        self.init(method, path, body: ByteBuffer(string: text))
    }
}

/// What a peer answered.
public struct PeerAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The whole body.
    public var body: ByteBuffer
    /// The whole body as text.
    public var text: String { String(buffer: body) }
}

/// A request that got no answer. The two cases are all the difference for a write: the first certainly did
/// not happen, of the second nobody knows.
public enum PeerError: Error, Equatable, CustomStringConvertible {
    /// The peer has certainly not seen the request.
    case notSent(String)
    /// The request was on its way; the peer may have carried it out.
    case noAnswer(String)

    /// Why, in words.
    public var description: String {
        switch self {
        case .notSent(let why), .noAnswer(let why): why
        }
    }
}

/// A small HTTP client for one peer: connections are kept and used again, one request at a time each; every
/// wait has an end, and so has the number of connections.
public final class PeerClient: Sendable {
    /// Bounds of a client.
    public struct Limits: Sendable {
        /// Connections, and with them requests under way.
        public var connections = 32
        /// How long a connection may take to be made.
        public var connecting: Duration = .seconds(2)
        /// The largest body of an answer, in bytes.
        public var largestAnswer = 64 << 20

        /// The usual bounds.
        public init() {}
    }

    private struct Connections: Sendable {
        var idle: [any Channel] = []
        var open = 0
    }

    private enum Slot { case idle(any Channel), new, none }

    /// The peer.
    public let peer: Peer
    private let limits: Limits
    private let connections = Mutex(Connections())

    /// A client for `peer`; it connects when it is first used.
    public init(_ peer: Peer, limits: Limits = Limits()) {
        self.peer = peer
        self.limits = limits
    }

    /// Sends a request and waits for the whole answer, at most `time` from now.
    /// - Parameter connecting: not nil: use no connection that was there before, and wait at most so
    ///   long for a new one. A connection to a peer that is cut off looks as good as ever; only a new
    ///   one shows that it is there.
    public func send(
        _ request: PeerRequest, within time: Duration, connecting: Duration? = nil
    ) async throws(PeerError) -> PeerAnswer {
        let deadline = NIODeadline.now() + TimeAmount(time)
        if connecting != nil { close() }
        let channel = try await connection(
            before: deadline, making: connecting ?? limits.connecting)
        let promise = channel.eventLoop.makePromise(of: PeerAnswer.self)
        let exchange = PeerExchange(
            request: request, host: "\(peer.host):\(peer.port)", deadline: deadline,
            answer: promise)
        channel.eventLoop.execute {
            Self.start(exchange, on: channel, peer: self.peer.name)
        }
        do {
            let answer = try await promise.futureResult.get()
            giveBack(channel)
            return answer
        } catch {
            channel.close(promise: nil)
            throw error as? PeerError ?? .noAnswer("\(peer.name): \(error)")
        }
    }

    /// The same, tried again while the peer has certainly not seen the request and `time` lasts.
    public func send(
        _ request: PeerRequest, within time: Duration, retrying backoff: Backoff
    ) async throws(PeerError) -> PeerAnswer {
        var backoff = backoff
        let end = ContinuousClock.now + time
        while true {
            let left = end - .now
            do {
                return try await send(request, within: left)
            } catch {
                let wait = backoff.wait()
                guard case .notSent = error, .now + wait < end else { throw error }
                try? await Task.sleep(for: wait)
                if Task.isCancelled { throw error }
            }
        }
    }

    /// Closes what is open. The client can be used again.
    public func close() {
        let idle = connections.withLock { connections in
            defer { connections.idle = [] }
            return connections.idle
        }
        for channel in idle { channel.close(promise: nil) }
    }

    private func connection(
        before deadline: NIODeadline, making limit: Duration
    ) async throws(PeerError) -> any Channel {
        let slot = connections.withLock { connections -> Slot in
            while let channel = connections.idle.popLast() {
                if channel.isActive { return .idle(channel) }
            }
            if connections.open >= limits.connections { return .none }
            connections.open += 1
            return .new
        }
        switch slot {
        case .idle(let channel): return channel
        case .new: return try await connect(within: min(TimeAmount(limit), deadline - .now()))
        case .none:
            throw .notSent("\(limits.connections) requests to \(peer.name) are under way already")
        }
    }

    private func connect(within time: TimeAmount) async throws(PeerError) -> any Channel {
        let name = peer.name
        let largest = limits.largestAnswer
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(max(time, .milliseconds(1)))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandlers(
                            NIOHTTPClientResponseAggregator(maxContentLength: largest),
                            PeerConnection(peer: name))
                    }
                }
                .connect(host: peer.host, port: peer.port).get()
            channel.closeFuture.whenComplete { _ in self.connections.withLock { $0.open -= 1 } }
            return channel
        } catch {
            connections.withLock { $0.open -= 1 }
            throw .notSent("cannot reach \(name) at \(peer.host):\(peer.port): \(Self.why(error))")
        }
    }

    private static func start(
        _ exchange: PeerExchange, on channel: any Channel, peer: String
    ) {
        // Here, on the channel's own loop, "still open" cannot change under our feet.
        if channel.isActive,
            let handler = try? channel.pipeline.syncOperations.handler(type: PeerConnection.self)
        {
            handler.start(exchange)
        } else {
            exchange.answer.fail(PeerError.notSent("\(peer) had closed the connection"))
        }
    }

    private func giveBack(_ channel: any Channel) {
        guard channel.isActive else { return }
        connections.withLock { $0.idle.append(channel) }
    }

    private static func why(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let dns = error.dnsAError ?? error.dnsAAAAError { return "\(dns)" }
            return error.connectionErrors.first.map { why($0.error) } ?? "no address"
        case ChannelError.connectTimeout: return "no connection in time"
        case let error as IOError where error.errnoCode == 111: return "connection refused"
        default: return "\(error)"
        }
    }
}
