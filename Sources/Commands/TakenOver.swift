internal import ArgumentParser
internal import Cluster
internal import Dashboard
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab
internal import Terminal
internal import Topology

/// Goes on live where a recording stands: the same topology, settings and seed, and when every node
/// is ready the faults that acted at that moment. Data is not restored: no recording holds it.
struct TakenOver {
    private let folder: RunFolder
    private let plan: TakeOver
    private let runs: String?

    /// The longest that the cluster may take to be ready.
    private static let patience = Duration.seconds(60)

    init(_ folder: RunFolder, _ player: Player, _ runs: String?) {
        self.folder = folder
        self.runs = runs
        plan = TakeOver(of: player.state.core, at: player.position)
    }

    /// What was begun, and what is to be said of it.
    struct Begun {
        fileprivate let run: StartedRun
        /// `3 faults of 03:41.2 set again; data is not restored`.
        let sentence: String

        /// Hands the keys over.
        func show(look: LookOptions) throws {
            try Up.show(run, look: look, echo: View.Echo(effect: sentence))
        }
    }

    /// With `detach` the cluster goes on by itself.
    func start(detach: Bool, look: LookOptions) throws {
        if !detach { try look.requireTerminal(or: "--linear or --detach") }
        let begun = try begin(mode: detach ? "detached" : "dashboard")
        guard detach else { return try begun.show(look: look) }
        print(begun.run.folder.name)
        complain(begun.sentence)
    }

    /// Starts the cluster, waits until all is ready, and sets the faults. Ends the command with the reason
    /// where that can't be done; then nothing is left running.
    func begin(mode: String) throws -> Begun {
        let options = try recorded()
        let source = try TopologySource(of: folder, options)
        let topology = try source.read(settings: options.settings)
        var start = try StartOptions.parse(
            ["--seed=\(options.seed)"] + (runs.map { ["--runs=\($0)"] } ?? [])
                + options.settings.sorted { $0.key < $1.key }.map { "--set=\($0.key)=\($0.value)" })
        // Only root chooses whom the nodes run as.
        if geteuid() == 0 { start.user = options.user }
        let origin = RunOptions.Origin(run: folder.name, at: plan.moment.seconds)
        let run = try StartedRun.start(source, topology, start, mode: mode, origin: origin)
        do {
            return Begun(run: run, sentence: try setAgain(in: run))
        } catch {
            if let client = try? ControlClient(path: run.options.socket) {
                _ = try? client.ask(ControlRequest(verb: .quit))
            }
            var status: Int32 = 0
            waitpid(run.process, &status, 0)
            throw error
        }
    }

    private func recorded() throws -> RunOptions {
        guard let data = FileManager.default.contents(atPath: folder.info),
            let options = try? JSONDecoder().decode(RunOptions.self, from: data)
        else {
            throw failure(
                "\(folder.info) does not say how the run was started", code: Code.badInput)
        }
        return options
    }

    /// Waits, gives the commands, and writes down where this run comes from.
    private func setAgain(in run: StartedRun) throws -> String {
        let lab = RunningLab(run)
        let client: ControlClient
        do {
            client = try ControlClient(path: lab.socket)
            // Whoever waits keeps the lab alive.
            _ = try client.ask(ControlRequest(verb: .attach))
        } catch {
            throw failure(error.description, code: error.code)
        }
        var late = ""
        let isReady = try lab.follow(within: Self.patience) { state in
            late = state.core.nodes.filter { !$0.isClient && $0.phase != .ready }
                .map { "\($0.name) \($0.change.reason.isEmpty ? "is not" : $0.change.reason)" }
                .joined(separator: ", ")
            return state.core.allReadyAt != nil
        }
        guard isReady else {
            throw failure("the cluster did not get ready: \(late)", code: Code.notReady)
        }
        var refused = plan.unknown.map { "\($0): not known to this version" }
        for command in plan.commands {
            let reply = try lab.command(command, by: "take-over")
            if !reply.ok { refused.append("\(command): \(reply.text)") }
        }
        let sentence = sentence(refused)
        let note = "\(sentence); taken over from \(folder.name)"
        _ = try lab.command(Command.note(note).text, by: "take-over")
        withExtendedLifetime(client) {}
        return sentence
    }

    private func sentence(_ refused: [String]) -> String {
        let set =
            plan.faults == 0 ? "\(plan.words): nothing to set again" : "\(plan.words) set again"
        let but = refused.isEmpty ? "" : "; but \(refused.joined(separator: "; "))"
        return "\(set)\(but); data is not restored"
    }
}

extension RunningLab {
    /// The lab that this command has started.
    init(_ run: StartedRun) {
        self.init(run.folder, socket: run.options.socket)
    }
}

extension TopologySource {
    /// The topology that a recorded run was started with, as its folder keeps it.
    init(of folder: RunFolder, _ options: RunOptions) throws {
        guard let text = RecordedRun.text(of: folder.topology) else {
            throw failure("\(folder.path) keeps no topology", code: Code.badInput)
        }
        let isThere =
            options.sourceFolder.isEmpty
            || FileManager.default.fileExists(atPath: options.sourceFolder)
        guard isThere || !text.contains("{topology}") else {
            throw failure(
                "the topology needs files beside it, and \(options.sourceFolder) is not here",
                code: Code.unavailable)
        }
        word = options.sourceFolder.isEmpty ? options.topology : options.file
        file = options.file
        self.text = text
        self.folder = options.sourceFolder
    }
}
