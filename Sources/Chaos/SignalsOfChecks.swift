internal import Cluster

/// What the checks of the clients' history found; nothing before they were made.
extension Evaluation {
    /// `check(linearizable)`: whether it holds.
    func checkFigure(_ term: SignalTerm) -> Figure {
        let name = term.checkName ?? ""
        let judgement = core.judgements.last { $0.kind == .check && $0.text == name }
        return Figure(label: term.text, reading: Self.reading(of: judgement))
    }

    private static func reading(of judgement: Judgement?) -> Figure.Reading {
        switch judgement?.verdict {
        case .holds?: .truth(true)
        case .broken?: .truth(false)
        case .unknown?: .unknown(judgement?.detail ?? "")
        case nil: .unknown("it was not checked yet")
        }
    }

    /// `lost`: the most that any check counted; several checks count the same ones.
    func countFigure(_ term: SignalTerm) -> Figure {
        let made = core.judgements.filter { $0.kind == .check }
        let counts = made.flatMap(\.counts).filter { $0.name == term.name }.map(\.number)
        guard let most = counts.max() else {
            let why = made.isEmpty ? "nothing was checked yet" : "no check counts it"
            return Figure(label: term.text, reading: .unknown(why))
        }
        return Figure(label: term.text, reading: .number(Double(most), .plain))
    }
}

extension SignalTerm {
    /// The name in `check(NAME)`.
    var checkName: String? {
        guard name == "check", arguments.count == 1, case .nodes(let nodes) = arguments[0],
            nodes.terms.count == 1, case .name(let name) = nodes.terms[0]
        else { return nil }
        return name
    }
}

extension Script.Promise {
    /// Whether it asks for `check(NAME)` of this name.
    func speaks(of check: String) -> Bool { clause.expression.speaks(of: check) }
}

extension Expression {
    fileprivate func speaks(of check: String) -> Bool {
        switch self {
        case .or(let parts), .and(let parts): parts.contains { $0.speaks(of: check) }
        case .not(let inner): inner.speaks(of: check)
        case .truth(let term): term.checkName == check
        case .comparison(let term, _, let operand):
            if case .signal(let other) = operand {
                term.checkName == check || other.checkName == check
            } else {
                term.checkName == check
            }
        }
    }
}
