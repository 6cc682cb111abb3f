import Cluster

/// Which machines are shown in which order, and where the cursors are: asked by keys and renderers
/// alike, so that a key always means what the screen shows.
struct Arrangement {
    /// Rows of the table: nodes that the filter keeps, sorted as was asked for.
    let shown: [NodeState]
    /// Index of the cursor among them; 0 when there are none.
    let index: Int
    /// Row of the matrix's cursor.
    let linkRow: Int
    /// Column of the matrix's cursor.
    let linkColumn: Int
    private let all: [NodeState]
    private let corner: LinkID?

    init(_ state: ClusterState, _ view: View) {
        let nodes = state.core.nodes
        let filter = view.screen == .logs ? Filter() : view.filter
        // A node's state is large: where all are shown, nothing is copied, not even to ask `isClient`.
        let isWhole =
            filter.isEmpty && !nodes.indices.contains { nodes[$0].description.kind == .client }
        let kept =
            isWhole
            ? nodes
            : nodes.filter { node in
                !node.isClient && (filter.isEmpty || Arrangement.keeps(node, filter))
            }
        // Elsewhere nodes keep their places, whatever they tell.
        let isTable = view.screen == .overview || view.screen == .node
        let rows = isTable ? view.sorting?.sorted(kept) ?? kept : kept
        all = nodes
        corner = view.corner
        shown = rows
        index = view.cursor.flatMap { id in rows.indices.first { rows[$0].id == id } } ?? 0
        linkRow = Arrangement.place(of: view.link?.from, in: nodes) ?? 0
        linkColumn =
            Arrangement.place(of: view.link?.to, in: nodes) ?? min(1, max(0, nodes.count - 1))
    }

    /// Rows and columns of the matrix: nodes, then clients.
    var machines: [NodeState] { all.filter { !$0.isClient } + all.filter(\.isClient) }

    /// Where a machine is among rows and columns, without making them.
    private static func place(of node: NodeID?, in all: [NodeState]) -> Int? {
        guard let node, let found = all.indices.first(where: { all[$0].id == node }) else {
            return nil
        }
        let isClient = all[found].isClient
        let before = all.indices.count { all[$0].isClient == isClient && $0 < found }
        return isClient ? all.indices.count { !all[$0].isClient } + before : before
    }

    /// The machine under the cursor.
    var current: NodeState? { index < shown.count ? shown[index] : nil }

    /// The sender under the matrix's cursor.
    var sender: NodeID? {
        let machines = machines
        return linkRow < machines.count ? machines[linkRow].id : nil
    }

    /// The direction under the matrix's cursor; `nil` on the diagonal.
    var currentLink: LinkID? {
        let machines = machines
        guard linkRow != linkColumn, max(linkRow, linkColumn) < machines.count else { return nil }
        return LinkID(from: machines[linkRow].id, to: machines[linkColumn].id)
    }

    /// The cell under the matrix's cursor, on the diagonal too.
    var place: LinkID? {
        let machines = machines
        guard max(linkRow, linkColumn) < machines.count else { return nil }
        return LinkID(from: machines[linkRow].id, to: machines[linkColumn].id)
    }

    /// Rows and columns of the block between its corner and the cursor; `nil` without one.
    var blockPlaces: (rows: ClosedRange<Int>, columns: ClosedRange<Int>)? {
        guard let corner, let row = Arrangement.place(of: corner.from, in: all),
            let column = Arrangement.place(of: corner.to, in: all)
        else { return nil }
        return (
            min(row, linkRow)...max(row, linkRow),
            min(column, linkColumn)...max(column, linkColumn)
        )
    }

    /// Its senders and its receivers, as selectors; `nil` where nobody is left beside itself.
    var block: (from: String, to: String)? {
        guard let places = blockPlaces else { return nil }
        let machines = machines
        let isOne = places.rows == places.columns && places.rows.count == 1
        guard !isOne, places.rows.upperBound < machines.count,
            places.columns.upperBound < machines.count
        else { return nil }
        let names = { (range: ClosedRange<Int>) in
            machines[range].map(\.name).joined(separator: ",")
        }
        return (names(places.rows), names(places.columns))
    }

    private static func keeps(_ node: NodeState, _ filter: Filter) -> Bool {
        let labels = node.description.labels.map { "\($0.key)=\($0.value)" }
        let words =
            [node.name, node.role.own, node.role.role.word ?? "", node.phase.rawValue] + labels
        return filter.keeps(words.joined(separator: " "))
    }
}
