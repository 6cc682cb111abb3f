import Cluster
import Faults
import Testing

/// Proofs of what is felt otherwise than as a wait or a silence.
@Suite("Proofs of altered packets, limits and refusals")
struct FeltTests {
    let a = NodeID(0)
    let b = NodeID(1)
    var ab: LinkID { LinkID(from: a, to: b) }
    var both: [LinkID] { Links.between([a], and: [b]) }
    static let millisecond: Int64 = 1_000_000

    private func fault(
        _ effect: Effect, on links: [LinkID]? = nil, only: Only? = nil, course: Course? = nil
    ) throws -> LinkFault {
        try LinkFault(
            FaultID(1), [.init(effect, on: links ?? both, only: only, course: course)])
    }

    /// Echoes a millisecond apart, changed by number.
    private func echoes(
        _ count: Int, _ change: (Int, inout Echoed) -> Void = { _, _ in }
    )
        -> EchoFigures
    {
        EchoFigures(
            (0..<count).map { number in
                var echo = Echoed(sent: Int64(number) * Self.millisecond, roundTrip: 200_000)
                change(number, &echo)
                return echo
            })
    }

    private func judge(
        _ fault: LinkFault, _ during: EchoFigures, _ applied: TermCount,
        before: EchoFigures? = nil, at moments: [Int64] = [0]
    ) -> Proof {
        Judge.proof(
            Expectation(of: fault, asking: ab, at: moments),
            Evidence(applied: applied, before: before ?? echoes(20), during: during))
    }

    private func percent(_ value: Int64) -> Share { Share(billionths: value * 10_000_000) }

