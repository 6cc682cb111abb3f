internal import Foundation
public import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One operation that somebody does by hand at one node: `put`, `get`, `call`.
public struct ByHand: Equatable, Sendable {
    /// What is asked.
    public enum Question: Equatable, Sendable {
        case put(key: String, value: String)
        case get(key: String)
        case call(method: String, path: String, body: String)
    }

    /// How it ended.
    public struct Answer: Equatable, Sendable {
        /// How it ended; *unknown*: no answer in time, or the connection was lost.
        public var outcome: HandOperation.Outcome
        /// What was read: a value, or the body of an answer; nil: there is no such key, or nothing was
        /// to be read.
        public var value: String?
        /// Why it was not done, in words; empty when it was.
        public var reason = ""

        /// An answer.
        public init(outcome: HandOperation.Outcome, value: String? = nil, reason: String = "") {
            self.outcome = outcome
            self.value = value
            self.reason = reason
        }
    }

    /// How long an answer is waited for.
    public static let timeout = Duration.seconds(3)
    /// The longest body that is told.
    static let longestValue = 4_096

    private let question: Question
    private let driver: ClientConfiguration.Driver
    private let host: String

    /// An operation in the protocol of a driver.
    /// - Parameter host: `ADDRESS:PORT`, for HTTP.
    /// - Returns: nil: the driver has no such operation by hand.
    public init?(_ question: Question, driver: ClientConfiguration.Driver, host: String) {
        if case .call = question {
            self.driver = .http
        } else if driver == .http || driver == .exec {
            return nil
        } else {
            self.driver = driver
        }
        self.question = question
        self.host = host
    }

    /// Asks over a connected socket, which is closed afterwards.
    public func ask(over socket: Int32, on group: any EventLoopGroup) async -> Answer {
        let loop = group.next()
        let promise = loop.makePromise(of: Answer.self)
        let hand = self
        let connected = ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if hand.driver == .redis {
                        try pipeline.addHandler(RedisHand(hand, promise))
                    } else {
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(
                            NIOHTTPClientResponseAggregator(
                                maxContentLength: HTTPWire.largestAnswer))
                        try pipeline.addHandler(HTTPHand(hand, promise))
                    }
                }
            }
            .withConnectedSocket(socket)
        connected.whenFailure {
            promise.succeed(Answer(outcome: .refused, reason: "\($0)"))
        }
        let late = loop.scheduleTask(in: .seconds(Self.timeout.components.seconds)) {
            promise.succeed(Answer(outcome: .unknown, reason: "no answer within 3 s"))
        }
        let answer = try? await promise.futureResult.get()
        late.cancel()
        connected.whenSuccess { $0.close(promise: nil) }
        return answer ?? Answer(outcome: .unknown)
    }

    // MARK: Saying

    var commands: [String] {
        switch question {
        case .put(let key, let value): ["SET", key, value]
        case .get(let key): ["GET", key]
        case .call: ["PING"]
        }
    }

    var request: HTTPAsk {
        switch (question, driver) {
        case (.put(let key, let value), .etcd):
            HTTPAsk(
                method: .POST, path: "/v3/kv/put",
                body: "{\"key\":\"\(base64(key))\",\"value\":\"\(base64(value))\"}")
        case (.get(let key), .etcd):
            HTTPAsk(method: .POST, path: "/v3/kv/range", body: "{\"key\":\"\(base64(key))\"}")
        case (.put(let key, let value), _):
            HTTPAsk(method: .PUT, path: "/kv/\(key)", body: "{\"value\":\(json(value))}")
        case (.get(let key), _): HTTPAsk(method: .GET, path: "/kv/\(key)")
        case (.call(let method, let path, let body), _):
            HTTPAsk(method: HTTPMethod(rawValue: method), path: path, body: body)
        }
    }

    var hostHeader: String { host }

    private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// A whole number is one, as the clients write them.
    private func json(_ value: String) -> String {
        Int64(value).map { "\($0)" } ?? String(decoding: HistoryLine.quoted(value), as: UTF8.self)
    }

    // MARK: Understanding

    func answer(_ reply: RedisReply) -> Answer {
        switch (question, reply) {
        case (_, .error(let why)): Answer(outcome: .refused, reason: why)
        case (.get, .text(let text)): Answer(outcome: .ok, value: text)
        case (.get, .integer(let number)): Answer(outcome: .ok, value: "\(number)")
        default: Answer(outcome: .ok)
        }
    }

    func answer(status: UInt, body: [UInt8]) -> Answer {
        let text = String(decoding: body.prefix(Self.longestValue), as: UTF8.self)
        if case .call = question {
            return (200..<400).contains(status)
                ? Answer(outcome: .ok, value: text)
                : Answer(outcome: status < 500 ? .refused : .unknown, reason: "status \(status)")
        }
        if driver == .etcd { return etcdAnswer(status, body) }
        switch (status, question) {
        case (200, .get):
            // Any key: the answer is the same for all of them.
            guard case .ok(let found) = KVLanguage.outcome(.read(key: 0), 200, body) else { break }
            return Answer(outcome: .ok, value: found.words)
        case (200, _), (404, .get): return Answer(outcome: .ok)
        case (400..<500, _), (_, .get): break
        default:
            if case .unknown = KVLanguage.outcome(.write(key: 0, value: 0), status, body) {
                return Answer(outcome: .unknown, reason: "status \(status)")
            }
        }
        return Answer(outcome: .refused, reason: "status \(status)")
    }

    private func etcdAnswer(_ status: UInt, _ body: [UInt8]) -> Answer {
        if status == 200, let answer = EtcdAnswer(body) {
            return Answer(outcome: .ok, value: answer.kvs?.first?.text)
        }
        if case .put = question, status >= 500 {
            return Answer(outcome: .unknown, reason: "status \(status)")
        }
        return Answer(outcome: .refused, reason: "status \(status)")
    }
}

