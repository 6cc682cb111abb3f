internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NodeKit
internal import Synchronization
internal import Testing

@Suite("Peer client") struct PeerClientTests {
    /// What the peer at the other end does with a request.
    private enum Manner: Sendable { case answer, silence, hangUp }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        let manner: Manner
        init(_ manner: Manner) { self.manner = manner }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            switch manner {
            case .silence: break
            case .hangUp: context.close(promise: nil)
            case .answer:
                let head = HTTPResponseHead(
                    version: .http1_1, status: .ok, headers: ["Content-Length": "2"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(
                    wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "hi")))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }

    /// Runs `body` with a client of a server that behaves like `manner`.
    /// - Returns: how many connections the server saw.
    private func withPeer(
        _ manner: Manner, limits: PeerClient.Limits = .init(),
        _ body: (PeerClient) async throws -> Void
    ) async throws -> Int {
        let counter = Counter()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                counter.add()
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Responder(manner))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let client = PeerClient(Peer(name: "kv-1", host: "127.0.0.1", port: port), limits: limits)
        try await body(client)
        client.close()
        try await server.close()
        return counter.count
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    private func outcome(_ client: PeerClient, _ time: Duration) async -> PeerError? {
        do {
            _ = try await client.send(PeerRequest("PUT", "/x"), within: time)
            return nil
        } catch {
            return error
        }
    }

    @Test("gives back what the peer answers and uses its connection again")
    func answers() async throws {
        let connections = try await withPeer(.answer) { client in
            for _ in 0..<20 {
                let answer = try await client.send(
                    PeerRequest("GET", "/x"), within: .seconds(10))
                #expect(answer.status == 200 && answer.text == "hi")
            }
        }
        #expect(connections == 1)
    }

    @Test("makes a new connection where old ones are not to be trusted")
    func fresh() async throws {
        let connections = try await withPeer(.answer) { client in
            for _ in 0..<3 {
                let answer = try await client.send(
                    PeerRequest("GET", "/x"), within: .seconds(10), connecting: .seconds(5))
                #expect(answer.status == 200)
            }
        }
        #expect(connections == 3)
    }

    @Test("knows that a request which found nobody was not sent")
    func refused() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        try await listener.close()
        let client = PeerClient(Peer(name: "kv-1", host: "127.0.0.1", port: port))
        let error = await outcome(client, .seconds(10))
        #expect(
            error
                == .notSent("cannot reach kv-1 at 127.0.0.1:\(port): connection refused"))
    }

    @Test("does not know what became of a request that was not answered in time")
    func silence() async throws {
        _ = try await withPeer(.silence) { client in
            let began = ContinuousClock.now
            let error = await outcome(client, .milliseconds(200))
            #expect(error == .noAnswer("no answer from kv-1 in time"))
            #expect(began.duration(to: .now) >= .milliseconds(190))
            #expect(began.duration(to: .now) < .seconds(5))
        }
    }

    @Test("does not know what became of a request when the peer hung up on it")
    func hungUp() async throws {
        _ = try await withPeer(.hangUp) { client in
            let error = await outcome(client, .seconds(10))
            #expect(error == .noAnswer("kv-1 closed the connection without an answer"))
        }
    }

    @Test("opens no more connections than it may, and says so")
    func bounded() async throws {
        var limits = PeerClient.Limits()
        limits.connections = 3
        let connections = try await withPeer(.silence, limits: limits) { client in
            let errors = await withTaskGroup(of: PeerError?.self) { group in
                for _ in 0..<10 { group.addTask { await outcome(client, .milliseconds(500)) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let full = PeerError.notSent("3 requests to kv-1 are under way already")
            #expect(errors.filter { $0 == full }.count == 7)
        }
        #expect(connections == 3)
    }

    @Test("tries again while nothing was sent, until its time is over")
    func retries() async throws {
        let client = PeerClient(Peer(name: "kv-1", host: "127.0.0.1", port: 1))
        let backoff = Backoff(first: .milliseconds(10), longest: .milliseconds(50), seed: 1)
        let began = ContinuousClock.now
        await #expect(throws: PeerError.self) {
            try await client.send(
                PeerRequest("GET", "/"), within: .milliseconds(300), retrying: backoff)
        }
        let took = began.duration(to: .now)
        #expect(took >= .milliseconds(200) && took < .seconds(5))
    }
}
