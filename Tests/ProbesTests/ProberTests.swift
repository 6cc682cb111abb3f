import Cluster
import Glibc
import NIOCore
import NIOPosix
import Probes
import Synchronization
import Testing

/// Probes against servers of this process, over the loopback.
@Suite(.timeLimit(.minutes(2))) struct ProberTests {
    private func plan(
        _ kind: ProbePlan.Kind, _ port: UInt16, timeout: Duration = .seconds(15),
        metrics: [String: String] = [:]
    ) -> ProbePlan {
        ProbePlan(
            kind: kind, address: "127.0.0.1", port: port, every: .milliseconds(20),
            timeout: timeout, metrics: metrics)
    }

    @Test func aPageOfMetricsBecomesAReading() async throws {
        let server = try await TinyServer { request in
            request.answer(
                .init(
                    body: """
                        # TYPE kv_role gauge
                        kv_role{role="leader"} 0
                        kv_role{role="follower"} 1
                        kv_term 3
                        kv_applied_index 1234
                        kv_lag_seconds 0.5
                        kv_requests_total{op="get"} \(request.number)
                        kv_keys 7

                        """))
        }
        let results = Results()
        try await withProber { prober in
            let start = prober.start(
                node: NodeID(4),
                plan: plan(
                    .prometheus(path: "/metrics"), server.port,
                    metrics: [
                        "role": "kv_role", "term": "kv_term", "position": "kv_applied_index",
                        "lag": "kv_lag_seconds", "requests": "kv_requests_total", "keys": "kv_keys",
                    ]),
                socket: newSocket, deliver: results.deliver)
            let first = try await results.first("a result") { _ in true }
            #expect(first.node == NodeID(4))
            #expect(first.start == start)
            #expect(first.isGood && first.ready && first.isAnswered)
            #expect(first.roundTrip > 0 && first.roundTrip < 1)
            #expect(first.reading.role == .follower)
            #expect(first.reading.term == 3)
            #expect(first.reading.position == 1_234)
            #expect(first.reading.lag == 0.5)
            #expect(first.reading.requests == 0)
            #expect(first.reading.others == ["keys": 7])
            let second = try await results.first("another one") { _ in true }
            #expect(second.reading.requests == 1)
            #expect(second.at > first.at)
        }
        await server.close()
    }

    @Test func aConnectionIsKeptFromQuestionToQuestion() async throws {
        let connections = Shared(0)
        let server = try await TinyServer { request in
            if request.connection >= connections.current { _ = connections.next() }
            request.answer(.init(body: "requests \(request.number)\n"))
        }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0),
                plan: plan(
                    .http(path: "/", status: nil), server.port, metrics: ["requests": "requests"]),
                socket: newSocket, deliver: results.deliver)
            // Two pages a question, and not a second connection in ten questions.
            let tenth = try await results.first("ten answers") { ($0.reading.requests ?? 0) >= 19 }
            #expect(tenth.ready)
            #expect(connections.current == 1)
        }
        await server.close()
    }

    @Test func aServerThatClosesEveryTimeIsAskedOnNewConnections() async throws {
        let server = try await TinyServer { request in
            request.answer(
                .init(body: "requests \(request.number)\n", closes: true))
        }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0),
                plan: plan(
                    .http(path: "/", status: nil), server.port, metrics: ["requests": "requests"]),
                socket: newSocket, deliver: results.deliver)
            let last = try await results.first("the third answer") { result in
                !result.isGood || result.reading.requests == 5
            }
            #expect(last.reason == "")
        }
        await server.close()
    }

    @Test func aConnectionThatWasClosedMeanwhileIsNoBadAnswer() async throws {
        // Each connection answers once and is then closed at its second request, without a word: as
        // when a server's patience with an idle connection ends at the moment of the next question.
        let seen = Mutex<Set<Int>>([])
        let server = try await TinyServer { request in
            let isFirst = seen.withLock { $0.insert(request.connection).inserted }
            request.answer(isFirst ? .init() : .init(isNone: true))
        }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0), plan: plan(.http(path: "/", status: nil), server.port),
                socket: newSocket, deliver: results.deliver)
            for _ in 0..<10 {
                let result = try await results.first("an answer") { _ in true }
                #expect(result.reason == "")
            }
        }
        await server.close()
    }

    @Test func thresholdsDecideAndTheStatusIsTheReason() async throws {
        let server = try await TinyServer { request in
            // Good, good, bad, bad, bad, good, …
            request.answer(.init(status: (2...4).contains(request.number) ? 503 : 200))
        }
        let results = Results()
        try await withProber { prober in
            var plan = plan(.http(path: "/health", status: nil), server.port)
            plan.healthyAfter = 2
            plan.unhealthyAfter = 3
            prober.start(
                node: NodeID(0), plan: plan, socket: newSocket, deliver: results.deliver)
            var told: [String] = []
            for _ in 0..<7 {
                let result = try await results.first("a result") { _ in true }
                told.append("\(result.ready ? "ready" : "unready") \(result.reason)")
            }
            #expect(
                told == [
                    "unready ", "ready ", "ready status 503", "ready status 503",
                    "unready status 503", "unready ", "ready ",
                ])
        }
        await server.close()
    }

    @Test func aLateAnswerIsNotTakenForTheNextQuestions() async throws {
        // The first question is answered only when the second has come.
        let held = Mutex<(@Sendable (TinyServer.Page) -> Void)?>(nil)
        let server = try await TinyServer { request in
            if request.number == 0 {
                held.withLock { $0 = request.answer }
                return
            }
            held.withLock { held in
                held?(.init(body: "requests 0\n"))
                held = nil
            }
            request.answer(.init(body: "requests \(request.number)\n"))
        }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0),
                plan: plan(
                    .prometheus(path: "/"), server.port, timeout: .seconds(2),
                    metrics: ["requests": "requests"]),
                socket: newSocket, deliver: results.deliver)
            let first = try await results.first("the silence") {
                $0.reason == "no answer within 2 s"
            }
            #expect(!first.isAnswered && !first.ready)
            let second = try await results.first("an answer") { $0.isAnswered }
            #expect((second.reading.requests ?? 0) >= 1)
        }
        await server.close()
    }

    @Test func aBodyWithoutEndIsGivenUp() async throws {
        let server = try await TinyServer { request in
            request.answer(.init(body: String(repeating: "a 1\n", count: 300_000)))
        }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0),
                plan: plan(.prometheus(path: "/"), server.port),
                socket: newSocket, deliver: results.deliver)
            let result = try await results.first("a result") { _ in true }
            #expect(result.reason == "its answer is larger than 1 MiB")
        }
        await server.close()
    }

    @Test(arguments: [
        ("hello\r\n", ProbePlan.Kind.redis, "its answer is not Redis' protocol"),
        ("hello\r\n\r\n", .http(path: "/", status: nil), "its answer is not HTTP"),
        ("-NOAUTH Authentication required.\r\n", .redis, "it asks for a password"),
        ("$2000000\r\n", .redis, "its answer is larger than 1 MiB"),
        ("", .redis, "connection closed without an answer"),
        ("", .prometheus(path: "/"), "connection closed without an answer"),
        ("$10\r\nabc", .redis, "connection closed in the middle of its answer"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", .http(path: "/", status: nil),
            "connection closed in the middle of its answer"
        ),
    ])
    func oddAnswersAreSaidInWords(text: String, kind: ProbePlan.Kind, words: String) async throws {
        // Whatever is asked, the text comes and then the end.
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SayOnce(text: text))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0), plan: plan(kind, UInt16(channel.localAddress?.port ?? 0)),
                socket: newSocket, deliver: results.deliver)
            for _ in 0..<2 {
                let result = try await results.first("a result") { _ in true }
                #expect(result.reason == words)
            }
        }
        try await channel.close()
    }

    @Test func nobodyListeningIsARefusal() async throws {
        let port = try freePorts(1)[0]
        let results = Results()
        try await withProber { prober in
            let kinds: [ProbePlan.Kind] = [.redis, .tcp, .http(path: "/", status: 200)]
            for (node, kind) in kinds.enumerated() {
                prober.start(
                    node: NodeID(UInt16(node)), plan: plan(kind, port), socket: newSocket,
                    deliver: results.deliver)
            }
            for node in 0..<3 {
                let result = try await results.first("node \(node)") {
                    $0.node.index == UInt16(node)
                }
                #expect(result.reason == "connection refused")
            }
        }
    }

    @Test func aConnectionIsEnoughForTCP() async throws {
        let server = try await TinyServer { _ in }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0), plan: plan(.tcp, server.port), socket: newSocket,
                deliver: results.deliver)
            for _ in 0..<3 {
                let result = try await results.first("a result") { _ in true }
                #expect(result.isGood && result.ready && result.isAnswered)
            }
            await server.close()
            let gone = try await results.first("the refusal") { !$0.isGood }
            #expect(gone.reason == "connection refused")
        }
    }

    @Test func whoAcceptsNoConnectionIsSilentNotRefusing() async throws {
        // A listener with room for one, which nobody accepts: further ones are not answered at all.
        let port = try freePorts(1)[0]
        let listener = try newSocket()
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let isListening = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    && listen(listener, 0) == 0
            }
        }
        try #require(isListening)
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0), plan: plan(.tcp, port, timeout: .milliseconds(200)),
                socket: newSocket, deliver: results.deliver)
            let silent = try await results.first("the silence") {
                $0.reason == "no answer within 200 ms" || $0.reason.hasPrefix("connection")
            }
            #expect(silent.reason == "no answer within 200 ms")
        }
    }

    @Test func aMachineThatMakesNoSocketIsAReasonAndNoHang() async throws {
        struct Off: Error, CustomStringConvertible { let description = "the machine is off" }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0), plan: plan(.tcp, 1), socket: { throw Off() },
                deliver: results.deliver)
            let off = try await results.first("the failure") { _ in true }
            #expect(off.reason == "the machine is off")

            // One that never comes is asked for once, however many questions fail for it.
            let asked = Shared(0)
            let (never, end) = AsyncStream<Int32>.makeStream()
            prober.start(
                node: NodeID(1), plan: plan(.tcp, 1, timeout: .milliseconds(50)),
                socket: {
                    _ = asked.next()
                    for await socket in never { return socket }
                    throw Off()
                }, deliver: results.deliver)
            for _ in 0..<3 {
                let result = try await results.first("node 1") { $0.node == NodeID(1) }
                #expect(result.reason == "no socket in its machine within 50 ms")
            }
            #expect(asked.current == 1)
            end.finish()
            let result = try await results.first("the next reason") {
                $0.node == NodeID(1) && $0.reason == "the machine is off"
            }
            #expect(!result.ready)
        }
    }

    @Test func aNodeThatIsStoppedIsAskedNoMore() async throws {
        let server = try await TinyServer { $0.answer(.init()) }
        let stopped = Results()
        let others = Results()
        try await withProber { prober in
            let plan = plan(.http(path: "/", status: nil), server.port)
            prober.start(
                node: NodeID(0), plan: plan, socket: newSocket, deliver: stopped.deliver)
            let other = prober.start(
                node: NodeID(1), plan: plan, socket: newSocket, deliver: others.deliver)
            _ = try await stopped.first("an answer") { $0.isGood }
            prober.stop(NodeID(0))
            let stoppedAt = monotonic()
            // Once the other one has been asked five times more, none is under way any more.
            for _ in 0..<5 {
                _ = try await others.first("the other") { $0.start == other && $0.at > stoppedAt }
            }
            let again = prober.start(
                node: NodeID(0), plan: plan, socket: newSocket, deliver: stopped.deliver)
            #expect(again > other)
            let count = Shared(0)
            try await stopped.first("the new start") { result in
                if result.start == again { return true }
                if result.at > stoppedAt { _ = count.next() }
                return false
            }
            #expect(count.current <= 1)
            prober.stopAll()
            await prober.shutdown()
            prober.start(node: NodeID(2), plan: plan, socket: newSocket, deliver: stopped.deliver)
        }
        await server.close()
    }

    @Test func aSocketThatComesAfterTheEndIsClosed() async throws {
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let ends = try #require(linkedSockets())
        defer { close(ends.reading) }
        let prober = Prober()
        prober.start(
            node: NodeID(0), plan: plan(.tcp, 1),
            socket: {
                ask.finish()
                for await _ in gate {}
                // The other end of it sees when it is closed.
                return ends.writing
            }, deliver: { _ in })
        for await _ in asked {}
        await prober.shutdown()
        open.finish()
        try await waiting("the socket's end") {
            var byte: UInt8 = 0
            while read(ends.reading, &byte, 1) != 0 {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    @Test func descriptorsAreGivenBack() async throws {
        let server = try await TinyServer { request in
            request.answer(.init(closes: request.number % 2 == 0))
        }
        let refused = try freePorts(1)[0]
        let sockets = Mutex<[Int32]>([])
        let make: @Sendable () async throws -> Int32 = {
            let socket = try newSocket()
            sockets.withLock { $0.append(socket) }
            return socket
        }
        let results = Results()
        try await withProber { prober in
            let kinds: [(ProbePlan.Kind, UInt16)] = [
                (.http(path: "/", status: nil), server.port), (.tcp, server.port), (.tcp, refused),
            ]
            for (node, (kind, port)) in kinds.enumerated() {
                prober.start(
                    node: NodeID(UInt16(node)), plan: plan(kind, port), socket: make,
                    deliver: results.deliver)
            }
            for _ in 0..<60 { _ = try await results.first("a result") { _ in true } }
            prober.stopAll()
        }
        // All are closed by now: none is a socket any more that is connected to the test's server.
        let numbers = Set(sockets.withLock { $0 })
        #expect(numbers.count > 2)
        for number in numbers { #expect(!isConnected(number, to: server.port)) }
        await server.close()
    }

    /// Whether a descriptor of this process is a socket whose other end is this port.
    private func isConnected(_ descriptor: Int32, to port: UInt16) -> Bool {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getpeername(descriptor, $0, &size) == 0
            }
        }
        return isNamed && UInt16(bigEndian: address.sin_port) == port
    }

    private func linkedSockets() -> (reading: Int32, writing: Int32)? {
        var ends: [Int32] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        return socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 ? (ends[0], ends[1]) : nil
    }

    /// Says a text to whoever asks, then closes.
    private final class SayOnce: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let text: String
        init(text: String) { self.text = text }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in
                channel.close(promise: nil)
            }
        }
    }
}
