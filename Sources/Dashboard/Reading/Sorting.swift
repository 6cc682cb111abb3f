import Cluster

/// By which column the table of nodes is sorted, and which way.
public struct Sorting: Equatable, Sendable {
    /// The column.
    public var column: Column
    /// Whether the greatest comes first.
    public var isDescending: Bool

    /// Numbers begin with the greatest, words with the first.
    public init(_ column: Column) {
        self.column = column
        isDescending = ![.node, .role, .ready].contains(column)
    }

    /// Columns that can be sorted by, as they are called in the table.
    public enum Column: String, Sendable, CaseIterable {
        case node = "NODE"
        case role = "ROLE"
        case ready = "READY"
        case lag = "LAG"
        case behind = "BEHIND"
        case requests = "REQ/s"
        case errors = "ERR"
        case p99 = "P99"
        case cpu = "CPU"
        case memory = "MEM"
        case term = "TERM"
    }

    /// By the next column or the one before; by none beyond the ends.
    static func next(_ sorting: Sorting?, step: Int) -> Sorting? {
        let all = Column.allCases
        let here = sorting.flatMap { all.firstIndex(of: $0.column) }
        let place = here.map { $0 + step } ?? (step > 0 ? 0 : all.count - 1)
        return all.indices.contains(place) ? Sorting(all[place]) : nil
    }

    /// The nodes in order. What a node does not tell comes last, whichever way; equals stay as they were.
    func sorted(_ nodes: [NodeState]) -> [NodeState] {
        let keys = nodes.map(key)
        let order = nodes.indices.sorted { one, other in
            switch (keys[one], keys[other]) {
            case (.nothing, .nothing): return one < other
            case (.nothing, _): return false
            case (_, .nothing): return true
            case (.number(let a), .number(let b)):
                return a == b ? one < other : isDescending ? a > b : a < b
            case (.word(let a), .word(let b)):
                return a == b ? one < other : isDescending ? a > b : a < b
            case (.number, .word): return true
            case (.word, .number): return false
            }
        }
        return order.map { nodes[$0] }
    }

    private enum Key {
        case nothing
        case number(Double)
        case word(String)
    }

    private func key(_ node: NodeState) -> Key {
        let sample = node.sample
        switch column {
        // kv-2 before kv-10: they are defined in the order of their numbers.
        case .node: return .number(Double(node.id.index))
        case .role: return node.role.role.word.map { .word($0) } ?? .nothing
        case .ready: return .number(node.phase == .ready ? 1 : 0)
        default: break
        }
        guard node.phase.isUp else { return .nothing }
        let told: Double =
            switch column {
            case .lag: Double(sample.lag)
            case .behind: sample.behind == Sample.notTold ? .nan : Double(sample.behind)
            case .requests: Double(sample.requests)
            case .errors: Double(sample.errors) / max(1, Double(sample.requests))
            case .p99: Double(sample.p99)
            case .cpu: Double(sample.cpu)
            case .memory: sample.memory == Sample.notTold ? .nan : Double(sample.memory)
            case .term: sample.term == Sample.notTold ? .nan : Double(sample.term)
            case .node, .role, .ready: .nan
            }
        return told.isFinite ? .number(told) : .nothing
    }
}