    @Test("duplicates are proved by second answers, in the interval of chance")
    func duplicates() throws {
        let twice = try fault(.duplicate(percent(10)), on: [ab])
        let count = TermCount(matched: 10_000, altered: 1_020)
        let felt = echoes(100) { if $0 % 10 == 0 { $1.answers = 2 } }
        let proof = judge(twice, felt, count)
        #expect(proof.verdict == .proved)
        #expect(
            proof.words
                == "duplicate 10%: 1,020 of 10,000 packets (10.2%), 10 of 100 echoes came twice")
        #expect(judge(twice, echoes(100), count).verdict == .noEffect)
        #expect(judge(twice, felt, TermCount(matched: 10_000)).verdict == .noEffect)
        #expect(judge(twice, echoes(20), TermCount(matched: 20)).verdict == .notProvable)
    }

    @Test("wrong bytes under a right checksum come back, under a wrong one they do not")
    func corrupt() throws {
        let count = TermCount(matched: 10_000, altered: 990)
        let right = try fault(.corrupt(percent(10), right: true), on: [ab])
        let wrong = try fault(.corrupt(percent(10)), on: [ab])
        let altered = echoes(100) { $1.isAltered = $0 % 9 == 0 }
        let lost = echoes(100) { if $0 % 9 == 0 { $1 = Echoed(sent: $1.sent, roundTrip: nil) } }
        #expect(judge(right, altered, count).verdict == .proved)
        #expect(judge(right, lost, count).verdict == .noEffect)
        #expect(judge(wrong, lost, count).verdict == .proved)
        #expect(judge(wrong, altered, count).verdict == .noEffect)
    }

    @Test("overtaken echoes come back behind later ones")
    func reorder() throws {
        let mixed = try fault(.reorder(percent(20)), on: [ab])
        let count = TermCount(matched: 500, altered: 101)
        let felt = echoes(100) { if $0 % 5 == 2 { $1.roundTrip = 10_200_000 } }
        let proof = judge(mixed, felt, count)
        #expect(proof.verdict == .proved, "\(proof.words)")
        #expect(proof.words.contains("were overtaken"))
        #expect(judge(mixed, echoes(100), count).verdict == .noEffect)
        // Far apart nobody can be overtaken.
        let sparse = EchoFigures(
            (0..<100).map { Echoed(sent: Int64($0) * 20_000_000, roundTrip: 1) })
        #expect(judge(mixed, sparse, count).verdict != .noEffect)
    }

    @Test("losses in bursts are judged as the fewer draws that they are")
    func bursts() throws {
        let bursty = try fault(.loss(percent(5), burst: Fixed(10)), on: [ab])
        // 6.5% of 10,000 is far out for single losses, not for bursts of ten.
        let count = TermCount(matched: 10_000, dropped: 650)
        #expect(judge(bursty, echoes(200), count).verdict == .proved)
        let single = try fault(.loss(percent(5)), on: [ab])
        #expect(judge(single, echoes(200), count).verdict != .proved)
        #expect(judge(bursty, echoes(200), TermCount(matched: 10_000)).verdict == .noEffect)
        #expect(Expectation(of: bursty, asking: ab).echoesWanted == 200)
    }

    /// Echoes of 1,428 bytes that come back at a rate.
    private func train(_ rate: Double, _ count: Int = 60) -> EchoFigures {
        EchoFigures(
            (0..<count).map {
                Echoed(sent: 0, roundTrip: 200_000 + Int64(Double($0 * 1_428) * 1e9 / rate))
            })
    }

    @Test("a limit is proved by the rate at which many echoes come back at once")
    func limit() throws {
        let narrow = try fault(.limit(Limit(Bandwidth(bitsPerSecond: 16_000_000))))
        #expect(
            Expectation(of: narrow, asking: ab).feeler == .train(bytes: 1_428, count: 42))
        let count = TermCount(matched: 120, delayed: 118)
        let proof = judge(narrow, train(2.04e6), count, before: train(4e8, 5))
        #expect(proof.verdict == .proved, "\(proof.words)")
        #expect(
            proof.words
                == "at most 2 MB/s: 118 of 120 packets waited, 0 dropped, felt 2.04 MB/s over 60 echoes of 1,428 bytes"
        )
        let open = train(4e8)
        #expect(judge(narrow, train(3e8), count, before: open).verdict == .noEffect)
        #expect(
            judge(narrow, train(2e6), TermCount(matched: 120), before: open).verdict == .noEffect)
        #expect(judge(narrow, train(1e6), count, before: open).verdict == .notProvable)
        #expect(judge(narrow, train(2e6), count, before: train(2e6)).verdict == .notProvable)
    }

    @Test("a limit whose burst no echoes can use up is not provable by them")
    func limitWithBurst() throws {
        let limit = Limit(Bandwidth(bitsPerSecond: 16_000_000), burst: ByteCount(bytes: 1_000_000))
        let proof = judge(try fault(.limit(limit)), echoes(0), TermCount(matched: 5, delayed: 0))
        #expect(proof.verdict == .notProvable)
        #expect(proof.words.contains("burst"))
    }

    @Test("an mtu is asked by an echo that is a byte too long")
    func mtu() throws {
        let narrow = try fault(.mtu(1_400))
        #expect(Expectation(of: narrow, asking: ab).feeler == .echo(bytes: 1_401))
        let lost = EchoFigures((0..<20).map { Echoed(sent: Int64($0), roundTrip: nil) })
        let count = TermCount(matched: 90, dropped: 20)
        let proof = judge(narrow, lost, count)
        #expect(proof.verdict == .proved)
        #expect(
            proof.words == "mtu 1400: 20 dropped, 0 of 20 echoes of 1,401 bytes came back")
        #expect(judge(narrow, echoes(20), count).verdict == .noEffect)
        #expect(judge(try fault(.mtu(1_500)), echoes(0), count).verdict == .notProvable)
    }

    @Test("what is only about TCP or a port is asked by connections")
    func connections() throws {
        let port = Only(transport: .tcp, port: 7_000)
        let cut = try fault(.cut, only: port)
        #expect(Expectation(of: cut, asking: ab).feeler == .connect(port: 7_000))
        let silent = EchoFigures((0..<20).map { Echoed(sent: Int64($0), roundTrip: nil) })
        let count = TermCount(matched: 20, dropped: 20)
        let proof = judge(cut, silent, count)
        #expect(proof.verdict == .proved)
        #expect(proof.words == "cut: 20 dropped, 0 of 20 connections came back")
        let slow = try fault(.delay(Delay(.milliseconds(50))), only: port)
        let later = EchoFigures((0..<20).map { Echoed(sent: Int64($0), roundTrip: 100_300_000) })
        #expect(judge(slow, later, TermCount(matched: 60, delayed: 60)).verdict == .proved)
        let icmp = try fault(.cut, only: Only(transport: .icmp, port: nil))
        #expect(Expectation(of: icmp, asking: ab).feeler == .echo(bytes: 44))
    }

    @Test("a refusal counts only where somebody was taken before")
    func refusals() throws {
        let refuse = try fault(.refuse, only: Only(transport: .tcp, port: 7_000))
        let refused = echoes(20) { $1.isRefused = true }
        let count = TermCount(matched: 20, dropped: 20)
        #expect(judge(refuse, refused, count).verdict == .proved)
        #expect(judge(refuse, echoes(20), count).verdict == .noEffect)
        #expect(judge(refuse, refused, count, before: refused).verdict == .notProvable)
        // Without a filter echoes are refused as well, on the way out.
        let all = try fault(.refuse, on: [ab])
        let silent = EchoFigures((0..<20).map { Echoed(sent: Int64($0), roundTrip: nil) })
        #expect(judge(all, silent, count).verdict == .proved)
    }

    @Test("a level that changes is judged by what it was when it was asked")
    func courses() throws {
        let course = Course(.ramp, to: .time(.milliseconds(100)), period: .seconds(10))
        let slower = try fault(.delay(Delay(.zero)), on: [ab], course: course)
        let moments = (0..<50).map { Int64($0) * 100 * Self.millisecond }
        let felt = EchoFigures(
            moments.map { Echoed(sent: $0, roundTrip: 200_000 + $0 / 100) })
        let count = TermCount(matched: 50, delayed: 50)
        let proof = judge(slower, felt, count, at: moments)
        #expect(proof.verdict == .proved, "\(proof.words)")
        #expect(proof.words.hasPrefix("round trip +24.5 ms: felt +24.5"))
        #expect(judge(slower, echoes(50), count, at: moments).verdict == .noEffect)
    }

    @Test("a profile is proved by its delay and its losses")
    func profile() throws {
        let far = try LinkFault(FaultID(1), .profile(.ocean), on: both)
        let felt = EchoFigures((0..<200).map { Echoed(sent: Int64($0), roundTrip: 150_200_000) })
        let proof = judge(far, felt, TermCount(matched: 40_000, dropped: 10, delayed: 20_000))
        #expect(proof.verdict == .proved, "\(proof.words)")
        #expect(proof.words.contains("10 of 20,000 packets"))
        #expect(judge(far, echoes(200), TermCount(matched: 400)).verdict == .noEffect)
        // Of a few packets nobody can tell what share is lost; the delay is there all the same.
        let few = judge(far, felt, TermCount(matched: 800, delayed: 400))
        #expect(few.verdict == .proved && few.words.hasSuffix("; 0 packets lost so far"))
    }
}
