/// A question about the cluster; its answer is yes, no or unknown.
public indirect enum Expression: Hashable, Sendable {
    /// At least two alternatives.
    case or([Expression])
    /// At least two conditions.
    case and([Expression])
    case not(Expression)
    /// A signal that is itself a yes or no: `ready(all)`, `quorum`.
    case truth(SignalTerm)
    case comparison(SignalTerm, Relation, Operand)
}

/// A signal, its arguments and the window it is read over: `availability during split`.
public struct SignalTerm: Hashable, Sendable {
    /// The word, e.g. `lag`.
    public var name: String
    /// In parentheses.
    public var arguments: [Argument]
    /// The part of the run that counts; all of it when `nil`.
    public var window: Window?

    /// A signal with its arguments.
    public init(name: String, arguments: [Argument] = [], window: Window? = nil) {
        self.name = name
        self.arguments = arguments
        self.window = window
    }

    /// An argument: a path between machines, or machines (a bare word is a selector's name too).
    public enum Argument: Hashable, Sendable {
        case path(Path)
        case nodes(Selector)
        /// `any(lag(kv) > 5s)`: one is enough.
        case expression(Expression)
    }

    /// A part of the run, told by a fault's name.
    public enum Window: Hashable, Sendable {
        case before(String)
        case during(String)
        case after(String)

        /// The fault's name, or its number.
        public var fault: String {
            switch self {
            case .before(let name), .during(let name), .after(let name): name
            }
        }
    }
}

/// How two values compare.
public enum Relation: String, Hashable, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
}

/// The right side of a comparison.
public enum Operand: Hashable, Sendable {
    case quantity(Quantity)
    /// A bare word: `leader`, `ok`, or a signal without arguments.
    case word(String)
    /// In double quotes.
    case text(String)
    /// A signal with arguments.
    case signal(SignalTerm)
}

/// An expression with the time it is given: a line of `expect` and `always`.
public struct Clause: Hashable, Sendable {
    /// What must hold.
    public var expression: Expression
    /// By when, or how long it may be broken.
    public var grace: Grace?

    /// A clause; without grace it must hold when it is judged.
    public init(_ expression: Expression, grace: Grace? = nil) {
        self.expression = expression
        self.grace = grace
    }

    /// How much patience a clause has.
    public enum Grace: Hashable, Sendable {
        /// `within 5s`, `within 5s after split`: after the end of that fault.
        case within(Duration, after: String?)
        /// `tolerate 2s`: may be broken for so long at a time.
        case tolerate(Duration)
    }
}
