internal import Cluster

/// Who is meant in a question. Nothing is drawn here: `2 of kv` has no place in a question.
struct Lookup {
    let core: Core

    /// In the order of definition, each once.
    func nodes(_ selector: Selector) -> [NodeState] {
        core.nodes.filter { node in
            selector.terms.contains { matches($0, node) }
                && !selector.except.contains { matches($0, node) }
        }
    }

    private func matches(_ term: Selector.Term, _ node: NodeState) -> Bool {
        switch term {
        case .name(let name): node.name == name || node.description.group == name
        case .glob(let glob): Glob.matches(node.name, glob)
        case .label("role", let word):
            node.isTelling && (node.role.own == word || node.role.role.word == word)
        case .label(let key, let value):
            node.description.labels.contains { $0.key == key && $0.value == value }
        case .all: !node.isClient
        case .any: true
        case .clients: node.isClient
        case .leader: node.isTelling && node.role.role == .leader
        case .followers: node.isTelling && node.role.role == .follower
        case .pick, .minority, .majority: false
        }
    }

    /// All directions of a path.
    func links(_ path: Path) -> [LinkID] {
        switch path {
        case .from(let from, let to): pairs(nodes(from), to.map(nodes) ?? core.nodes)
        case .to(let to): pairs(core.nodes, nodes(to))
        case .between(let one, let other):
            pairs(nodes(one), nodes(other)) + pairs(nodes(other), nodes(one))
        }
    }

    private func pairs(_ from: [NodeState], _ to: [NodeState]) -> [LinkID] {
        from.flatMap { a in
            to.compactMap { b in a.id == b.id ? nil : LinkID(from: a.id, to: b.id) }
        }
    }
}

/// Names with `*` and `?`.
enum Glob {
    static func matches(_ name: String, _ glob: String) -> Bool {
        let name = Array(name.utf8)
        let glob = Array(glob.utf8)
        var (at, pattern) = (0, 0)
        var (star, mark) = (-1, 0)
        while at < name.count {
            if pattern < glob.count, glob[pattern] == UInt8(ascii: "*") {
                (star, mark) = (pattern, at)
                pattern += 1
            } else if pattern < glob.count,
                glob[pattern] == name[at] || glob[pattern] == UInt8(ascii: "?")
            {
                at += 1
                pattern += 1
            } else if star >= 0 {
                // The last star takes one letter more.
                mark += 1
                (at, pattern) = (mark, star + 1)
            } else {
                return false
            }
        }
        return glob[pattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
