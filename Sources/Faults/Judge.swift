public import Cluster

/// Was it so? From what was asked, what the switch counted and what the machines' kernels felt.
/// Pure: the same evidence gives the same verdict.
public enum Judge {
    /// Fewer echoes or expected losses than this prove nothing.
    public static let least = 5

    /// Judges one pair of machines.
    public static func proof(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        if case .nothing(let why) = expected.feeler {
            return proof(.notProvable, told(expected, "\(applied(evidence)); \(why)"), evidence)
        }
        if evidence.unaskedDrops > 0 {
            let lost =
                "\(Figures.count(evidence.unaskedDrops)) packets were dropped that nobody asked for"
            return proof(.notProvable, lost, evidence)
        }
        let noun = expected.feeler.noun
        if evidence.during.sent < least {
            return proof(.notProvable, "only \(evidence.during.sent) \(noun) were sent", evidence)
        }
        if evidence.before.answered == 0 {
            return proof(.notProvable, "none of the \(noun) came back before it either", evidence)
        }
        if expected.isSilent { return silence(expected, evidence) }
        if expected.isRefused { return refusal(expected, evidence) }
        if expected.rate != nil { return rate(expected, evidence) }
        var proofs: [Proof] = []
        if expected.lost > 0 { proofs.append(loss(expected, evidence)) }
        if expected.repeated > 0 { proofs.append(repetition(expected, evidence)) }
        if expected.altered > 0 { proofs.append(alteration(expected, evidence)) }
        if expected.overtaken > 0 { proofs.append(overtaking(expected, evidence)) }
        guard expected.gain > 0 || proofs.isEmpty else { return combined(proofs, "both") }
        let delayed = delay(expected, evidence)
        guard !proofs.isEmpty, delayed.verdict == .proved else { return delayed }
        if isRare(expected, evidence), proofs.allSatisfy({ $0.verdict == .notProvable }) {
            // The delay is there; what is lost beside it is too rare for anybody to feel it now.
            var judged = delayed
            judged.words += "; \(Figures.count(evidence.applied.dropped)) packets lost so far"
            return judged
        }
        return combined([delayed] + proofs, "both")
    }

    private static func told(_ expected: Expectation, _ words: String) -> String {
        expected.words.isEmpty ? words : "\(expected.words): \(words)"
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
            + "\(during.answered) of \(during.sent) \(expected.feeler.noun) came back"
        let acted = evidence.applied.dropped + evidence.applied.delayed
        return proof(during.answered == 0 && acted > 0 ? .proved : .noEffect, words, evidence)
    }

    /// Refusals come from machines too: only what was taken before tells.
    private static func refusal(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        let (before, during) = (evidence.before, evidence.during)
        let words =
            "refuse: \(applied(evidence)), \(during.refused) of \(during.sent) connections were refused"
        if before.answered == before.refused {
            return proof(.notProvable, words + ", as they were before it: nobody listens", evidence)
        }
        let acted = evidence.applied.dropped > 0 && during.refused == during.sent
        return proof(acted ? .proved : .noEffect, words, evidence)
    }

    /// What came through a line when more was sent at once than it takes.
    private static func rate(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        guard let wanted = expected.rate, case .train(let bytes, _) = expected.feeler else {
            return proof(.notProvable, expected.words, evidence)
        }
        let (before, during) = (evidence.before, evidence.during)
        let counts = evidence.applied
        var words =
            "\(expected.words): \(Figures.count(counts.delayed)) of "
            + "\(Figures.count(counts.matched)) packets waited, "
            + "\(Figures.count(counts.dropped)) dropped"
        guard let felt = during.rate(bytes: bytes, burst: expected.burst) else {
            words += ", only \(during.answered) of \(during.sent) \(expected.feeler.noun) came back"
            return proof(.notProvable, words, evidence)
        }
        words += ", felt \(Figures.rate(felt)) over \(during.answered) \(expected.feeler.noun)"
        let usual = before.rate(bytes: bytes, burst: 0) ?? .infinity
        let verdict: Proof.Verdict
        if usual < wanted * 1.5 {
            verdict = .notProvable
            words += "; without it \(Figures.rate(usual)) came through"
        } else if felt > wanted * 2 || counts.delayed == 0 {
            verdict = .noEffect
        } else if abs(felt - wanted) <= wanted * 0.25 {
            verdict = .proved
        } else {
            verdict = .notProvable
            words +=
                felt < wanted ? ", less than asked: others use the line" : ", more than asked"
        }
        var judged = proof(verdict, words, evidence)
        judged.felt = felt
        return judged
    }

    private static func delay(_ expected: Expectation, _ evidence: Evidence) -> Proof {
        let during = evidence.during
        // The middle one shrugs off a busy moment, but only means add up where chance is in play.
        let isAverage = expected.spread > 0 || expected.varies
        let felt = isAverage ? during.mean : during.median
        let usual = isAverage ? evidence.before.mean : evidence.before.median
        guard let felt, let usual, during.answered >= least else {
            return proof(
                .notProvable,
                "\(expected.words): only \(during.answered) of \(during.sent) "
                    + "\(expected.feeler.noun) came back",
                evidence)
        }
        let gain = felt - usual
        let chance = 3 * expected.spread / Double(during.answered).squareRoot()
        let noise =
            evidence.before.scatter + (isAverage ? 0 : evidence.during.scatter)
        let slack = min(
            max(200_000, expected.gain * 0.05) + chance + noise, max(200_000, expected.gain * 0.5))
        let excess = max(10_000_000, expected.gain * 0.25) + chance + noise
        var words =
            "\(expected.words): felt \(Figures.gain(gain, unit: false)) "
            + "over \(during.answered) \(expected.feeler.noun)"
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

    private static func applied(_ evidence: Evidence) -> String {
        let counts = evidence.applied
        return counts.dropped == 0 && counts.delayed > 0
            ? "\(Figures.count(counts.delayed)) held" : "\(Figures.count(counts.dropped)) dropped"
    }

    static func proof(
        _ verdict: Proof.Verdict, _ words: String, _ evidence: Evidence
    ) -> Proof {
        Proof(verdict: verdict, words: words, applied: evidence.applied.matched)
    }
}
