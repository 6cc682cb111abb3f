internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Dispatch
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab

/// A recording becomes a lab: the same topology, settings and seed are started anew, and the faults of a
/// moment are set again as soon as every node is ready. Data is not brought back.
struct TakeOver {
    let run: StartedRun
    private let takeover: Takeover
    private let origin: String

    /// How long the nodes may take to be ready.
    private static let patience = Duration.seconds(120)

    /// Starts it; ends the command with the reason where it cannot be started.
    init(_ recorded: RunFolder, _ core: Core, at moment: Stamp, runs: String?, mode: String) throws
    {
        guard let data = FileManager.default.contents(atPath: recorded.info),
            let options = try? JSONDecoder().decode(RunOptions.self, from: data)
        else {
            throw failure(
                "\(recorded.info) is missing or damaged: it is not known how the run was started",
                code: Code.badInput)
        }
        let source = try TopologySource(recorded: recorded, options)
        var start = try StartOptions.parse([])
        start.set = options.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        start.seed = options.seed
        start.user = options.user
        start.runs = runs
        run = try StartedRun.start(
            source, source.read(settings: options.settings), start, mode: mode)
        takeover = Takeover(core, at: moment)
        origin = "taken over from \(recorded.name) at \(moment.clock(decimals: 1))"
    }

    /// Waits until every node is ready, and sets the faults again. What it did, a line each.
    func carryOut() throws -> [String] {
        var choice = LabChoice()
        choice.lab = run.folder.name
        let lab = try RunningLab(choice)
        let isReady = try lab.follow(within: Self.patience) { $0.core.allReadyAt != nil }
        guard isReady else {
            throw failure(
                "not every node became ready: no fault was set again", code: Code.neverReady)
        }
        var refused = takeover.leftOut
        for command in takeover.commands {
            let reply = try lab.command(command, by: "take over")
            if !reply.ok { refused.append("\(command): \(reply.text)") }
        }
        let told = "\(origin): \(takeover.summary) set again; data begins anew"
        let lines = [told] + refused.map { "not set again: \($0)" }
        for line in lines { _ = try? lab.command("note \(line)", by: "take over") }
        return lines
    }

    /// The same beside a dashboard, which shows what comes of it.
    func carryOutBeside() {
        let takeOver = self
        DispatchQueue(label: "squall-take-over").async { _ = try? takeOver.carryOut() }
    }
}

extension TopologySource {
    /// What a recorded run was started from; its text lies in the run's folder.
    init(recorded: RunFolder, _ options: RunOptions) throws {
        guard let text = RecordedRun.text(of: recorded.topology), !text.isEmpty else {
            throw failure("\(recorded.topology) can't be read", code: Code.badInput)
        }
        word = options.file
        file = options.sourceFolder.isEmpty ? options.file : recorded.topology
        self.text = text
        folder = options.sourceFolder
    }
}
