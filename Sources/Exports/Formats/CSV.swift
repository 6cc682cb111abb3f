public import Cluster

/// A recording as a table for spreadsheets (RFC 4180): a row a second, what clients saw first, then
/// what every node was and told. Times in seconds, shares from 0 to 1, memory in KiB; a cell is empty
/// where nothing was told.
public func csv(_ entries: [Entry]) -> String {
    var whole = ClusterState(series: false)
    for entry in entries { whole.apply(entry) }
    var table = SecondsTable(nodes: whole.core.nodes.filter { !$0.isClient })
    var state = ClusterState(series: false)
    var second: Int64 = 0
    for entry in entries {
        while entry.at.microseconds >= (second + 1) * 1_000_000 {
            table.add(second, state.core)
            second += 1
        }
        state.apply(entry)
    }
    if !entries.isEmpty { table.add(second, state.core) }
    return table.rows.joined(separator: "\r\n") + "\r\n"
}

/// Rows of text.
private struct SecondsTable {
    private let nodes: [NodeState]
    private(set) var rows: [String]

    init(nodes: [NodeState]) {
        self.nodes = nodes
        let clients = [
            "second", "due", "ok", "refused", "unknown", "availability", "p50", "p99", "outage",
            "faults",
        ]
        let signals = [
            "is", "lag", "behind", "requests", "errors", "p99", "cpu", "memory", "term", "position",
        ]
        rows = [
            (clients + nodes.flatMap { node in signals.map { "\(node.name) \($0)" } })
                .map(Self.cell).joined(separator: ",")
        ]
    }

    mutating func add(_ second: Int64, _ core: Core) {
        let start = Stamp(microseconds: second * 1_000_000)
        let seen = core.clients.seconds.last { $0.at == start }
        var cells = ["\(second)"]
        if let seen {
            cells += ["\(seen.due)", "\(seen.ok)", "\(seen.refused)", "\(seen.unknown)"]
            cells += [
                number(seen.availability), number(seen.latency(atQuantile: 0.5)),
                number(seen.latency(atQuantile: 0.99)), number(Double(seen.outage)),
            ]
        } else {
            cells += Array(repeating: "", count: 8)
        }
        // Also those that came and went within the second.
        let acting = core.faults.filter {
            !$0.record.weather && ($0.ended.map { $0 >= start } ?? true)
        }
        cells.append(acting.map(\.label).joined(separator: " "))
        for node in nodes {
            let index = Int(node.id.index)
            guard index < core.nodes.count else {
                cells += Array(repeating: "", count: 10)
                continue
            }
            cells += self.cells(core.nodes[index])
        }
        rows.append(cells.map(Self.cell).joined(separator: ","))
    }

    private func cells(_ node: NodeState) -> [String] {
        var cells = ["\(StoryMark(node))"]
        guard node.phase.isUp else { return cells + Array(repeating: "", count: 9) }
        let sample = node.sample
        cells += [number(Double(sample.lag)), whole(sample.behind)]
        cells += [sample.requests, sample.errors, sample.p99, sample.cpu].map { number(Double($0)) }
        cells += [whole(sample.memory), whole(sample.term)]
        cells.append(sample.position == 0 ? "" : "\(sample.position)")
        return cells
    }

    private func whole(_ value: UInt32) -> String { value == Sample.notTold ? "" : "\(value)" }

    private func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return Int64(exactly: value).map { "\($0)" } ?? Spoken.fixed(value, 6)
    }

    private static func cell(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
