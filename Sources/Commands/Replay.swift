internal import ArgumentParser
internal import Cluster
internal import Dashboard
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab
internal import Terminal

/// `squall replay RUN`: the dashboard over a recording.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a recorded run in the same dashboard: play, pause, step, seek, search.",
        discussion: """
            T takes over: it starts the same cluster live and sets the faults of that moment again. \
            --take-over does so at once. --linear prints the recording at once, from --at on; with --speed \
            as it happened.
            """)

    @OptionGroup var look: LookOptions

    @Option(help: "Stands still at this moment, as 3:41 or in seconds.")
    var at: String?

    @Option(help: "How fast it plays, from 0.1 to 100; 1 is as it happened.")
    var speed: Double?

    @Flag(help: "Prints its chapters and shows nothing.")
    var chapters = false

    @Flag(help: "With --at: starts the same cluster live, with the faults of that moment.")
    var takeOver = false

    @Flag(help: "With --take-over: leaves the cluster running; `squall attach` shows it.")
    var detach = false

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Argument(help: "A run's name, the end of it, a path, a packed file, or `last`.")
    var recorded = "last"

    func validate() throws {
        if detach && !takeOver { throw ValidationError("--detach needs --take-over") }
        if takeOver && at == nil { throw ValidationError("--take-over needs --at") }
        if takeOver && chapters { throw ValidationError("--chapters shows nothing to take over") }
        if chapters && look.linear {
            throw ValidationError("--chapters and --linear print different things")
        }
        if detach && look.linear { throw ValidationError("--detach shows nothing, --linear does") }
        if let speed, !(0.1...100).contains(speed) {
            throw ValidationError("--speed takes a number from 0.1 to 100")
        }
        _ = try moment()
    }

    private func moment() throws -> Stamp? {
        guard let at else { return nil }
        guard let moment = Stamp(clock: at) else {
            throw ValidationError("--at takes a time such as 3:41 or 221.5, not \(at)")
        }
        return moment
    }

    func run() throws {
        let folder = try findRun(recorded, runs)
        var world: ReplayWorld
        do {
            world = try ReplayWorld(folder)
        } catch {
            throw failure(error.description, code: Code.badInput)
        }
        if chapters {
            for chapter in world.player.recording.chapters { print(ChapterList.line(chapter)) }
            return
        }
        if look.linear && !takeOver {
            let lines = LinearReplay(
                recording: world.player.recording, colour: look.coloursLines)
            return lines.run(from: try moment(), speed: speed)
        }
        world.begin(at: try moment(), speed: speed)
        if takeOver {
            return try TakenOver(folder, world.player, runs).start(detach: detach, look: look)
        }
        try show(&world, folder)
    }

    /// Until it is left, or left for the live cluster.
    private func show(_ world: inout ReplayWorld, _ folder: RunFolder) throws {
        var view = View()
        view.keyMap = try look.keyMap()
        view.plan = Plan(of: folder)
        var options = look.options()
        while true {
            do {
                guard try runPainter(&world, view: &view, options: &options) == .takeOver else {
                    return
                }
            } catch {
                throw failure("\(error)", code: Code.unavailable)
            }
            let core = world.player.state.core
            print(
                "\(core.run?.topology ?? "the cluster") starts anew, as of "
                    + "\(world.player.position.clock(decimals: 1))")
            do {
                let taken = try Complaints.catching {
                    try TakenOver(folder, world.player, runs).begin(mode: "dashboard")
                }
                return try taken.show(look: look)
            } catch let complaint as Complaint {
                view.echo = View.Echo(effect: complaint.line, tone: .refused)
            }
        }
    }
}

/// Chapters as lists for people and for programs.
enum ChapterList {
    /// `03:41.2  fault      f2 delay between redis-1 and redis-3 by 100ms`
    static func line(_ chapter: Recording.Mark) -> String {
        let kind = chapter.word
        let padding = String(repeating: " ", count: max(1, 11 - kind.count))
        return "\(chapter.at.clock(decimals: 1))  \(kind)\(padding)\(chapter.text)"
    }

    /// An array of `{"t":221.2,"kind":"fault","text":"f2 delay …"}`, one a line.
    static func json(_ chapters: [Recording.Mark]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = chapters.map { chapter in
            let row = Row(t: chapter.at.seconds, kind: chapter.word, text: chapter.text)
            let data = (try? encoder.encode(row)) ?? Data("null".utf8)
            return String(decoding: data, as: UTF8.self)
        }
        return lines.isEmpty ? "[]\n" : "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    }

    private struct Row: Encodable {
        var t: Double
        var kind: String
        var text: String
    }
}
