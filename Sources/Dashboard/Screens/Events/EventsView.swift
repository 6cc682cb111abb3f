public import Cluster

/// What happened, and why things are as they are: which events are shown, and which one is chosen.
public struct EventsView: Equatable, Sendable {
    /// Which kinds are shown.
    public var kinds = Kinds.all
    /// When the chosen one was; the newest, which moves on, when `nil`.
    public var chosen: Stamp?
    /// Of those at the same moment, how many come before it.
    public var offset = 0

    /// Everything, at the newest.
    public init() {}

    /// Sorts of events.
    public enum Kinds: String, Sendable, CaseIterable {
        case all
        case faults
        case nodes
        case roles
        case verdicts

        /// The next one; after the last the first.
        var next: Kinds {
            let all = Kinds.allCases
            let place = all.firstIndex(of: self) ?? 0
            return all[(place + 1) % all.count]
        }

        func keeps(_ kind: News.Kind) -> Bool {
            switch self {
            case .all: true
            case .faults: [.fault, .heal, .refused].contains(kind)
            case .nodes: [.gone, .back, .restart, .lost].contains(kind)
            case .roles: kind == .role
            case .verdicts: [.verdict, .violation, .note].contains(kind)
            }
        }
    }
}

/// Events that are shown, and the chosen one: asked by keys and renderer alike.
struct EventList {
    let items: [News]
    /// Place of the chosen one; `nil` where there is none.
    let index: Int?

    init(_ core: Core, _ view: View) {
        items = core.news.filter { item in
            guard item.at <= view.now, view.events.kinds.keeps(item.kind) else { return false }
            guard view.filter.keeps(item.text + " " + item.outcome) else { return false }
            guard !view.marks.isEmpty else { return true }
            return item.node.map { view.marks.contains($0) } ?? false
        }
        guard !items.isEmpty else {
            index = nil
            return
        }
        guard let chosen = view.events.chosen else {
            index = items.count - 1
            return
        }
        let first = items.firstIndex { $0.at >= chosen } ?? items.count - 1
        index = min(items.count - 1, first + max(0, min(view.events.offset, items.count)))
    }

    /// The chosen one.
    var current: News? { index.map { items[$0] } }

    /// A view in which the one at a place is chosen; at the last place the newest is followed.
    func choosing(_ place: Int, _ events: EventsView) -> EventsView {
        var events = events
        guard place < items.count - 1 else {
            events.chosen = nil
            events.offset = 0
            return events
        }
        let place = max(0, place)
        events.chosen = items[place].at
        events.offset = place - (items.firstIndex { $0.at >= items[place].at } ?? place)
        return events
    }
}
