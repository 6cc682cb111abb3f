import Cluster

/// Keys of the timeline.
extension Interaction {
    /// Cells of the cursor's step: as many as a line is long on an ordinary terminal.
    private static let cells: Int64 = 80

    mutating func onTimeline(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .left, .character("["): moveCursor(-1)
        case .right, .character("]"): moveCursor(1)
        case .shiftLeft: moveCursor(-10)
        case .shiftRight: moveCursor(10)
        case .character("z"): zoom(-1)
        case .character("Z"): zoom(1)
        case .character("g"), .home: goTo(.zero)
        case .character("G"), .end: follow()
        case .character("{"): jump(back: true, state)
        case .character("}"): jump(back: false, state)
        case .up, .character("k"), .wheelUp: move(-1, state)
        case .down, .character("j"), .wheelDown: move(1, state)
        case .character(" "): mark(state)
        case .character("\\"): view.marks = []
        case .enter: show(.node)
        case .escape:
            guard view.timeline.cursor != nil || view.timeline.end != nil else { return nil }
            follow()
        default: return onNodeVerb(input, state: state)
        }
        return []
    }

    /// The moment that the timeline's cursor is at.
    var timelineMoment: Stamp { min(view.timeline.cursor ?? view.now, view.now) }

    private mutating func moveCursor(_ cells: Int64) {
        let step = view.timeline.span * 1_000_000 / Interaction.cells
        goTo(timelineMoment + .microseconds(cells * step))
    }

    private mutating func zoom(_ step: Int) {
        view.timeline.zoom = min(
            max(0, view.timeline.zoom + step), TimelineView.spans.count - 1)
        if view.timeline.cursor != nil { goTo(timelineMoment) }
    }

    private mutating func follow() {
        view.timeline.cursor = nil
        view.timeline.end = nil
    }

    /// Puts the cursor at a moment, and the stretch where it can be seen.
    mutating func goTo(_ moment: Stamp) {
        let moment = max(.zero, moment)
        guard moment < view.now else { return follow() }
        view.timeline.cursor = moment
        let half = Duration.seconds(view.timeline.span) / 2
        let end = view.timeline.end ?? view.now
        let isShown = moment <= end && end - moment < half * 2
        guard !isShown else {
            // It stays where it is while time goes on.
            view.timeline.end = end
            return
        }
        view.timeline.end = min(view.now, moment + half)
    }

    /// The event before or after the cursor.
    private mutating func jump(back: Bool, _ state: ClusterState) {
        let here = timelineMoment
        let news = state.core.news.filter { $0.at <= view.now && $0.kind != .restart }
        let next = back ? news.last { $0.at < here } : news.first { $0.at > here }
        guard let next else {
            _ = remark(back ? "no event before this" : "no event after this")
            return
        }
        goTo(next.at)
    }
}
