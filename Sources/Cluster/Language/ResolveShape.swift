/// Partitions known by name, as Jepsen's nemesis makes them (jepsen.nemesis: `bisect`, `bridge`,
/// `majorities-ring`): an order of the machines decides who stands where.
///
/// The order is drawn from the seed, unless the machines are listed by name: then it is the order in
/// which they are written, so that the text with names divides them in the same way again.
extension Partition.Shape {
    /// Fewer machines cannot be divided so.
    public var fewest: Int { self == .halves ? 2 : 3 }

    /// The groups that do not hear each other, where the shape is one of groups. As even as can be;
    /// the later ones are larger.
    func groups(_ order: [NodeID]) -> [[NodeID]]? {
        switch self {
        case .halves: Self.parts(2, of: order)
        case .thirds: Self.parts(3, of: order)
        case .ring, .bridge: nil
        }
    }

    private static func parts(_ count: Int, of order: [NodeID]) -> [[NodeID]] {
        (0..<count).map { part in
            order[order.count * part / count..<order.count * (part + 1) / count].sorted()
        }
    }

    /// The links that are cut.
    func links(_ order: [NodeID]) -> LinkSet {
        switch self {
        case .halves, .thirds: LinkSet(across: groups(order) ?? [])
        case .bridge: bridge(order)
        case .ring: ring(order)
        }
    }

    /// The first of the second half sees both sides.
    private func bridge(_ order: [NodeID]) -> LinkSet {
        let middle = order.count / 2
        return LinkSet(across: [order[..<middle].sorted(), order[(middle + 1)...].sorted()])
    }

    /// Everybody sees so many neighbours to either side that they are a majority together, and nobody
    /// sees the same one. Three have no such ring that is the same both ways: each hears its
    /// predecessor only, as Jepsen's do.
    private func ring(_ order: [NodeID]) -> LinkSet {
        let count = order.count
        let reach = (count / 2 + 1) / 2
        return LinkSet(
            order.indices.map { place in
                let heard =
                    count == 3
                    ? [place - 1, place] : Array((place - reach)...(place + reach))
                let names = Set(heard.map { ($0 + count) % count })
                let unheard = order.indices.filter { !names.contains($0) }.map { order[$0] }
                return LinkSet.Block(from: unheard.sorted(), to: [order[place]])
            })
    }
}

extension LinkSet {
    /// Every link between two of the groups, both ways.
    init(across groups: [[NodeID]]) {
        var blocks: [Block] = []
        for (index, one) in groups.enumerated() {
            for (other, two) in groups.enumerated() where other != index {
                blocks.append(Block(from: one, to: two))
            }
        }
        self.init(blocks)
    }
}

extension Resolver {
    /// A shape with its machines. Halves and thirds of all nodes are written as the groups that they
    /// became; what is no partition into groups, or leaves nodes alone, keeps its shape with the
    /// machines in order.
    mutating func divide(
        _ shape: Partition.Shape, of selector: Selector?, _ ending: Ending
    ) throws(SelectorError) -> Resolution {
        let order = try order(of: selector ?? Selector([.all]))
        guard order.count >= shape.fewest else {
            throw SelectorError(
                "'partition \(shape.rawValue)' takes \(shape.fewest) machines or more, there "
                    + "\(order.count == 1 ? "is" : "are") \(order.count)")
        }
        var named = Partition.shape(shape, of: Selector(order.map { .name(roster.name($0)) }))
        if let groups = shape.groups(order), order.sorted() == roster.nodes {
            named = .groups(
                groups.map { .nodes(Selector($0.map { .name(roster.name($0)) })) })
        }
        return Resolution(
            command: .fault(.partition(named), ending), nodes: order.sorted(),
            links: shape.links(order))
    }

    /// As written, where every term is one machine; drawn otherwise.
    private mutating func order(of selector: Selector) throws(SelectorError) -> [NodeID] {
        let found = try nodes(selector)
        var written: [NodeID] = []
        for case .name(let name) in selector.terms {
            let one = roster.ids { $0.name == name }
            if let id = one.first, !written.contains(id) { written.append(id) }
        }
        if selector.except.isEmpty, written.sorted() == found { return written }
        return shuffled(found)
    }
}
