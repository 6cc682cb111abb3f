internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Dashboard
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab
internal import Synchronization
internal import Terminal

/// The dashboard over a lab that runs: a client of it, like any other.
struct LivePainter {
    private let folder: RunFolder
    private let socket: String

    init(folder: RunFolder, socket: String) {
        self.folder = folder
        self.socket = socket
    }

    /// Shows the lab until its viewer leaves. Ends the command with the reason when the lab or the
    /// terminal cannot be had.
    ///
    /// `echo` is what it says first, `lesson` is taught beside it.
    func run(
        look: LookOptions, readOnly: Bool = false, echo: View.Echo? = nil,
        lesson: LessonRun? = nil
    ) throws -> PainterEnd {
        let lab = try LabView(folder, socket: socket)
        let (client, feed, clock) = (lab.client, lab.feed, lab.clock)
        let sender = CommandSender(path: socket)
        let tail = LogFollower()
        let audience = Audience(path: socket)
        let inspector = Inspector(path: socket)
        let folder = folder
        let tap = EntryTap()
        var world = LiveWorld(
            wake: lab.wake,
            entries: {
                let entries = (try? feed.poll()) ?? []
                for entry in entries {
                    if case .nodeDefined(let id, let node) = entry.event {
                        tail.follow(id, path: folder.log(of: node.name))
                        inspector.define(id, node.name)
                    }
                }
                return lesson == nil ? entries : tap.pass(entries)
            },
            now: { clock.now },
            lines: { tail.takeNew().map { .init(node: $0.node, at: $0.at, text: $0.text) } },
            viewers: { audience.count }, inside: { inspector.look(at: $0) },
            send: { sender.send($0, by: $1) })
        var view = View()
        view.keyMap = try look.keyMap()
        view.readOnly = readOnly
        view.echo = echo
        view.plan = Plan(of: folder)
        view.newcomer = lesson == nil && PainterHistory.isFirst
        var options = look.options(history: PainterHistory.lines())
        defer { PainterHistory.keep(options.history) }
        do {
            let end: PainterEnd
            if let lesson {
                var taught = LessonWorld(world, lesson, tap: tap) {
                    sender.send($0, by: $1, then: $2)
                }
                end = try runPainter(&taught, view: &view, options: &options)
            } else {
                end = try runPainter(&world, view: &view, options: &options)
            }
            switch end {
            case .stop: _ = try? client.ask(ControlRequest(verb: .quit))
            // Whoever only looks on leaves the lab to those that keep it.
            case .detach where readOnly: break
            case .detach: _ = try? client.ask(ControlRequest(verb: .detach))
            case .terminalGone, .takeOver: break
            }
            return end
        } catch {
            throw failure("\(error)", code: Code.unavailable)
        }
    }
}

/// How many look on, asked every two seconds on a thread of its own.
private final class Audience: Sendable {
    /// A source of Dispatch may be used from any thread; it only does not say so.
    nonisolated(unsafe) private let timer: any DispatchSourceTimer
    private let known = Mutex<Int?>(nil)

    init(path: String) {
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "squall-audience"))
        timer.schedule(deadline: .now(), repeating: .seconds(2), leeway: .milliseconds(500))
        timer.setEventHandler { [weak self] in
            guard let self else { return }
            let reply = try? ControlClient(path: path).ask(ControlRequest(verb: .viewers))
            self.known.withLock { $0 = reply?.viewers }
        }
        timer.resume()
    }

    deinit { timer.cancel() }

    /// `nil` as long as nobody has answered.
    var count: Int? { known.withLock { $0 } }
}

/// Hands commands to the lab on a thread of its own, one after the other: the painter never waits.
private final class CommandSender: Sendable {
    private let queue = DispatchQueue(label: "squall-send")
    private let path: String
    private let waiting = Mutex(0)

    init(path: String) { self.path = path }

    /// A sentence when it could not be handed over; `then` hears what became of it, on another thread.
    func send(
        _ command: String, by: String, then: LessonWorld.Reply? = nil
    ) -> String? {
        let isFull = waiting.withLock { count in
            guard count < 64 else { return true }
            count += 1
            return false
        }
        guard !isFull else { return "the lab does not answer; 64 commands wait already" }
        queue.async {
            // What becomes of it is told by the journal too.
            let reply = try? ControlClient(path: self.path).command(command, by: by)
            then?(reply)
            self.waiting.withLock { $0 -= 1 }
        }
        return nil
    }
}

/// Lines of the palette from earlier sessions, and whether there were any: a small file of the user's.
enum PainterHistory {
    private static let most = 200

    /// Nobody has left a dashboard here before.
    static var isFirst: Bool { access(path, F_OK) != 0 }

    /// Oldest first.
    static func lines() -> [String] {
        guard let text = RecordedRun.text(of: path) else { return [] }
        return text.split(separator: "\n").suffix(most).map(String.init)
    }

    /// Keeps the newest.
    static func keep(_ lines: [String]) {
        let text = lines.suffix(most).map { $0 + "\n" }.joined()
        try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static var path: String {
        let root = (try? RunFolder.root()) ?? "/tmp"
        return URL(fileURLWithPath: root).deletingLastPathComponent()
            .appendingPathComponent("history").path
    }
}
