import Cluster

/// What a click does: the same as a key, or it moves the cursor.
extension Interaction {
    mutating func clicked(_ meaning: Region.Meaning?, state: ClusterState) -> [Outcome] {
        switch meaning {
        case .key(let input):
            if case .click = input { return [] }
            if case .release = input { return [] }
            return take(input, state: state)
        case .node(let index):
            guard view.overlay == nil, let id = UInt16(exactly: index) else { return [] }
            if view.cursor?.index == id, view.screen == .overview {
                show(.node)
            } else {
                view.cursor = NodeID(id)
            }
        case .link(let from, let to):
            guard view.overlay == nil, let from = UInt16(exactly: from),
                let to = UInt16(exactly: to)
            else { return [] }
            view.link = LinkID(from: NodeID(from), to: NodeID(to))
            view.corner = nil
        case .seek(let thousandths):
            return [.playback(.seek(Double(thousandths) / 1_000))]
        case .sort(let column):
            guard view.overlay == nil else { return [] }
            if view.sorting?.column == column {
                view.sorting?.isDescending.toggle()
            } else {
                view.sorting = Sorting(column)
            }
        case .moment(let moment):
            guard view.overlay == nil else { return [] }
            if case .replay = view.source { return [.playback(.to(moment))] }
            goTo(moment)
        case nil: break
        }
        return []
    }

    /// What is drawn with the mouse: over the matrix it cuts, over the table it marks.
    mutating func dragged(
        _ from: Region.Meaning?, to: Region.Meaning?, state: ClusterState
    ) -> [Outcome] {
        guard view.overlay == nil, let from, let to, from != to else { return [] }
        switch (from, to) {
        case (.link(let from, let to), .link(let endFrom, let endTo)):
            guard let from = UInt16(exactly: from), let to = UInt16(exactly: to),
                let endFrom = UInt16(exactly: endFrom), let endTo = UInt16(exactly: endTo)
            else { return [] }
            view.corner = LinkID(from: NodeID(from), to: NodeID(to))
            view.link = LinkID(from: NodeID(endFrom), to: NodeID(endTo))
            return cutBlock(both: false, state) ?? []
        case (.node(let first), .node(let last)):
            guard let first = UInt16(exactly: first), let last = UInt16(exactly: last) else {
                return []
            }
            view.cursor = NodeID(last)
            markRange(from: NodeID(first), state)
            return []
        default: return []
        }
    }
}
