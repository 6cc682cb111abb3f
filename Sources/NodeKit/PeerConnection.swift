internal import NIOCore
internal import NIOHTTP1

/// One request on its way and where its answer goes.
struct PeerExchange: Sendable {
    var request: PeerRequest
    var host: String
    var deadline: NIODeadline
    var answer: EventLoopPromise<PeerAnswer>
}

/// The end of a connection's pipeline: at most one exchange at a time, failed when the deadline passes or
/// the peer closes.
final class PeerConnection: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        case idle
        case waiting(EventLoopPromise<PeerAnswer>, timeout: Scheduled<Void>)
    }

    private let peer: String
    private var state = State.idle
    private var context: ChannelHandlerContext?

    init(peer: String) {
        self.peer = peer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Sends the request. From here on, no answer means that nobody knows.
    func start(_ exchange: PeerExchange) {
        guard let context, case .idle = state else {
            exchange.answer.fail(PeerError.notSent("the connection to \(peer) is busy"))
            return
        }
        let waited = exchange.deadline - .now()
        guard waited > .zero else {
            exchange.answer.fail(PeerError.notSent("no time left to ask \(peer)"))
            return
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let timeout = context.eventLoop.scheduleTask(deadline: exchange.deadline) {
            bound.value.fail("no answer from \(bound.value.peer) in time")
        }
        state = .waiting(exchange.answer, timeout: timeout)
        write(exchange, context)
    }

    private func write(_ exchange: PeerExchange, _ context: ChannelHandlerContext) {
        let request = exchange.request
        var headers = HTTPHeaders(request.headers)
        headers.add(name: "Host", value: exchange.host)
        headers.add(name: "Content-Length", value: String(request.body.readableBytes))
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.path,
            headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = unwrapInboundIn(data)
        guard case .waiting(let promise, let timeout) = state else {
            context.close(promise: nil)
            return
        }
        timeout.cancel()
        state = .idle
        if !answer.head.isKeepAlive { context.close(promise: nil) }
        promise.succeed(
            PeerAnswer(status: Int(answer.head.status.code), body: answer.body ?? ByteBuffer()))
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("\(peer) closed the connection without an answer")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("the connection to \(peer) broke: \(error)")
    }

    private func fail(_ why: String) {
        if case .waiting(let promise, let timeout) = state {
            timeout.cancel()
            state = .idle
            promise.fail(PeerError.noAnswer(why))
        }
        context?.close(promise: nil)
    }
}