extension Answer {
    /// What a person reads; nil: nothing.
    fileprivate var words: String? {
        switch self {
        case .nothing, .list: nil
        case .number(let number): "\(number)"
        case .text(let text): text
        }
    }
}

/// Asks one thing of Redis.
private final class RedisHand: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let hand: ByHand
    private let promise: EventLoopPromise<ByHand.Answer>
    private var unread: [UInt8] = []

    init(_ hand: ByHand, _ promise: EventLoopPromise<ByHand.Answer>) {
        self.hand = hand
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        var text = "*\(hand.commands.count)\r\n"
        for word in hand.commands { text += "$\(word.utf8.count)\r\n\(word)\r\n" }
        context.writeAndFlush(
            wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unread += unwrapInboundIn(data).readableBytesView
        do {
            if let (reply, _) = try RedisReply.read(unread) { promise.succeed(hand.answer(reply)) }
        } catch {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.succeed(.init(outcome: .unknown, reason: "the connection was lost"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// Asks one thing of a server of HTTP.
private final class HTTPHand: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull
    typealias OutboundOut = HTTPClientRequestPart

    private let hand: ByHand
    private let promise: EventLoopPromise<ByHand.Answer>

    init(_ hand: ByHand, _ promise: EventLoopPromise<ByHand.Answer>) {
        self.hand = hand
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        let ask = hand.request
        var headers: HTTPHeaders = ["Host": hand.hostHeader, "Connection": "close"]
        if ask.method != .GET {
            headers.add(name: "Content-Length", value: "\(ask.body.utf8.count)")
            headers.add(name: "Content-Type", value: "application/json")
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: ask.method, uri: ask.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !ask.body.isEmpty, ask.method != .GET {
            let buffer = context.channel.allocator.buffer(string: ask.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = unwrapInboundIn(data)
        let body = answer.body.map { Array($0.readableBytesView) } ?? []
        promise.succeed(hand.answer(status: answer.head.status.code, body: body))
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.succeed(.init(outcome: .unknown, reason: "the connection was lost"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
