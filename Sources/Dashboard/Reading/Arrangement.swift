import Cluster

/// Which machines are shown in which order, and where the cursors are: asked by keys and renderers
/// alike, so that a key always means what the screen shows.
struct Arrangement {
    /// Rows of the table: nodes that the filter keeps, in the order of definition.
    let shown: [NodeState]
    /// Index of the cursor among them; 0 when there are none.
    let index: Int
    /// Rows and columns of the matrix: nodes, then clients.
    let machines: [NodeState]
    /// Row of the matrix's cursor.
    let linkRow: Int
    /// Column of the matrix's cursor.
    let linkColumn: Int

    init(_ state: ClusterState, _ view: View) {
        let all = state.core.nodes
        let nodes = all.filter { !$0.isClient }
        let kept =
            view.screen == .logs ? nodes : nodes.filter { Arrangement.keeps($0, view.filter) }
        shown = kept
        index = kept.firstIndex { $0.id == view.cursor } ?? 0
        machines = nodes + all.filter(\.isClient)
        linkRow = machines.firstIndex { $0.id == view.link?.from } ?? 0
        let column = machines.firstIndex { $0.id == view.link?.to }
        linkColumn = column ?? min(1, max(0, machines.count - 1))
    }

    /// The machine under the cursor.
    var current: NodeState? { index < shown.count ? shown[index] : nil }

    /// The sender under the matrix's cursor.
    var sender: NodeID? { linkRow < machines.count ? machines[linkRow].id : nil }

    /// The direction under the matrix's cursor; `nil` on the diagonal.
    var currentLink: LinkID? {
        guard linkRow != linkColumn, max(linkRow, linkColumn) < machines.count else { return nil }
        return LinkID(from: machines[linkRow].id, to: machines[linkColumn].id)
    }

    private static func keeps(_ node: NodeState, _ filter: Filter) -> Bool {
        let labels = node.description.labels.map { "\($0.key)=\($0.value)" }
        let words =
            [node.name, node.role.own, node.role.role.word ?? "", node.phase.rawValue] + labels
        return filter.keeps(words.joined(separator: " "))
    }
}
