/// Which machines a command means: terms joined by commas, less those after `except`.
public struct Selector: Hashable, Sendable {
    /// At least one.
    public var terms: [Term]
    /// Taken away again; usually empty.
    public var except: [Term]

    /// Machines that match any of `terms` and none of `except`.
    public init(_ terms: [Term], except: [Term] = []) {
        self.terms = terms
        self.except = except
    }

    /// One machine, group or glob by name.
    public init(name: String) { self.init([.name(name)]) }

    /// One alternative of a selector.
    public indirect enum Term: Hashable, Sendable {
        /// A member or a group.
        case name(String)
        /// Names with `*` or `?`.
        case glob(String)
        /// `key=value`, also `role=master`.
        case label(String, String)
        /// `2 of kv`, drawn from the seed.
        case pick(Int, Term)
        /// The largest set smaller than half; of all nodes when nothing is said.
        case minority(Term?)
        /// The smallest set larger than half; of all nodes when nothing is said.
        case majority(Term?)
        /// Every node.
        case all
        /// Every machine, clients among them.
        case any
        /// Every node that says it leads now.
        case leader
        /// Every node that says it follows now.
        case followers
        /// The load generators.
        case clients
    }
}

/// Between whom a link effect acts.
public enum Path: Hashable, Sendable {
    /// One way; without `to`, to everybody.
    case from(Selector, to: Selector?)
    /// One way, from everybody.
    case to(Selector)
    /// Both ways, each with the full value.
    case between(Selector, Selector)
}
