internal import CTerminal
internal import Cluster
public import Dashboard

/// Why a painter ended.
public enum PainterEnd: Equatable, Sendable {
    /// The viewer wants the lab to go on.
    case detach
    /// The viewer wants the lab to end.
    case stop
    /// The viewer wants the same cluster to run, with the faults that act at the playhead.
    case takeOver
    /// The terminal is gone.
    case terminalGone
}

/// Shows a world in the terminal until the viewer leaves. Owns the terminal and its thread
/// meanwhile: waits on keys and on the world's descriptor, never polls, and sleeps when nothing
/// moves.
/// - Parameters:
///   - world: where entries come from and commands go.
///   - view: what is shown first; the last one is left in it.
///   - options: how it is painted; `history` is left in it with the lines that were typed.
/// - Throws: `TerminalError` when there is no terminal to paint on.
public func runPainter(
    _ world: inout some PainterWorld, view: inout View, options: inout PainterOptions
) throws(TerminalError) -> PainterEnd {
    switch Int(
        squall_terminal_open(
            options.terminal, options.mouse ? 1 : 0, options.depth == nil ? 1 : 0))
    {
    case squall_opened: break
    case squall_no_terminal: throw .noTerminal
    case squall_dumb_terminal: throw .dumbTerminal
    default: throw .unknownTerminal(terminalName())
    }
    defer { squall_terminal_close() }
    view.glyphs = options.glyphs ?? (squall_terminal_unicode() != 0 ? .braille : .ascii)
    var painter = Painter(
        interaction: Interaction(view: view, history: options.history),
        canvas: Canvas(
            theme: options.theme(colours: Int(squall_terminal_colours())),
            isDirect: squall_terminal_colours() > 256))
    let end = painter.run(&world)
    view = painter.interaction.view
    options.history = painter.interaction.history
    return end
}

/// The loop: what has come, keys, a frame, and then waiting.
struct Painter {
    var interaction: Interaction
    var canvas: Canvas
    private var frame = Frame(size: Size(columns: 0, rows: 0))
    private var isPasting = false
    private var lastPaint: Int64 = 0
    /// When the frame on the screen was drawn, by the run's clock.
    private var shownAt = Stamp(microseconds: -1)

    /// No more frames a second than this, keys excepted.
    private static let shortestPause: Int64 = 80_000_000

    init(interaction: Interaction, canvas: Canvas) {
        self.interaction = interaction
        self.canvas = canvas
    }

    mutating func run(_ world: inout some PainterWorld) -> PainterEnd {
        var isDue = true
        while true {
            if world.advance() { isDue = true }
            refresh(from: &world)
            switch takeKeys(&world) {
            case .ended(let end): return end
            case .some:
                // A key may have moved the playhead.
                refresh(from: &world)
                isDue = true
            case .none: break
            }
            if squall_terminal_resumed() != 0 {
                canvas.forget()
                isDue = true
            }
            if isDue || isClockDue || size() != frame.size {
                frame = render(world.state, interaction.view, size())
                canvas.paint(frame)
                shownAt = interaction.view.now
                lastPaint = squall_terminal_clock()
                isDue = false
            }
            wait(world)
        }
    }

    private mutating func refresh(from world: inout some PainterWorld) {
        interaction.view.now = world.now
        interaction.view.source = world.source
        interaction.view.lesson = world.lesson
        if let screen = world.nextScreen() { interaction.show(screen) }
        world.read(into: &interaction.view.logs)
        world.look(at: interaction.inspected(world.state))
        interaction.view.inspection = world.inspection
    }

    private var isClockDue: Bool { interaction.view.now != shownAt }

    private func size() -> Size {
        var columns: Int32 = 0
        var rows: Int32 = 0
        squall_terminal_size(&columns, &rows)
        return Size(columns: Int(columns), rows: Int(rows))
    }

    // MARK: Keys

    private enum Taken {
        case none
        case some
        case ended(PainterEnd)
    }

    /// All keys that are there: one wake-up may stand for many.
    private mutating func takeKeys(_ world: inout some PainterWorld) -> Taken {
        var taken = Taken.none
        var key = squall_key()
        while true {
            squall_terminal_key(&key)
            switch Int(key.kind) {
            case squall_key_none: return taken
            case squall_key_end: return .ended(.terminalGone)
            case squall_key_paste_begin: isPasting = true
            case squall_key_paste_end: isPasting = false
            default:
                taken = .some
                guard let input = Input(key), !isPasting || takesText else { continue }
                // A line break within pasted text must not run what stands before it.
                if isPasting, input == .enter { continue }
                if let end = take(input, &world) { return .ended(end) }
            }
        }
    }

    /// Pasted text goes where text is typed; anywhere else each letter of it would be a command.
    private var takesText: Bool {
        switch interaction.view.overlay {
        case .palette, .filter, .form, .moment, .note: true
        default: false
        }
    }

    private mutating func take(_ input: Input, _ world: inout some PainterWorld) -> PainterEnd? {
        for outcome in interaction.on(input, state: world.state, frame: frame) {
            switch outcome {
            case .run(let command, let by):
                if let problem = world.send(command, by: by) {
                    interaction.refused(command, problem)
                }
            case .playback(let wish): world.playback(wish)
            case .search(let search):
                let found = world.search(search)
                refresh(from: &world)
                interaction.found(found, search)
            case .annotate(let text, let moment):
                if let problem = world.annotate(text, at: moment) {
                    interaction.refused("", problem)
                }
            case .lesson(let wish):
                world.lesson(wish)
                refresh(from: &world)
            case .takeOver: return .takeOver
            case .leave(.detach): return .detach
            case .leave(.stop): return .stop
            case .suspend: squall_terminal_suspend()
            case .redraw: canvas.forget()
            }
        }
        return nil
    }

    // MARK: Waiting

    private func wait(_ world: some PainterWorld) {
        let pause = (Painter.shortestPause - (squall_terminal_clock() - lastPaint)) / 1_000_000
        if pause > 0 {
            // Only keys, and another size, are answered sooner.
            if squall_terminal_wait(squall_terminal_descriptor(), -1, Int32(pause)) != 0 { return }
        }
        _ = squall_terminal_wait(
            squall_terminal_descriptor(), world.wakeDescriptor, untilClock(world))
    }

    /// Milliseconds until the clock on the screen shows something else; forever when it stands still.
    private func untilClock(_ world: some PainterWorld) -> Int32 {
        switch world.source {
        case .replay(let replay): return replay.isPlaying ? 100 : -1
        case .live:
            if world.state.core.ended != nil { return -1 }
            let rest = 1_000_000 - world.now.microseconds % 1_000_000
            return Int32(clamping: rest / 1_000 + 1)
        }
    }
}

private func terminalName() -> String { environmentText("TERM") ?? "" }
