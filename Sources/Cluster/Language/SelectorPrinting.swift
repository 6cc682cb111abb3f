extension Selector {
    /// The canonical text: `a,b`, `all except kv-1`.
    public var text: String {
        let named = terms.map(\.text).joined(separator: ",")
        guard !except.isEmpty else { return named }
        return named + " except " + except.map(\.text).joined(separator: ",")
    }
}

extension Selector.Term {
    /// The canonical text.
    public var text: String {
        switch self {
        case .name(let name), .glob(let name): name
        case .label(let key, let value):
            Parser.isLabelValue(value.utf8) ? "\(key)=\(value)" : "\(key)=\(Written.quoted(value))"
        case .pick(let count, let term): "\(count) of \(term.text)"
        case .minority(let term): "minority" + (term.map { " of \($0.text)" } ?? "")
        case .majority(let term): "majority" + (term.map { " of \($0.text)" } ?? "")
        case .all: "all"
        case .any: "any"
        case .leader: "leader"
        case .followers: "followers"
        case .clients: "clients"
        }
    }
}

extension Path {
    /// The canonical text.
    public var text: String {
        switch self {
        case .from(let from, let to): "from \(from.text)" + (to.map { " to \($0.text)" } ?? "")
        case .to(let to): "to \(to.text)"
        case .between(let one, let other): "between \(one.text) and \(other.text)"
        }
    }
}
