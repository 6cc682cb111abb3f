internal import Cluster

/// Effects that hit a share of the packets: counted in the switch and felt by echoes, both judged by the
/// interval in which chance keeps them.
extension Judge {
    static func loss(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        // A packet that is altered so that the receiver drops it is lost as well.
        let hits = max(evidence.applied.dropped, evidence.applied.altered)
        // What was lost before is lost during the fault as well.
        let usual = Double(evidence.before.lost) / Double(max(1, evidence.before.sent))
        let felt = Felt(
            hits: evidence.during.lost, trials: evidence.during.sent,
            share: 1 - (1 - expected.lost) * (1 - usual), usual: usual, words: "")
        return share(expected, evidence, hits, felt)
    }

    static func repetition(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        let during = evidence.during
        let felt = Felt(
            hits: during.repeated, trials: during.answered, share: expected.repeated, usual: 0,
            words: " came twice")
        return share(expected, evidence, evidence.applied.altered, felt)
    }

    static func alteration(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        let during = evidence.during
        let felt = Felt(
            hits: during.altered, trials: during.answered, share: expected.altered, usual: 0,
            words: " came back altered")
        return share(expected, evidence, evidence.applied.altered, felt)
    }

    static func overtaking(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        let (hits, trials) = evidence.during.overtaken(late: expected.overtaking)
        let felt = Felt(
            hits: hits, trials: trials, share: expected.overtaken, usual: 0,
            words: " were overtaken")
        return share(expected, evidence, evidence.applied.altered, felt)
    }

    /// What echoes tell.
    struct Felt {
        var hits: Int
        var trials: Int
        /// What is expected.
        var share: Double
        /// What was so before.
        var usual: Double
        var words: String
    }

    private static func share(
        _ expected: Expectation, _ evidence: Evidence, _ hits: UInt64, _ felt: Felt
    ) -> Proof {
        let count = evidence.applied.matched / UInt64(expected.parts)
        let matched = Int(clamping: count)
        let applied = Int(clamping: hits)
        let share = matched > 0 ? Double(applied) / Double(matched) : 0
        var words =
            "\(expected.words): \(Figures.count(hits)) of "
            + "\(Figures.count(count)) packets (\(Figures.percent(share))), "
            + "\(felt.hits) of \(felt.trials) \(expected.feeler.noun)\(felt.words)"

        let counted = expected.perPacket.flatMap {
            verdict(applied, of: matched, $0, nothing: 0, expected.clumping)
        }
        let sensed = verdict(
            felt.hits, of: felt.trials, felt.share, nothing: felt.usual, expected.clumping)
        // Where one of them has too little to tell, the other one counts.
        let judged = [counted, sensed].compactMap(\.self)
        let worst =
            judged.first { $0 == .noEffect } ?? judged.first { $0 == .notProvable }
            ?? (judged.isEmpty ? .notProvable : .proved)
        if worst == .notProvable { words += ": too few, or not the share that was asked for" }
        var judgement = proof(worst, words, evidence)
        judgement.felt = Double(felt.hits) / Double(max(1, felt.trials))
        return judgement
    }

    /// Whether what hits a share of the packets is too rare to be judged by these.
    static func isRare(_ expected: Expectation, _ evidence: Evidence) -> Bool {
        let rarest =
            [expected.lost, expected.repeated, expected.altered, expected.overtaken]
            .filter { $0 > 0 }.min() ?? 0
        let matched = Double(evidence.applied.matched) / Double(expected.parts)
        let hits = max(
            Double(evidence.during.sent) * rarest, matched * (expected.perPacket ?? 0))
        return hits / expected.clumping < Double(least)
    }

    /// Proved when the hits lie where chance may bring them; without effect when they lie where they
    /// would without the fault, and not there. Hits that come in clumps tell as much as so many times
    /// fewer that come alone. `nil`: too few to tell anything.
    private static func verdict(
        _ hits: Int, of trials: Int, _ p: Double, nothing: Double, _ clumping: Double
    ) -> Proof.Verdict? {
        guard Double(trials) / clumping * p >= Double(least) - 1e-6 else { return nil }
        let trials = Int((Double(trials) / clumping).rounded())
        let hits = Int((Double(hits) / clumping).rounded())
        if Binomial.interval(trials: trials, probability: p).contains(hits) { return .proved }
        let idle = Binomial.interval(trials: trials, probability: nothing)
        return idle.contains(hits) ? .noEffect : .notProvable
    }
}
