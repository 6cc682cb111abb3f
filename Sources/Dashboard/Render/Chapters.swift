import Cluster

/// Panels of a recording: its chapters, a time to go to, a remark, and whether to take over.
extension Renderer {
    mutating func drawChapters(_ wanted: Int) {
        guard case .replay(let replay) = view.source, !replay.chapters.isEmpty else { return }
        let chapters = replay.chapters
        let chosen = min(max(0, wanted), chapters.count - 1)
        let place = "\(chosen + 1) of \(chapters.count)"
        let panel = centred("chapters   \(place)", columns: 96, rows: chapters.count)
        let first = max(0, min(chosen - panel.rows / 2, chapters.count - panel.rows))
        let long = replay.length >= Stamp(microseconds: 3_600_000_000)
        for line in 0..<panel.rows where first + line < chapters.count {
            let chapter = chapters[first + line]
            let isChosen = first + line == chosen
            let (glyph, style) = sign(of: chapter.kind)
            let isHere = first + line == replay.chapter && chapter.at <= replay.position
            var end = write(
                [
                    Span(isChosen ? glyphs.cursor + " " : "  ", .accent, .bold),
                    Span(
                        Figures.tenths(chapter.at).right(long ? 9 : 7),
                        isHere ? .accent : .quiet, isHere ? .bold : []),
                    Span("  " + glyph.left(2), style),
                ], in: panel, line: line)
            let room = panel.columns - end
            let text = chapter.text.left(max(0, room), ellipsis: glyphs.ellipsis)
            end = write(
                [Span(text, isChosen ? .accent : .plain, isChosen ? .bold : [])], in: panel,
                line: line, from: end)
        }
    }

    mutating func drawMoment(_ prompt: Prompt) {
        let panel = bottom("go to a time", rows: 2)
        write(prompt, in: panel, line: 0, sign: glyphs.prompt)
        guard case .replay(let replay) = view.source else { return }
        let help =
            prompt.complaint.map { Span($0, .alarm) }
            ?? Span(
                "as 3:41 or 221.5; the recording ends at \(Figures.tenths(replay.length))", .quiet)
        write([help], in: panel, line: 1, from: 2)
    }

    mutating func drawNote(_ prompt: Prompt, at moment: Stamp) {
        let panel = bottom("a note at \(Figures.tenths(moment))", rows: 2)
        write(prompt, in: panel, line: 0, sign: glyphs.note)
        var help = "goes into the recording of this run"
        if case .replay(let replay) = view.source {
            help =
                replay.notes.contains { $0.at == moment }
                ? "an empty line takes the note away"
                : "is kept beside the recording, and packed with it"
        }
        write([Span(help, .quiet)], in: panel, line: 1, from: 2)
    }

    mutating func drawTakeOver() {
        let plan = TakeOver(of: core, at: view.now)
        let panel = bottom("take over here", rows: min(6, plan.commands.count) + 2)
        let topology = core.run?.topology ?? "it"
        let faults = plan.faults == 0 ? "with no fault" : "with \(plan.words)"
        let begin = "start \(topology) anew, "
        let isRoomy = Width.columns(begin + faults) <= panel.columns
        write(
            [
                Span(isRoomy ? begin : "anew, ", .plain, .bold),
                Span(faults + "?", .fault, .bold),
            ], in: panel, line: 0)
        let room = panel.rows - 2
        for (line, command) in plan.commands.prefix(max(0, room)).enumerated() {
            let isCut = line == room - 1 && plan.commands.count > room
            let text = isCut ? "\(plan.commands.count - line) more" : command
            write(
                [
                    Span(isCut ? "  " : glyphs.prompt + " ", .accent, .bold),
                    Span(text.left(panel.columns - 2, ellipsis: glyphs.ellipsis), .command),
                ], in: panel, line: line + 1)
        }
        write(
            [
                Span("data is not restored", .warning),
                Span("; this recording stays as it is", .quiet),
            ], in: panel, line: panel.rows - 1)
    }
}
