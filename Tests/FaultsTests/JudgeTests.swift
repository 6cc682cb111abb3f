import Cluster
import Faults
import Testing

@Suite("Proofs")
struct JudgeTests {
    let a = NodeID(0)
    let b = NodeID(1)
    var ab: LinkID { LinkID(from: a, to: b) }
    var both: [LinkID] { Links.between([a], and: [b]) }

    private func echoes(_ milliseconds: Double, _ count: Int, lost: Int = 0) -> EchoFigures {
        let answered = (0..<count - lost).map {
            Int64?(Int64(milliseconds * 1e6) + Int64($0) * 1_000)
        }
        return EchoFigures(answered + [Int64?](repeating: nil, count: lost))
    }

    private func judge(
        _ fault: LinkFault, _ during: EchoFigures, applied: TermCount, before: EchoFigures? = nil,
        unasked: UInt64 = 0
    ) -> Proof {
        Judge.proof(
            Expectation(of: fault, asking: ab),
            Evidence(
                applied: applied, before: before ?? echoes(0.2, 20), during: during,
                unaskedDrops: unasked))
    }

    private func delay(_ milliseconds: Int, on links: [LinkID]) throws -> LinkFault {
        try LinkFault(
            FaultID(2), [.init(.delay(Delay(.milliseconds(milliseconds))), on: links)])
    }

    @Test("a delay both ways is proved by twice its length")
    func delayProved() throws {
        let proof = judge(
            try delay(100, on: both), echoes(200.5, 40),
            applied: TermCount(matched: 80, delayed: 80))
        #expect(proof.verdict == .proved)
        #expect(proof.words == "round trip +200 ms: felt +200.3 over 40 echoes")
        #expect(proof.applied == 80)
        #expect(abs(proof.felt - 0.2003) < 1e-4)
    }

    @Test("a delay that nobody feels has no effect; a small part of it is not proved")
    func delayMissing() throws {
        let fault = try delay(100, on: [ab])
        let applied = TermCount(matched: 40, delayed: 40)
        #expect(judge(fault, echoes(0.2, 40), applied: applied).verdict == .noEffect)
        #expect(judge(fault, echoes(60, 40), applied: applied).verdict == .notProvable)
        #expect(judge(fault, echoes(400, 40), applied: applied).verdict == .notProvable)
        #expect(judge(fault, echoes(100.2, 40), applied: applied).verdict == .proved)
    }

