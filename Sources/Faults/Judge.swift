public import Cluster

/// Was it so? From what was asked, what the switch counted and what the machines' kernels felt.
/// Pure: the same evidence gives the same verdict.
public enum Judge {
    /// Fewer echoes or expected losses than this prove nothing.
    public static let least = 5

    /// Judges one pair of machines.
    public static func proof(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        if expected.isDeaf {
            let filtered =
                "\(applied(evidence)); echoes cannot feel what is only about a protocol or port"
            return proof(.notProvable, filtered, evidence)
        }
        if evidence.unaskedDrops > 0 {
            let lost =
                "\(Figures.count(evidence.unaskedDrops)) packets were dropped that nobody asked for"
            return proof(.notProvable, lost, evidence)
        }
        if evidence.during.sent < least {
            return proof(.notProvable, "only \(evidence.during.sent) echoes were sent", evidence)
        }
        if evidence.before.answered == 0 {
            return proof(.notProvable, "no echo came back before it either", evidence)
        }
        if expected.isSilent { return silence(expected, evidence) }
        if expected.lost > 0, expected.gain == 0 { return loss(expected, evidence) }
        let delayed = delay(expected, evidence)
        guard expected.lost > 0, delayed.verdict == .proved else { return delayed }
        return combined([delayed, loss(expected, evidence)], "both")
    }

    /// Several pairs of one fault: as good as the worst of them, told by its words.
    public static func combined(_ proofs: [Proof], _ unit: String = "pairs") -> Proof {
        let worst =
            proofs.first { $0.verdict == .noEffect }
            ?? proofs.first { $0.verdict == .measuring }
            ?? proofs.first { $0.verdict == .notProvable }
        if let worst { return worst }
        guard var first = proofs.first else {
            return Proof(verdict: .notProvable, words: "no pair of machines could be asked")
        }
        if unit == "both" {
            first.words = proofs.map(\.words).joined(separator: "; ")
        } else if proofs.count > 1 {
            first.words += " (the same on \(proofs.count - 1) more \(unit))"
        }
        return first
    }

    private static func silence(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        let during = evidence.during
        let words =
            "\(expected.words): \(applied(evidence)), "
            + "\(during.answered) of \(during.sent) echoes came back"
        let acted = evidence.applied.dropped + evidence.applied.delayed
        return proof(during.answered == 0 && acted > 0 ? .proved : .noEffect, words, evidence)
    }

    private static func delay(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        let during = evidence.during
        // The middle one shrugs off a busy moment, but only means add up where chance is in play.
        let felt = expected.spread > 0 ? during.mean : during.median
        let usual = expected.spread > 0 ? evidence.before.mean : evidence.before.median
        guard let felt, let usual, during.answered >= least else {
            return proof(
                .notProvable,
                "\(expected.words): only \(during.answered) of \(during.sent) echoes came back",
                evidence)
        }
        let gain = felt - usual
        let chance = 3 * expected.spread / Double(during.answered).squareRoot()
        let noise =
            evidence.before.scatter + (expected.spread > 0 ? 0 : evidence.during.scatter)
        let slack = min(
            max(200_000, expected.gain * 0.05) + chance + noise, max(200_000, expected.gain * 0.5))
        let excess = max(10_000_000, expected.gain * 0.25) + chance + noise
        var words =
            "\(expected.words): felt \(Figures.gain(gain, unit: false)) "
            + "over \(during.answered) echoes"
        let verdict: Proof.Verdict
        if gain < expected.gain * 0.25 {
            verdict = .noEffect
        } else if gain < expected.gain - slack {
            verdict = .notProvable
            words += ", less than asked"
        } else if gain > expected.gain + excess {
            verdict = .notProvable
            words += ", more than asked: something else slows the line or the machines"
        } else {
            verdict = evidence.applied.matched > 0 ? .proved : .noEffect
        }
        var judged = proof(verdict, words, evidence)
        judged.felt = gain / 1e9
        return judged
    }

    private static func loss(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        let during = evidence.during
        let matched = Int(clamping: evidence.applied.matched)
        let dropped = Int(clamping: evidence.applied.dropped)
        let share = matched > 0 ? Double(dropped) / Double(matched) : 0
        var words =
            "\(expected.words): \(Figures.count(evidence.applied.dropped)) of "
            + "\(Figures.count(evidence.applied.matched)) packets (\(Figures.percent(share))), "
            + "\(during.lost) of \(during.sent) echoes"

        var judged: [Proof.Verdict] = []
        if let p = expected.lostPerPacket {
            judged.append(verdict(dropped, of: matched, p, nothing: 0))
        }
        // What was lost before is lost during the fault as well.
        let usual = Double(evidence.before.lost) / Double(max(1, evidence.before.sent))
        let p = 1 - (1 - expected.lost) * (1 - usual)
        let felt = verdict(during.lost, of: during.sent, p, nothing: usual)
        // Echoes are few: where they can't tell, the packets may, but never against the echoes.
        if felt != .notProvable || judged.isEmpty { judged.append(felt) }

        let worst =
            judged.first { $0 == .noEffect } ?? judged.first { $0 == .notProvable } ?? .proved
        if worst == .notProvable { words += ": too few, or not the share that was asked for" }
        var judgement = proof(worst, words, evidence)
        judgement.felt = Double(during.lost) / Double(max(1, during.sent))
        return judgement
    }

    /// Proved when the hits lie where chance may bring them; without effect when they lie where they
    /// would without the fault, and not there.
    private static func verdict(
        _ hits: Int, of trials: Int, _ p: Double, nothing: Double
    ) -> Proof.Verdict {
        guard Double(trials) * p >= Double(least) else { return .notProvable }
        if Binomial.interval(trials: trials, probability: p).contains(hits) { return .proved }
        let idle = Binomial.interval(trials: trials, probability: nothing)
        return idle.contains(hits) ? .noEffect : .notProvable
    }

    private static func applied(_ evidence: Evidence) -> String {
        let counts = evidence.applied
        return counts.dropped == 0 && counts.delayed > 0
            ? "\(Figures.count(counts.delayed)) held" : "\(Figures.count(counts.dropped)) dropped"
    }

    private static func proof(
        _ verdict: Proof.Verdict, _ words: String, _ evidence: Evidence
    ) -> Proof {
        Proof(verdict: verdict, words: words, applied: evidence.applied.matched)
    }
}
