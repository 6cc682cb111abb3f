extension Expression {
    /// The canonical text; parentheses only where they are needed to parse it as the same value.
    public var text: String {
        switch self {
        case .or(let parts): parts.map { $0.text(inside: .or) }.joined(separator: " or ")
        case .and(let parts): parts.map { $0.text(inside: .and) }.joined(separator: " and ")
        case .not(let inner): "not " + inner.text(inside: .not)
        case .truth(let signal): signal.text
        case .comparison(let signal, let relation, let operand):
            "\(signal.text) \(relation.rawValue) \(operand.text)"
        }
    }

    private enum Place { case or, and, not }

    private func text(inside place: Place) -> String {
        let isLoose =
            switch (self, place) {
            case (.or, _), (.and, .and), (.and, .not), (.not, .not): true
            default: false
            }
        return isLoose ? "(\(text))" : text
    }
}

extension SignalTerm {
    /// The canonical text: `lag(replica)`, `availability during split`.
    public var text: String {
        let list = arguments.map(\.text).joined(separator: ", ")
        return name + (arguments.isEmpty ? "" : "(\(list))") + (window.map { " \($0.text)" } ?? "")
    }
}

extension SignalTerm.Argument {
    /// The canonical text.
    public var text: String {
        switch self {
        case .path(let path): path.text
        case .nodes(let nodes): nodes.text
        case .expression(let expression): expression.text
        }
    }
}

extension SignalTerm.Window {
    /// The canonical text.
    public var text: String {
        switch self {
        case .before(let name): "before \(name)"
        case .during(let name): "during \(name)"
        case .after(let name): "after \(name)"
        }
    }
}

extension Operand {
    /// The canonical text.
    public var text: String {
        switch self {
        case .quantity(let quantity): quantity.text
        case .word(let word): word
        case .text(let text): Written.quoted(text)
        case .signal(let signal): signal.text
        }
    }
}

extension Clause {
    /// The canonical text.
    public var text: String {
        switch grace {
        case nil: expression.text
        case .within(let time, nil): "\(expression.text) within \(time.text)"
        case .within(let time, .some(let fault)):
            "\(expression.text) within \(time.text) after \(fault)"
        case .tolerate(let time): "\(expression.text) tolerate \(time.text)"
        }
    }
}