    @Test(
        "on a busy machine a short delay is proved within what the machine adds by chance, not beyond"
    )
    func noise() throws {
        func busy(_ usual: Double, _ count: Int) -> EchoFigures {
            EchoFigures((0..<count).map { Int64(usual * 1e6) + Int64($0 % 5) * 150_000 })
        }
        let fault = try delay(1, on: both)
        let applied = TermCount(matched: 80, delayed: 80)
        #expect(
            judge(fault, busy(1.8, 40), applied: applied, before: busy(0.2, 20)).verdict == .proved)
        #expect(
            judge(fault, busy(1.1, 40), applied: applied, before: busy(0.2, 20)).verdict
                == .notProvable)
        #expect(
            judge(fault, busy(0.3, 40), applied: applied, before: busy(0.2, 20)).verdict
                == .noEffect)
    }

    @Test("a delay that the switch never applied is not proved by a slow line")
    func delayNotApplied() throws {
        let proof = judge(try delay(100, on: [ab]), echoes(100.2, 40), applied: TermCount())
        #expect(proof.verdict == .noEffect)
    }

    @Test("a cut is proved when no echo comes back, also one way")
    func cut() {
        let fault = LinkFault.cut(FaultID(1), [ab])
        let proof = judge(
            fault, echoes(0, 20, lost: 20), applied: TermCount(matched: 34, dropped: 34))
        #expect(proof.verdict == .proved)
        #expect(proof.words == "cut: 34 dropped, 0 of 20 echoes came back")
    }

    @Test("a cut through which an echo came has no effect")
    func leakyCut() {
        let fault = LinkFault.cut(FaultID(1), both)
        let proof = judge(
            fault, echoes(0.2, 20, lost: 19), applied: TermCount(matched: 30, dropped: 30))
        #expect(proof.verdict == .noEffect)
    }

    @Test("what was silent before proves nothing")
    func silentBefore() {
        let proof = judge(
            .cut(FaultID(1), both), echoes(0, 20, lost: 20),
            applied: TermCount(matched: 30, dropped: 30), before: echoes(0, 10, lost: 10))
        #expect(proof.verdict == .notProvable)
    }

    @Test("drops that nobody asked for spoil the proof")
    func unasked() throws {
        let proof = judge(
            try delay(100, on: both), echoes(200.2, 40),
            applied: TermCount(matched: 80, delayed: 80), unasked: 3)
        #expect(proof.verdict == .notProvable)
        #expect(proof.words.contains("3 packets"))
    }

    @Test("a loss is judged by the binomial interval, never by equality")
    func loss() throws {
        let fault = try LinkFault(
            FaultID(3), [.init(.loss(Share(billionths: 50_000_000)), on: both)])
        let fine = judge(
            fault, echoes(0.2, 100, lost: 8), applied: TermCount(matched: 20_000, dropped: 1_043))
        #expect(fine.verdict == .proved)
        #expect(fine.words == "loss 5%: 1,043 of 20,000 packets (5.22%), 8 of 100 echoes")
        let none = judge(
            fault, echoes(0.2, 100), applied: TermCount(matched: 20_000, dropped: 0))
        #expect(none.verdict == .noEffect)
        let tooMany = judge(
            fault, echoes(0.2, 100, lost: 10), applied: TermCount(matched: 20_000, dropped: 3_000))
        #expect(tooMany.verdict == .notProvable)
        let few = judge(
            fault, echoes(0.2, 20, lost: 1), applied: TermCount(matched: 40, dropped: 1))
        #expect(few.verdict == .notProvable)
    }

    @Test("a rare loss asks for more echoes, at most 200")
    func wanted() throws {
        func wanted(_ billionths: Int64) throws -> Int {
            let part = LinkFault.Part(.loss(Share(billionths: billionths)), on: [ab])
            return Expectation(of: try LinkFault(FaultID(1), [part]), asking: ab).echoesWanted
        }
        #expect(try wanted(100_000_000) == 50)
        #expect(try wanted(500_000_000) == 20)
        #expect(try wanted(1_000_000) == 200)
    }

    @Test("what is only about UDP cannot be felt by an echo, and that is said")
    func deaf() throws {
        let fault = try LinkFault(
            FaultID(1), .cut, on: both, only: Only(transport: .udp, port: 53))
        let proof = judge(fault, echoes(0.2, 20), applied: TermCount(matched: 30, dropped: 30))
        #expect(proof.verdict == .notProvable)
        #expect(proof.words.contains("30 dropped"))
        #expect(proof.words.contains("UDP"))
    }

    @Test("several pairs are as good as the worst of them")
    func combined() {
        let proved = Proof(verdict: .proved, words: "cut: 3 dropped")
        let none = Proof(verdict: .noEffect, words: "felt nothing")
        #expect(Judge.combined([proved, none, proved]).verdict == .noEffect)
        #expect(
            Judge.combined([proved, proved]).words == "cut: 3 dropped (the same on 1 more pairs)")
        #expect(Judge.combined([]).verdict == .notProvable)
    }

    @Test(
        "the interval of a binomial count holds 99% of the outcomes, and is no wider than that needs",
        arguments: [(20_000, 0.05), (200, 0.3), (50, 0.01), (1_000_000, 0.5)])
    func interval(trials: Int, p: Double) {
        let interval = Binomial.interval(trials: trials, probability: p)
        let deviation = (Double(trials) * p * (1 - p)).squareRoot()
        let mean = Double(trials) * p
        if deviation > 20 {
            // 2.576 deviations of the normal distribution hold 99%.
            #expect(abs(Double(interval.lowerBound) - (mean - 2.576 * deviation)) < 4)
            #expect(abs(Double(interval.upperBound) - (mean + 2.576 * deviation)) < 4)
        }
        #expect(interval.contains(Int(mean)))
        #expect(Binomial.interval(trials: trials, probability: 0) == 0...0)
        #expect(Binomial.interval(trials: trials, probability: 1) == trials...trials)
    }
}
