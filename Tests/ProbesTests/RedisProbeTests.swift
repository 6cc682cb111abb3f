import Cluster
import Glibc
import Probes
import Synchronization
import Testing

/// Probes of real `redis-server` processes on the loopback.
@Suite(.timeLimit(.minutes(3))) struct RedisProbeTests {
    /// A primary, its replica behind a relay, and what their probes told, folded.
    private final class Pair: Sendable {
        let primary: RedisServer
        let replica: RedisServer
        let relay: Relay
        private let fold = Mutex(ProbeFold())
        private let told = Mailbox<Told>()

        /// A result, and the samples at its moment.
        struct Told: Sendable {
            let result: ProbeResult
            let samples: [Sample]
            var replica: Sample? { samples.first { $0.node == NodeID(1) } }
        }

        init() async throws {
            let ports = try freePorts(2)
            primary = try RedisServer(port: ports[0])
            relay = try await Relay(to: ports[0])
            replica = try RedisServer(port: ports[1], replicaOf: relay.port)
        }

        func end() async {
            primary.end()
            replica.end()
            await relay.close()
        }

        func start(_ prober: Prober) {
            for (index, server) in [primary, replica].enumerated() {
                prober.start(
                    node: NodeID(UInt16(index)),
                    plan: ProbePlan(
                        kind: .redis, address: "127.0.0.1", port: server.port,
                        every: .milliseconds(100), timeout: .milliseconds(300)), socket: newSocket,
                    deliver: { [self] result in
                        let samples = fold.withLock { fold in
                            fold.add(result)
                            return fold.samples(now: result.at)
                        }
                        told.deliver(Told(result: result, samples: samples))
                    })
            }
        }

        /// Waits for a result of a node; with it comes the replica's sample of that moment.
        @discardableResult
        func until(
            _ what: String, _ isWanted: @escaping @Sendable (ProbeResult, Sample?) -> Bool
        ) async throws -> ProbeResult {
            try await told.first(what) { isWanted($0.result, $0.replica) }.result
        }

        /// The sample of a node at the last result.
        func sample(_ node: NodeID) -> Sample? {
            fold.withLock { fold in
                fold.samples(now: monotonic()).first { $0.node == node }
            }
        }

        /// Waits until the replica has its copy.
        func settle() async throws {
            try await until("a replica that is ready") { result, sample in
                result.node == NodeID(1) && result.ready && sample?.lag == 0
            }
        }
    }

    private func withPair(_ body: (Pair) async throws -> Void) async throws {
        let pair = try await Pair()
        do {
            try await withProber { prober in
                pair.start(prober)
                try await pair.settle()
                try await body(pair)
            }
        } catch {
            await pair.end()
            throw error
        }
        await pair.end()
    }

    @Test func aPrimaryAndItsReplicaTellWhatTheyAre() async throws {
        try await withPair { pair in
            try await pair.primary.command("incr", "x", times: 100)
            let primary = try await pair.until("the primary") { result, _ in
                result.node == NodeID(0)
            }
            #expect(primary.isGood && primary.ready)
            #expect(primary.reading.role == .leader)
            #expect(primary.reading.roleWord == "master")
            let replica = try await pair.until("the replica") { result, _ in
                result.node == NodeID(1) && (result.reading.position ?? 0) > 0
            }
            #expect(replica.reading.role == .follower)
            #expect(replica.reading.roleWord == "slave")
            #expect(replica.reading.stream?.name == primary.reading.stream?.name)
            #expect(replica.reading.stream?.link?.isUp == true)
            try await pair.until("no lag after the writes") { result, sample in
                result.node == NodeID(1) && (result.reading.position ?? 0) > 2_000
                    && sample?.lag == 0 && sample?.behind == 0
            }
        }
    }

    @Test func commandsAreCountedAndTheProbesOwnAreNot() async throws {
        let port = try freePorts(1)[0]
        let server = try RedisServer(port: port)
        defer { server.end() }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0),
                plan: ProbePlan(
                    kind: .redis, address: "127.0.0.1", port: port, every: .milliseconds(20)),
                socket: newSocket, deliver: results.deliver)
            let first = try await results.first("an answer") { $0.isGood }
            let before = try #require(first.reading.requests)
            for _ in 0..<20 {
                let result = try await results.first("an answer") { _ in true }
                #expect(result.reading.requests == before)
            }
            try await server.command("ping", times: 250)
            // redis-cli asks for the commands' documentation only when it is interactive.
            let after = try await results.first("the commands") {
                ($0.reading.requests ?? 0) >= before + 250
            }
            #expect(after.reading.requests == before + 250)
        }
    }

    @Test func aPausedPrimaryDoesNotAnswerAndLeavesItsReplicaWhereItIs() async throws {
        try await withPair { pair in
            try await pair.primary.command("incr", "x", times: 100)
            try await pair.until("a replica that has all") { result, sample in
                result.node == NodeID(1) && (result.reading.position ?? 0) > 2_000
                    && sample?.lag == 0
            }
            pair.primary.signal(SIGSTOP)
            defer { pair.primary.signal(SIGCONT) }
            let misses = Shared(0)
            try await pair.until("a primary that is unready") { result, sample in
                if result.node == NodeID(1) { return sample?.lag != 0 }
                if result.reason == "no answer within 300 ms" { _ = misses.next() }
                return !result.ready
            }
            #expect(misses.current >= 1)
            let end = Shared(0)
            try await pair.until("the replica, without any lag") { result, sample in
                result.node == NodeID(1) && (sample?.lag != 0 || end.next() == 10)
            }
            #expect(end.current == 11)
            pair.primary.signal(SIGCONT)
            try await pair.until("a primary that is ready again") { result, _ in
                result.node == NodeID(0) && result.ready
            }
        }
    }

    @Test func aKilledPrimaryRefusesAndItsReplicaSaysThatItIsAlone() async throws {
        try await withPair { pair in
            pair.primary.end()
            let refused = try await pair.until("the refusal") { result, _ in
                result.node == NodeID(0) && result.reason == "connection refused"
            }
            #expect(!refused.isAnswered)
            let alone = try await pair.until("the replica alone") { result, _ in
                result.node == NodeID(1) && !result.ready
            }
            #expect(alone.reason == "its link to the primary is down")
            #expect(alone.isAnswered)
            #expect(alone.reading.role == .follower)
        }
    }

    @Test func aReplicaThatIsCutFallsBehindAndCatchesUp() async throws {
        try await withPair { pair in
            try await pair.relay.hold(true)
            try await pair.primary.command("incr", "x", times: 100)
            let course = Mutex<[(at: Int64, sample: Sample)]>([])
            try await pair.until("two seconds of lag") { result, sample in
                guard result.node == NodeID(1), let sample, sample.lag > 0 else { return false }
                course.withLock { $0.append((result.at, sample)) }
                return sample.lag > 2
            }
            // A second each second, and the bytes of the writes.
            let told = course.withLock { $0 }
            let first = try #require(told.first)
            for (moment, sample) in told {
                let grown = Float(Double(moment - first.at) / 1e9)
                #expect(abs(sample.lag - first.sample.lag - grown) < 0.2)
            }
            #expect((1_000...20_000).contains(told.last?.sample.behind ?? 0))
            try await pair.relay.hold(false)
            try await pair.until("a replica that caught up") { result, sample in
                result.node == NodeID(1) && sample?.lag == 0 && sample?.behind == 0
            }
        }
    }

    @Test func rolesThatAreChangedByHandAreToldAndTheLogGoesOn() async throws {
        try await withPair { pair in
            try await pair.primary.command("incr", "x", times: 100)
            try await pair.replica.command("replicaof", "no", "one")
            let promoted = try await pair.until("the replica as leader") { result, _ in
                result.node == NodeID(1) && result.reading.role == .leader
            }
            let former = try await pair.until("the former leader") { result, _ in
                result.node == NodeID(0) && result.isGood
            }
            #expect(promoted.reading.stream?.continued == former.reading.stream?.name)
            try await pair.primary.command("replicaof", "127.0.0.1", "\(pair.replica.port)")
            try await pair.replica.command("incr", "x", times: 100)
            try await pair.until("the former leader as replica, with all there is") { result, _ in
                result.node == NodeID(0) && result.reading.role == .follower && result.isGood
                    && (result.reading.position ?? 0) > 4_000
            }
            try await pair.until("no lag") { _, _ in
                pair.sample(NodeID(0))?.lag == 0 && pair.sample(NodeID(0))?.behind == 0
            }
            #expect(pair.sample(NodeID(1))?.role == .leader)
            #expect(pair.sample(NodeID(1))?.lag.isNaN == true)
        }
    }

    @Test func aSentinelObserves() async throws {
        let port = try freePorts(1)[0]
        let sentinel = try RedisServer(sentinel: port)
        defer { sentinel.end() }
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0),
                plan: ProbePlan(
                    kind: .redis, address: "127.0.0.1", port: port, every: .milliseconds(50)),
                socket: newSocket, deliver: results.deliver)
            let result = try await results.first("an answer") { $0.isAnswered }
            #expect(result.isGood && result.ready)
            #expect(result.reading.role == .observer)
            #expect(result.reading.roleWord == "sentinel")
            #expect(result.reading.stream == nil)
        }
    }

    @Test func aNodeThatStartsAgainIsReadyAgain() async throws {
        let port = try freePorts(1)[0]
        let results = Results()
        try await withProber { prober in
            prober.start(
                node: NodeID(0),
                plan: ProbePlan(
                    kind: .redis, address: "127.0.0.1", port: port, every: .milliseconds(50),
                    unhealthyAfter: 1), socket: newSocket, deliver: results.deliver)
            _ = try await results.first("a refusal") { $0.reason == "connection refused" }
            for _ in 0..<3 {
                let server = try RedisServer(port: port)
                defer { server.end() }
                let ready = try await results.first("a ready node") { $0.ready }
                #expect((ready.reading.requests ?? .nan) <= 1)
                server.end()
                _ = try await results.first("its end") { !$0.ready }
            }
        }
    }
}
