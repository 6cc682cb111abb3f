import Cluster

/// The line above the keys: what this viewer just did, or what it could do first.
extension Renderer {
    /// - Returns: whether the row was needed.
    mutating func drawEcho(row: Int) -> Bool {
        guard let echo = view.echo.map(answered) else { return drawInvitation(row: row) }
        let style: Style =
            switch echo.tone {
            case .told: .plain
            case .asking: .warning
            case .refused: .alarm
            }
        var column = 1
        if !echo.command.isEmpty {
            column = write(glyphs.prompt + " ", column, row, .accent, .bold)
            column = write(echo.command, column, row, .command) + 3
        }
        guard column < columns else { return true }
        let canUndo = echo.tone == .told && holdsUntilUndone(echo.command)
        let room = columns - column - (canUndo ? 9 : 0)
        if Width.columns(echo.effect) > room {
            write(echo.effect.left(max(0, room), ellipsis: glyphs.ellipsis), column, row, style)
            column = columns - 9
        } else {
            column = write(echo.effect, column, row, style)
        }
        if canUndo {
            column = write(" \(glyphs.dot) ", column, row, .quiet)
            column = write("u", column, row, .key, .bold)
            write(" undo", column, row, .quiet)
        }
        return true
    }

    /// The echo with what has become of its command since: refused after all, or measured.
    private func answered(_ echo: View.Echo) -> View.Echo {
        guard !echo.command.isEmpty, echo.tone == .told, let last = core.commands.last,
            last.record.text == echo.command, Interaction.isByHand(last.record.by)
        else { return echo }
        var echo = echo
        if let refusal = last.refusal {
            echo.effect = refusal
            echo.tone = .refused
        }
        let fault = core.faults.last { $0.record.id == last.record.fault }
        if let proof = fault?.proof, proof.verdict != .measuring {
            echo.effect += " \(glyphs.dot) \(proof.words)"
        }
        return echo
    }

    /// The first time, one quiet line says what to do.
    private mutating func drawInvitation(row: Int) -> Bool {
        guard view.newcomer, view.overlay == nil, health.status != .starting, core.faults.isEmpty
        else { return false }
        var column = write(glyphs.prompt + " ", 1, row, .accent, .bold)
        if columns < 80 {
            column = write("press ", column, row, .quiet)
            column = write("c", column, row, .key, .bold)
            write(health.leaders.isEmpty ? " on a node" : " on the leader", column, row, .quiet)
            return true
        }
        guard let leader = health.leaders.first else {
            column = write("press ", column, row, .quiet)
            column = write("c", column, row, .key, .bold)
            write(" on a node, and see who notices", column, row, .quiet)
            return true
        }
        column = write("press ", column, row, .quiet)
        column = write("c", column, row, .key, .bold)
        column = write(" on the leader, ", column, row, .quiet)
        column = write(core.name(of: leader), column, row, .leader)
        write(": it crashes; see who notices, and when", column, row, .quiet)
        return true
    }

    /// Whether `u` would take it back: the fault that the line made is still active.
    private func holdsUntilUndone(_ line: String) -> Bool {
        if line.isEmpty || line.hasPrefix("heal ") { return false }
        let command = core.commands.last { Interaction.isByHand($0.record.by) }
        guard let command, command.record.text == line, let id = command.record.fault else {
            return Renderer.faultVerbs.contains(String(line.prefix { $0 != " " }))
        }
        return core.faults.contains { $0.record.id == id && $0.isActive }
    }

    private static let faultVerbs = Set(FaultMenu.items.map(\.verb)).union(["hold", "reset"])
}
