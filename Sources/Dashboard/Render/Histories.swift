import Cluster

/// What a node's row tells of the past.
extension Renderer {
    /// Requests a second over the last minute, the newest at the right; one scale for all rows, so
    /// that they can be compared.
    func sparkline(_ node: NodeID, _ width: Int) -> [Span] {
        guard let series = state.series else { return [] }
        let levels = rates(node, width, series).map { rate -> String in
            guard rate.isFinite else { return " " }
            let share = Double(rate) / busiest
            let level = (share * Double(glyphs.levels.count - 1)).rounded()
            return glyphs.levels[min(glyphs.levels.count - 1, max(0, Int(level)))]
        }
        return [Span(levels.joined(), .graph)]
    }

    /// The greatest of each part of the last minute.
    private func rates(_ node: NodeID, _ width: Int, _ series: Series) -> [Float] {
        let (from, to) = window(seconds: 60, parts: width)
        return series[node, .requests].columns(width, from: from, to: to).map(\.greatest)
    }

    /// The round number that no rate of these rows exceeded in the last minute.
    func scale(of nodes: some Sequence<NodeState>) -> Double {
        guard let series = state.series else { return 1 }
        let told = nodes.flatMap { rates($0.id, 20, series) }.filter { $0.isFinite }
        return Graph.ceiling(told.max().map { Double($0) } ?? 0)
    }

    /// What the node was over the last 30 seconds, a letter each part; underlined where a fault was
    /// about it.
    func story(_ node: NodeState, _ width: Int) -> [Span] {
        guard let series = state.series else { return [] }
        let (from, to) = window(seconds: 30, parts: width)
        let faults = core.faults.filter { fault in
            !fault.record.weather && (fault.ended ?? to) >= from && fault.isAbout(node.id)
        }
        let part = (to - from).inSeconds / Double(max(1, width))
        return series.story(node.id).cells(width, from: from, to: to).enumerated().map {
            index, mark in
            let start = Stamp(seconds: from.seconds + Double(index) * part)
            let end = Stamp(seconds: from.seconds + Double(index + 1) * part)
            if start > view.now { return Span(" ") }
            let isHit = faults.contains { $0.began < end && ($0.ended ?? view.now) >= start }
            let (letter, style) = sign(of: mark)
            guard isHit, mark != .nothing else { return Span(letter, style) }
            return Span(letter, style == .alarm ? .alarm : .fault, .underline)
        }
    }

    /// The last seconds in equal parts whose borders stay where they are as time goes on, so that a
    /// picture moves by whole cells.
    private func window(seconds: Int64, parts: Int) -> (Stamp, Stamp) {
        let part = max(1, seconds * 1_000_000 / Int64(max(1, parts)))
        // No run lasts for centuries, whatever its journal says.
        let now = min(max(0, view.now.microseconds), Int64.max / 4)
        let last = now / part + 1
        return (
            Stamp(microseconds: (last - Int64(parts)) * part), Stamp(microseconds: last * part)
        )
    }

    func sign(of mark: StoryMark) -> (String, Style) {
        let letter = String(mark.letter)
        return switch mark {
        case .nothing: (" ", .quiet)
        case .coming: (glyphs.same, .accent)
        case .leader: (letter, .leader)
        case .follower: (letter, .follower)
        case .candidate: (letter, .candidate)
        case .observer: (letter, .observer)
        case .ready: (letter, .good)
        case .unready: (glyphs.slow, .warning)
        case .down: (view.glyphs.isUnicode ? glyphs.down : "_", .alarm)
        case .off: (view.glyphs.isUnicode ? letter : " ", .alarm)
        }
    }
}
