/// Which transaction has to come before which, and why (Adya, "Weak consistency: a generalized theory",
/// 1999).
struct DependencyGraph {
    /// Why one comes before another one. The raw values are bits of a mask.
    enum Kind: UInt8, CaseIterable {
        /// It wrote a version, the other one the next version.
        case write = 1
        /// It wrote what the other one read.
        case read = 2
        /// It read a version, the other one wrote the next version.
        case antidependency = 4
        /// It was acknowledged before the other one was sent.
        case time = 8
    }

    /// What made an edge.
    struct Edge {
        var target: UInt32
        var kind: Kind
        var key: ValueID
        /// The version that the first one wrote or read, and the one of the second.
        var before: ValueID
        var after: ValueID
    }

    /// Edges by their source. Vertices beyond the transactions are moments in time.
    private(set) var edges: [[Edge]]

    init(count: Int) { edges = [[Edge]](repeating: [], count: count) }

    mutating func addVertex() -> Int {
        edges.append([])
        return edges.count - 1
    }

    mutating func add(
        _ source: Int, _ target: Int, _ kind: Kind, key: ValueID = .null,
        before: ValueID = .null, after: ValueID = .null
    ) {
        guard source != target else { return }
        edges[source].append(
            Edge(
                target: UInt32(truncatingIfNeeded: target), kind: kind, key: key, before: before,
                after: after))
    }

    var edgeCount: Int { edges.reduce(0) { $0 + $1.count } }

    /// The strongly connected components of more than one vertex, of the edges whose kinds are in the
    /// mask: Tarjan's algorithm without recursion. `nil` when the budget is spent.
    func components(_ mask: UInt8, _ meter: inout Meter) -> [[Int]]? {
        var indices = [Int32](repeating: -1, count: edges.count)
        var low = [Int32](repeating: 0, count: edges.count)
        var onStack = [Bool](repeating: false, count: edges.count)
        var stack: [Int] = []
        var calls: [(vertex: Int, next: Int)] = []
        var components: [[Int]] = []
        var counter: Int32 = 0
        for root in edges.indices where indices[root] < 0 {
            calls.append((root, 0))
            while let call = calls.last {
                guard meter.step() else { return nil }
                let vertex = call.vertex
                if call.next == 0 {
                    indices[vertex] = counter
                    low[vertex] = counter
                    counter += 1
                    stack.append(vertex)
                    onStack[vertex] = true
                }
                if call.next < edges[vertex].count {
                    let edge = edges[vertex][call.next]
                    calls[calls.count - 1].next += 1
                    guard edge.kind.rawValue & mask != 0 else { continue }
                    let target = Int(edge.target)
                    if indices[target] < 0 {
                        calls.append((target, 0))
                    } else if onStack[target] {
                        low[vertex] = min(low[vertex], indices[target])
                    }
                    continue
                }
                calls.removeLast()
                if let parent = calls.last?.vertex { low[parent] = min(low[parent], low[vertex]) }
                guard low[vertex] == indices[vertex] else { continue }
                var component: [Int] = []
                while let member = stack.popLast() {
                    onStack[member] = false
                    component.append(member)
                    if member == vertex { break }
                }
                if component.count > 1 { components.append(component) }
            }
        }
        return components
    }

    /// The shortest way from one vertex to another one over edges whose kinds are in the mask, inside a
    /// set of vertices: the edges in order, each with its source. `nil` when there is none.
    func path(
        from start: Int, to end: Int, _ mask: UInt8, inside: Set<Int>, _ meter: inout Meter
    ) -> [(source: Int, edge: Edge)]? {
        var cameFrom: [Int: (source: Int, edge: Edge)] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let vertex = queue[head]
            head += 1
            for edge in edges[vertex] where edge.kind.rawValue & mask != 0 {
                guard meter.step() else { return nil }
                let target = Int(edge.target)
                guard inside.contains(target), cameFrom[target] == nil else { continue }
                if target == start, target != end { continue }
                cameFrom[target] = (vertex, edge)
                if target == end {
                    var path: [(source: Int, edge: Edge)] = []
                    var current = end
                    repeat {
                        guard let step = cameFrom[current] else { return nil }
                        path.append(step)
                        current = step.source
                    } while current != start
                    return path.reversed()
                }
                queue.append(target)
            }
        }
        return nil
    }
}
