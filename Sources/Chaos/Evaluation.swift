public import Cluster

/// Answers questions about the cluster from what was folded so far. Three-valued: where no node is
/// meant or no sample is there, the answer is unknown, and unknown never counts as yes.
public struct Evaluation: Sendable {
    let core: Core
    /// What the learner of a lesson did; `nil` outside of lessons.
    let deeds: Deeds?

    /// Questions about this moment of a run. With `deeds`, what was done by hand counts from when they began.
    public init(of core: Core, deeds: Deeds? = nil) {
        self.core = core
        self.deeds = deeds
    }

    /// An answer, and the figures that decided.
    public struct Answer: Equatable, Sendable {
        /// Yes, no or unknown.
        public var verdict: Judgement.Verdict
        /// The figures: `lag(kv-2) 6.2s, lag(kv-3) 20ms`.
        public var figures: String

        /// For people: `false: lag(kv-2) 6.2s`.
        public var words: String {
            let word =
                switch verdict {
                case .holds: "true"
                case .broken: "false"
                case .unknown: "unknown"
                }
            return figures.isEmpty ? word : "\(word): \(figures)"
        }
    }

    /// Whether it holds now.
    public func value(of expression: Expression) -> Answer {
        var told: [String] = []
        let verdict = verdict(expression, .each, &told)
        var seen = Set<String>()
        let figures = told.filter { seen.insert($0).inserted }
        let shown = figures.prefix(8).joined(separator: ", ")
        return Answer(
            verdict: verdict,
            figures: figures.count > 8 ? "\(shown), and \(figures.count - 8) more" : shown)
    }

    /// Whether a comparison must hold for each node, or for one of them (`any(…)`).
    private enum Quantifier {
        case each
        case some

        /// Behind a `not`, "for each" becomes "for one".
        var turned: Quantifier { self == .each ? .some : .each }
    }

    private func verdict(
        _ expression: Expression, _ quantifier: Quantifier, _ told: inout [String]
    ) -> Judgement.Verdict {
        switch expression {
        case .or(let parts): return some(parts.map { verdict($0, quantifier, &told) })
        case .and(let parts): return each(parts.map { verdict($0, quantifier, &told) })
        case .not(let inner):
            switch verdict(inner, quantifier.turned, &told) {
            case .holds: return .broken
            case .broken: return .holds
            case .unknown: return .unknown
            }
        case .truth(let term):
            if term.name == "any", case .expression(let inner)? = term.arguments.first {
                return verdict(inner, .some, &told)
            }
            let figures = figures(of: term)
            told += figures.map(\.told)
            return combine(
                figures.map { figure in
                    guard case .truth(let truth) = figure.reading else { return .unknown }
                    return truth ? .holds : .broken
                }, quantifier)
        case .comparison(let term, let relation, let operand):
            let left = figures(of: term, comparedWith: operand)
            told += left.map(\.told)
            let right = figures(of: operand, comparedWith: left)
            if case .signal = operand { told += right.map(\.told) }
            return combine(
                left.flatMap { a in right.map { b in compare(a.reading, relation, b.reading) } },
                quantifier)
        }
    }

    private func combine(
        _ verdicts: [Judgement.Verdict], _ quantifier: Quantifier
    ) -> Judgement.Verdict {
        if verdicts.isEmpty { return .unknown }
        return quantifier == .each ? each(verdicts) : some(verdicts)
    }

    private func each(_ verdicts: [Judgement.Verdict]) -> Judgement.Verdict {
        if verdicts.contains(.broken) { return .broken }
        return verdicts.contains(.unknown) ? .unknown : .holds
    }

    private func some(_ verdicts: [Judgement.Verdict]) -> Judgement.Verdict {
        if verdicts.contains(.holds) { return .holds }
        return verdicts.contains(.unknown) ? .unknown : .broken
    }

    private func compare(
        _ left: Figure.Reading, _ relation: Relation, _ right: Figure.Reading
    ) -> Judgement.Verdict {
        let holds: Bool
        switch (left, right) {
        case (.number(let a, _), .number(let b, _)):
            guard !a.isNaN, !b.isNaN else { return .unknown }
            holds =
                switch relation {
                case .equal: a == b
                case .unequal: a != b
                case .less: a < b
                case .lessOrEqual: a <= b
                case .greater: a > b
                case .greaterOrEqual: a >= b
                }
        case (.words(let a), .words(let b)):
            let same = a.contains { b.contains($0) }
            switch relation {
            case .equal: holds = same
            case .unequal: holds = !same
            default: return .unknown
            }
        default: return .unknown
        }
        return holds ? .holds : .broken
    }

    private func figures(of operand: Operand, comparedWith left: [Figure]) -> [Figure] {
        switch operand {
        case .quantity(let quantity):
            return [Figure(label: "", reading: .number(quantity.magnitude, .plain))]
        case .text(let text): return [Figure(label: "", reading: .words([text]))]
        case .signal(let term): return figures(of: term)
        case .word(let word):
            let wantsWord = left.contains {
                if case .words = $0.reading { true } else { false }
            }
            if wantsWord || !Signals.known.contains(word) {
                return [Figure(label: "", reading: .words([word]))]
            }
            return figures(of: SignalTerm(name: word))
        }
    }
}
