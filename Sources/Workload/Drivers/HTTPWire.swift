internal import NIOCore
internal import NIOHTTP1

/// HTTP/1.1, one request at a time: for the drivers `kv`, `etcd` and `http`.
final class HTTPWire: Wire {
    typealias InboundIn = NIOHTTPClientResponseFull
    typealias OutboundOut = HTTPClientRequestPart

    /// The largest answer that is read.
    static let largestAnswer = 8 << 20

    private let name: WireName
    private let language: HTTPLanguage
    private let host: String
    private weak var listener: (any WireListener)?
    private var context: ChannelHandlerContext?
    private var waiting: Operation?
    /// What the operation answers if its second request succeeds; nil: it is at its first.
    private var pending: Answer?

    init(_ name: WireName, _ language: HTTPLanguage, host: String, listener: any WireListener) {
        self.name = name
        self.language = language
        self.host = host
        self.listener = listener
    }

    /// Makes a channel's pipeline.
    static func furnish(_ channel: any Channel, with wire: HTTPWire) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: largestAnswer))
        try pipeline.addHandler(wire)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        listener?.opened(name, takesWrites: true)
    }

    func send(_ operation: Operation) {
        waiting = operation
        pending = nil
        ask(language.request(operation.action))
    }

    private func ask(_ request: HTTPAsk) {
        guard let context else { return }
        let (method, body) = (request.method, request.body)
        var headers: HTTPHeaders = ["Host": host]
        if !body.isEmpty || method != .GET {
            headers.add(name: "Content-Length", value: "\(body.utf8.count)")
        }
        if !body.isEmpty { headers.add(name: "Content-Type", value: "application/json") }
        let head = HTTPRequestHead(
            version: .http1_1, method: method, uri: request.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !body.isEmpty {
            let buffer = context.channel.allocator.buffer(string: body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = unwrapInboundIn(data)
        guard let operation = waiting else {
            context.close(promise: nil)
            return
        }
        let step = language.step(
            operation.action, pending: pending, status: answer.head.status.code,
            body: answer.body.map { $0.readableBytesView[...] } ?? [])
        switch step {
        case .ask(let request, let then) where answer.head.isKeepAlive:
            pending = then
            ask(request)
        case .ask:
            // The second request would need another connection; nothing was done yet.
            end(.elsewhere, context, closes: true)
        case .done(let outcome): end(outcome, context, closes: !answer.head.isKeepAlive)
        }
    }

    private func end(_ outcome: Outcome, _ context: ChannelHandlerContext, closes: Bool) {
        waiting = nil
        listener?.answered(name, outcome, takesWrites: true)
        if closes { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
