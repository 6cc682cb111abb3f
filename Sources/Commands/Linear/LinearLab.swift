internal import Cluster
internal import Exports
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab
internal import Synchronization
internal import Terminal

/// A running lab told line by line, in place of the dashboard: for screen readers and plain logs. Lines
/// of standard input are commands.
struct LinearLab {
    let folder: RunFolder
    let socket: String
    /// Whether the lab is this command's own: then it ends with the input, and with signals.
    let isOwn: Bool
    let readOnly: Bool
    let colour: Bool

    /// Who gives commands here, as the journal tells.
    static let name = "line"

    /// How it was left.
    struct Left {
        var end: PainterEnd
        /// The exit code where a signal was the reason, or the lab died without a word.
        var code: Int32 = 0
    }

    /// Tells the lab until it ends, or until somebody leaves; `remark` is said first.
    func run(remark: String?) throws -> Left {
        let door = Door()
        door.listenToSignals()
        let view = try LabView(folder, socket: socket)
        let printer = LinePrinter(colour: colour)
        let known = Known()
        if let remark { printer.say([RunTelling.Line(view.clock.now, "done", remark)]) }
        if LineInput.canSpeak {
            let reader = Reader(
                lab: RunningLab(folder, socket: socket), known: known,
                printer: printer, clock: view.clock, readOnly: readOnly, door: door)
            Thread { reader.run() }.start()
        }
        var telling = RunTelling(.words, silentAbout: Self.name)
        var state = ClusterState(series: false)
        /// False when the run has ended.
        func tell() throws -> Bool {
            do {
                while true {
                    let entries = try view.feed.poll()
                    if entries.isEmpty { break }
                    for entry in entries {
                        state.apply(entry)
                        printer.say(telling.lines(entry, state))
                    }
                }
            } catch {
                throw failure(error.description, code: Code.internalError)
            }
            known.set(state.core)
            return !view.feed.isFinished
        }
        var reason: Door.Reason?
        while reason == nil {
            let isAlive = folder.isInUse
            guard try tell() else { break }
            reason = door.reason
            if reason == nil, !isAlive {
                printer.say(telling.finish())
                throw failure("the lab is gone without a word", code: Code.internalError)
            }
            if reason == nil { door.wait(beside: view.wake, milliseconds: 1_000) }
        }
        let left = leave(for: reason, view.client)
        if left.end == .stop {
            // What it says while it ends; a lab that hangs is given up by whoever waits for its process.
            let limit = ContinuousClock.now + .seconds(20)
            while try tell(), folder.isInUse, ContinuousClock.now < limit {
                var descriptor = pollfd(fd: view.wake, events: Int16(POLLIN), revents: 0)
                poll(&descriptor, 1, 200)
            }
        }
        printer.say(telling.finish())
        return left
    }

    /// Tells the lab, and says what becomes of it.
    private func leave(for reason: Door.Reason?, _ client: ControlClient) -> Left {
        switch reason {
        // It has ended by itself, or because of somebody else.
        case nil: return Left(end: .stop)
        case .quit where readOnly && !isOwn, .inputEnded where !isOwn:
            return Left(end: .terminalGone)
        case .quit, .inputEnded:
            _ = try? client.ask(ControlRequest(verb: .quit))
            return Left(end: .stop)
        // Whoever only looks on leaves the lab to those that keep it.
        case .detach where readOnly: return Left(end: .detach)
        case .detach:
            _ = try? client.ask(ControlRequest(verb: .detach))
            return Left(end: .detach)
        case .signal(SIGHUP): return Left(end: .terminalGone, code: 128 + SIGHUP)
        case .signal(let number):
            guard isOwn else { return Left(end: .terminalGone, code: 128 + number) }
            let code = number == SIGINT ? "130" : "143"
            _ = try? client.ask(ControlRequest(verb: .interrupt, by: code))
            return Left(end: .stop, code: 128 + number)
        }
    }
}

/// The state that questions are answered from: the one that was told last.
private final class Known: Sendable {
    private let state = Mutex(Core())

    func set(_ core: Core) { state.withLock { $0 = core } }

    var core: Core { state.withLock { $0 } }
}

/// Why the viewer leaves, and whom it wakes. The first reason stands.
private final class Door: Sendable {
    enum Reason: Equatable {
        case quit
        case detach
        case inputEnded
        case signal(Int32)
    }

    private let said = Mutex<Reason?>(nil)
    private let ends: (read: Int32, write: Int32)

    init() {
        var pair: [Int32] = [-1, -1]
        pipe(&pair)
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    var reason: Reason? { said.withLock { $0 } }

    func leave(_ reason: Reason) {
        said.withLock { $0 = $0 ?? reason }
        var byte: UInt8 = 0
        _ = write(ends.write, &byte, 1)
    }

    /// Until somebody wants to leave, or the other descriptor can be read.
    func wait(beside other: Int32, milliseconds: Int32) {
        var descriptors = [
            pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0),
        ]
        poll(&descriptors, 2, milliseconds)
    }

    /// Called before any other thread exists.
    func listenToSignals() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let waited = signals
        Thread {
            var waited = waited
            while true {
                var number: Int32 = 0
                guard sigwait(&waited, &number) == 0 else { return }
                self.leave(.signal(number))
            }
        }.start()
    }
}

/// Carries out what is typed, on a thread of its own: a command that waits holds up nothing else.
private struct Reader: Sendable {
    let lab: RunningLab
    let known: Known
    let printer: LinePrinter
    let clock: RunClock
    let readOnly: Bool
    let door: Door

    func run() {
        var input = LineInput()
        while true {
            switch input.next() {
            case .end: return door.leave(.inputEnded)
            case .tooLong: say("refused", "a line has at most \(LineInput.longest) bytes", .bad)
            case .line(let line):
                switch Asking(line, known.core, now: clock.now, readOnly: readOnly) {
                case .nothing: break
                case .told(let lines): for line in lines { say("answer", line) }
                case .refused(let reason): say("refused", reason, .bad)
                case .command(let command): carryOut(command)
                case .quit: return door.leave(.quit)
                case .detach: return door.leave(.detach)
                }
            }
        }
    }

    private func carryOut(_ line: String) {
        do {
            switch try lab.carryOut(line, by: LinearLab.name) {
            case .done(let words): say("done", words.isEmpty ? line : words, .good)
            case .refused(let reason): say("refused", reason, .bad)
            }
        } catch {
            say("refused", "\(error)", .bad)
        }
    }

    private func say(_ word: String, _ text: String, _ tone: RunTelling.Line.Tone = .plain) {
        let parts = text.split(separator: "\n", omittingEmptySubsequences: true)
        let lines = parts.enumerated().map { index, part in
            index == 0
                ? RunTelling.Line(clock.now, word, String(part), tone)
                : RunTelling.Line(nil, "", String(part))
        }
        printer.say(lines)
    }
}
