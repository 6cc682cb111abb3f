import Cluster

/// The bar of a recording: `▶ 1×  ├─────◆───↯────✕──●───┤  03:41.2 / 08:00`.
extension Renderer {
    mutating func drawScrubber(_ replay: View.Replay, row: Int) {
        let sign = replay.isPlaying ? glyphs.play : glyphs.pause
        var column = write(sign + " ", 1, row, .accent, .bold)
        let speed =
            replay.speed < 1 ? Figures.fixed(replay.speed, 2) : Figures.fixed(replay.speed, 0)
        column = write((speed + (view.glyphs.isUnicode ? "×" : "x")).left(5), column, row) + 1
        let time = Figures.tenths(replay.position) + " / " + Figures.clock(replay.length)
        let width = columns - column - Width.columns(time) - 5
        guard width >= 6 else {
            write(time, column, row)
            return
        }
        drawTrack(replay, column: column, width: width, row: row)
        write(time, column + width + 2, row)
    }

    /// What clients saw that was promised not to be, with its explanation, while a recording stands still
    /// where it can be seen.
    mutating func drawViolation() {
        guard case .replay(let replay) = view.source, !replay.isPlaying, view.overlay == nil,
            let mark = replay.marks.last(where: {
                $0.kind == .violation && $0.at <= replay.position
                    && replay.position - $0.at <= .milliseconds(50)
            })
        else { return }
        let room = max(1, size.rows - 9)
        var lines = [mark.text] + mark.story.map { "  " + $0 }
        if lines.count > room {
            let more = lines.count - room + 1
            lines = lines.prefix(room - 1) + ["  \(more) more: squall check tells all"]
        }
        let panel = bottom("a promise is broken here", rows: lines.count, above: 2)
        for (line, text) in lines.enumerated() {
            let fitting = text.left(panel.columns, ellipsis: glyphs.ellipsis)
            write([Span(fitting, line == 0 ? .alarm : .plain)], in: panel, line: line)
        }
    }

    private mutating func drawTrack(
        _ replay: View.Replay, column: Int, width: Int, row: Int
    ) {
        let last = width - 3
        let length = max(1, Double(replay.length.microseconds))
        let place = { (stamp: Stamp) -> Int in
            let share = min(1, max(0, Double(stamp.microseconds) / length))
            return column + 1 + Int((share * Double(last)).rounded())
        }
        let head = place(replay.position)
        write(glyphs.trackStart, column, row, .quiet)
        for offset in 0...last {
            let here = column + 1 + offset
            write(glyphs.track, here, row, here < head ? .accent : .rule)
            let thousandths = last > 0 ? offset * 1_000 / last : 0
            frame.region(row: row, columns: here..<(here + 1), .seek(thousandths))
        }
        write(glyphs.trackEnd, column + width - 1, row, .quiet)
        for mark in replay.marks {
            let (glyph, style) = sign(of: mark.kind)
            write(glyph, place(mark.at), row, style)
        }
        write(glyphs.head, head, row, .accent, .bold)
    }
}
