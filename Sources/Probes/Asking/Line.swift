internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// What happens on a connection to a node.
enum LineEvent {
    /// A whole response. `last`: nothing more can be asked on this connection.
    case response(Dialogue.Response, last: Bool)
    /// The connection is of no more use. `early`: it ended before a byte of the response came.
    case broken(String, early: Bool)

    static func closed(early: Bool) -> LineEvent {
        .broken(
            early
                ? "connection closed without an answer"
                : "connection closed in the middle of its answer", early: early)
    }
}

/// The most that is kept of one response.
let largestBody = 1 << 20
let tooLarge = "its answer is larger than 1 MiB"

/// Redis' protocol on a connection.
final class RedisLine: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var parser = RESPParser()
    private let report: (LineEvent) -> Void

    init(report: @escaping (LineEvent) -> Void) { self.report = report }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.feed(unwrapInboundIn(data).readableBytesView)
        do {
            while let reply = try parser.next() {
                report(.response(.reply(reply), last: false))
            }
        } catch {
            let words = error == .tooLarge ? tooLarge : "its answer is not Redis' protocol"
            report(.broken(words, early: false))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        report(.closed(early: !parser.isMidway))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        report(.broken(reason(error), early: !parser.isMidway))
    }
}

/// HTTP on a connection.
final class PageLine: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private let report: (LineEvent) -> Void

    init(report: @escaping (LineEvent) -> Void) { self.report = report }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            guard body.count + part.readableBytes <= largestBody else {
                report(.broken(tooLarge, early: false))
                return
            }
            body.append(contentsOf: part.readableBytesView)
        case .end:
            guard let head else { return }
            let page = Dialogue.Response.page(status: Int(head.status.code), body: body)
            self.head = nil
            body = []
            report(.response(page, last: !head.isKeepAlive))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        report(.closed(early: head == nil))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError, error == .invalidEOFState {
            report(.closed(early: false))
            return
        }
        report(.broken(reason(error), early: head == nil && error is IOError))
    }
}

/// The connection of a probe, whichever protocol it speaks.
struct Line {
    private let channel: any Channel
    private let host: String

    init(_ channel: any Channel, host: String) {
        self.channel = channel
        self.host = host
    }

    /// Adds what the protocol of the requests needs; on the channel's loop.
    static func prepare(
        _ channel: any Channel, for kind: ProbePlan.Kind, report: @escaping (LineEvent) -> Void
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if kind == .redis {
            try pipeline.addHandler(RedisLine(report: report))
        } else {
            try pipeline.addHTTPClientHandlers()
            try pipeline.addHandler(PageLine(report: report))
        }
    }

    /// Sends a request. Failures are told by the connection's end.
    func send(_ request: Dialogue.Request) {
        switch request {
        case .command(let words):
            channel.writeAndFlush(ByteBuffer(bytes: RESPParser.encode(words)), promise: nil)
        case .get(let path):
            let headers: HTTPHeaders = [
                "Host": host, "User-Agent": "squall", "Accept": "text/plain, application/json, */*",
            ]
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
    }

    /// Ends the connection.
    func close() { channel.close(promise: nil) }
}

private func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: reason(errno: error.errnoCode)
    case is HTTPParserError, is NIOHTTPDecoderError: "its answer is not HTTP"
    default: String(describing: error).plain(80)
    }
}
