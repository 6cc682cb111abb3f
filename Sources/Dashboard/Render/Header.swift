import Cluster

/// The first line: what is run, how it is, who leads, what is wrong with it.
extension Renderer {
    mutating func drawHeader(row: Int) {
        if columns < 60 {
            drawShortHeader(row: row)
            return
        }
        let topology = core.run?.topology ?? ""
        let right = badge()
        var parts: [(rank: Int, spans: [Span])] = [
            (0, [Span(topology.isEmpty ? "squall" : topology, .plain, .bold)]),
            (0, state(full: true)),
        ]
        if columns >= 90, !topology.isEmpty {
            parts.insert((4, [Span("squall", .accent, .bold)]), at: 0)
        }
        if health.voters > 0 { parts.append((2, voters())) }
        parts.append((1, leader()))
        parts.append((1, faults()))
        let fabric = core.run?.fabric ?? ""
        var tail = [(rank: 0, spans: right)]
        if !fabric.isEmpty { tail.append((5, [Span(fabric, .quiet)])) }
        if case .live(let viewers?) = view.source, viewers > 1 {
            tail.insert((3, [Span("\(viewers) look on", .quiet)]), at: 0)
        }
        var worst = 5
        while worst > 0, total(parts) + total(tail) + 2 > columns {
            parts.removeAll { $0.rank >= worst }
            tail.removeAll { $0.rank >= worst }
            worst -= 1
        }
        var column = 1
        for part in parts { column = write(part.spans, column, row) + 3 }
        column = columns - total(tail) + 2
        for part in tail { column = write(part.spans, column, row) + 3 }
    }

    private func total(_ parts: [(rank: Int, spans: [Span])]) -> Int {
        parts.reduce(0) { $0 + $1.spans.columns + 3 }
    }

    /// `▲ DEGRADED q2/3  2 faults  99.2 %`, as much as there is room for.
    private mutating func drawShortHeader(row: Int) {
        var column = write(state(full: false), columns < 30 ? 0 : 1, row) + 1
        if health.voters > 0 {
            let text = "q\(health.votersReady)/\(health.voters)"
            column = write(text, column, row, verdictStyle) + 2
        } else {
            column += 1
        }
        var parts: [[Span]] = []
        let count = activeFaults
        if count > 0 {
            parts.append([Span(count == 1 ? "1 fault" : "\(count) faults", .fault)])
        }
        if let share = availability {
            parts.append([Span(percent(share), availabilityStyle(share))])
        }
        if case .replay = view.source { parts.append(badge()) }
        for part in parts {
            guard column + part.columns <= columns else { break }
            column = write(part, column, row) + 2
        }
    }

    private func state(full: Bool) -> [Span] {
        let glyph =
            switch health.status {
            case .healthy: glyphs.ready
            case .starting: glyphs.coming
            case .degraded: glyphs.warning
            case .ended: glyphs.ended
            case .split, .noQuorum: glyphs.gone
            }
        let word = health.status.rawValue
        return [Span(glyph + " " + (full ? word.left(9) : word), verdictStyle, .bold)]
    }

    var verdictStyle: Style {
        switch health.status {
        case .healthy: .good
        case .degraded: .warning
        case .starting: .accent
        case .ended: .quiet
        case .split, .noQuorum: .alarm
        }
    }

    private func voters() -> [Span] {
        let all = health.votersReady == health.voters
        let count = "\(health.votersReady)/\(health.voters)"
        return [
            Span("voters ", .quiet),
            Span(count, health.status == .noQuorum ? .alarm : all ? .plain : .warning),
        ]
    }

    private func leader() -> [Span] {
        let names = health.leaders.map(core.name(of:))
        let width = nameWidth
        switch names.count {
        case 0:
            guard core.isLed else { return [] }
            return [Span("leader ", .quiet), Span("none".left(width), .alarm)]
        case 1: return [Span("leader ", .quiet), Span(names[0].left(width), .leader)]
        default:
            let shown = names.prefix(3).joined(separator: " ")
            return [
                Span("leaders ", .quiet), Span(shown, health.status == .split ? .alarm : .leader),
            ]
        }
    }

    private func faults() -> [Span] {
        let count = activeFaults
        if count == 0 { return [Span("no fault", .quiet)] }
        return [Span("\(glyphs.fault) " + (count == 1 ? "1 fault" : "\(count) faults"), .fault)]
    }

    var activeFaults: Int {
        core.faults.filter { $0.isActive && !$0.record.weather }.count
    }

    /// Whether this is happening, has happened, or is over.
    private func badge() -> [Span] {
        switch view.source {
        case .replay(let replay):
            let sign = replay.isPlaying ? glyphs.play : glyphs.pause
            return [
                Span("\(sign) REPLAY", .recording), Span(" " + Figures.clock(replay.position)),
            ]
        case .live:
            if core.ended != nil {
                return [Span("\(glyphs.ended) " + Figures.clock(core.now), .quiet)]
            }
            let lock = view.isLocked ? [Span("LOCKED  ", .warning, .bold)] : []
            return lock + [
                Span("\(glyphs.recording) REC", .recording), Span(" " + Figures.clock(view.now)),
            ]
        }
    }

    /// Share of the operations of the last three seconds that succeeded.
    var availability: Double? {
        let seconds = core.clients.seconds.suffix(3)
        let ok = seconds.reduce(0) { $0 + $1.ok }
        let all = seconds.reduce(0) { $0 + $1.ok + $1.refused + $1.unknown }
        return all == 0 ? nil : Double(ok) / Double(all)
    }

    func availabilityStyle(_ share: Double) -> Style {
        if let last = core.clients.seconds.last, last.ok == 0, last.due > 0 { return .alarm }
        return share >= 0.999 ? .good : share >= 0.9 ? .warning : .alarm
    }

    /// `99.2 %`; never rounded up to a hundred.
    func percent(_ share: Double) -> String {
        let tenths = share >= 1 ? 1_000 : min(999, (share * 1_000).rounded(.down))
        return (Figures.fixed(tenths / 10, tenths >= 1_000 ? 0 : 1) + " %").right(6)
    }
}
