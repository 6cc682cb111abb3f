import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server of a few lines; what it answers, and when, is the test's to say.
final class TinyServer: Sendable {
    /// What is answered.
    struct Page: Sendable {
        var status = 200
        var body = ""
        var headers: [(String, String)] = []
        /// Says `Connection: close`, and does.
        var closes = false
        /// Closes without an answer.
        var isNone = false
    }

    /// A request, and the way to answer it, now or later or never.
    struct Request: Sendable {
        /// From 0, over all connections.
        var number: Int
        /// From 0.
        var connection: Int
        var path: String
        var answer: @Sendable (Page) -> Void
    }

    let port: UInt16
    private let channel: any Channel

    /// Listens on a port of the loopback.
    init(_ handler: @escaping @Sendable (Request) -> Void) async throws {
        let connections = Shared(0)
        let numbers = Shared(0)
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(connection: connections.next(), numbers: numbers, handler))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = UInt16(channel.localAddress?.port ?? 0)
    }

    func close() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let connection: Int
        private let numbers: Shared
        private let handler: @Sendable (Request) -> Void

        init(connection: Int, numbers: Shared, _ handler: @escaping @Sendable (Request) -> Void) {
            self.connection = connection
            self.numbers = numbers
            self.handler = handler
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let channel = context.channel
            handler(
                Request(number: numbers.next(), connection: connection, path: head.uri) { page in
                    if page.isNone {
                        channel.close(promise: nil)
                        return
                    }
                    var headers = HTTPHeaders(page.headers)
                    headers.add(name: "Content-Length", value: "\(page.body.utf8.count)")
                    if page.closes { headers.add(name: "Connection", value: "close") }
                    let head = HTTPResponseHead(
                        version: .http1_1, status: .init(statusCode: page.status), headers: headers)
                    channel.write(HTTPServerResponsePart.head(head), promise: nil)
                    channel.write(
                        HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: page.body))),
                        promise: nil)
                    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
                        if page.closes { channel.close(promise: nil) }
                    }
                })
        }
    }
}

/// A number that is counted up from several loops.
final class Shared: Sendable {
    private let value: Atomic<Int>
    init(_ first: Int) { value = Atomic(first) }
    /// The number before it was counted up.
    func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
    var current: Int { value.load(ordering: .relaxed) }
}
