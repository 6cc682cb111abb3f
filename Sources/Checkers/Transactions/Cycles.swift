/// Finds the cycles of a dependency graph, the weakest kind first, as Elle does (Kingsbury and Alvaro,
/// "Elle: inferring isolation anomalies from experimental observations", VLDB 2020).
struct Cycles {
    /// What a cycle is called.
    enum Anomaly: String, CaseIterable {
        /// Of writes alone.
        case g0 = "G0"
        /// Of writes and reads.
        case g1c = "G1c"
        /// With one antidependency: reads and writes do not fit one moment.
        case gSingle = "G-single"
        /// With several antidependencies.
        case g2 = "G2"

        /// What it means, in a few words.
        var about: String {
            switch self {
            case .g0: "transactions wrote over each other in opposite orders"
            case .g1c: "transactions read from each other in a circle"
            case .gSingle: "a transaction saw one part of another one and missed the rest"
            case .g2: "transactions that read before each other wrote: no order fits all"
            }
        }
    }

    struct Cycle {
        var anomaly: Anomaly
        /// Whether the order of time is part of it.
        var usesTime: Bool
        /// The edges in order; the last one leads to the source of the first.
        var edges: [(source: Int, edge: DependencyGraph.Edge)]
    }

    private let graph: DependencyGraph
    private let limit: Int
    private(set) var found: [Cycle] = []
    /// How many components of each kind, by name.
    private(set) var counts: [String: Int] = [:]

    init(_ graph: DependencyGraph, limit: Int) {
        self.graph = graph
        self.limit = limit
    }

    private typealias Kind = DependencyGraph.Kind

    /// Searches. Returns whether it came to its end within the budget.
    mutating func search(_ meter: inout Meter) -> Bool {
        let writes = Kind.write.rawValue
        let reads = writes | Kind.read.rawValue
        let all = reads | Kind.antidependency.rawValue
        let time = Kind.time.rawValue
        for mask in [writes, reads, all, writes | time, reads | time, all | time] {
            if mask & time != 0, !hasTime { continue }
            guard let components = graph.components(mask, &meter) else { return false }
            for component in components {
                guard examine(component, mask, &meter) else { return false }
            }
        }
        return true
    }

    private var hasTime: Bool { graph.edges.contains { $0.contains { $0.kind == .time } } }

    /// Takes the shortest cycle of a component that has what its mask adds.
    private mutating func examine(
        _ component: [Int], _ mask: UInt8, _ meter: inout Meter
    ) -> Bool {
        let inside = Set(component)
        let usesTime = mask & Kind.time.rawValue != 0
        let base = mask & ~Kind.time.rawValue
        let reads = Kind.write.rawValue | Kind.read.rawValue
        if base == Kind.write.rawValue {
            return take(inside, [usesTime ? .time : .write], back: mask, .g0, usesTime, &meter)
        }
        if base == reads {
            return take(
                inside, [.read], back: mask, .g1c, usesTime, &meter, needsTime: usesTime)
        }
        let before = found.count
        // One antidependency, and back without another one.
        guard
            take(
                inside, [.antidependency], back: mask & ~Kind.antidependency.rawValue, .gSingle,
                usesTime, &meter, needsTime: usesTime)
        else { return false }
        if found.count > before { return true }
        return take(
            inside, [.antidependency], back: mask, .g2, usesTime, &meter, needsTime: usesTime)
    }

    /// The shortest cycle that begins with an edge of one of these kinds and goes back over the mask.
    private mutating func take(
        _ inside: Set<Int>, _ first: [Kind], back mask: UInt8, _ anomaly: Anomaly,
        _ usesTime: Bool, _ meter: inout Meter, needsTime: Bool = false
    ) -> Bool {
        var best: [(source: Int, edge: DependencyGraph.Edge)]?
        // Once there is one, a few more starts are enough: any cycle is a proof, short ones abound.
        var tries = 0
        for source in inside.sorted() where best == nil || tries < 64 {
            for edge in graph.edges[source] where first.contains(edge.kind) {
                let target = Int(edge.target)
                guard inside.contains(target) else { continue }
                tries += 1
                let path = graph.path(
                    from: target, to: source, mask, inside: inside, &meter)
                if meter.spent != nil { return false }
                guard let path else { continue }
                let cycle = [(source, edge)] + path
                if needsTime, !cycle.contains(where: { $0.1.kind == .time }) { continue }
                if cycle.count < best?.count ?? .max { best = cycle }
                if cycle.count == 2 { break }
            }
        }
        guard let edges = best else { return true }
        let cycle = Cycle(anomaly: anomaly, usesTime: usesTime, edges: edges)
        counts[cycle.name, default: 0] += 1
        if found.count < limit { found.append(cycle) }
        return true
    }
}
