import Cluster

/// What a click does: the same as a key, or it moves the cursor.
extension Interaction {
    mutating func clicked(_ meaning: Region.Meaning?, state: ClusterState) -> [Outcome] {
        switch meaning {
        case .key(let input):
            if case .click = input { return [] }
            return on(input, state: state)
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
}
