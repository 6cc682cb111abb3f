internal import ArgumentParser
internal import Cluster
internal import Lab

/// `squall down`: ends a running lab from another terminal.
struct Down: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End a running lab: heal, stop every node, leave nothing behind.")

    @OptionGroup var choice: LabChoice

    func run() throws {
        let lab = try RunningLab(choice)
        do {
            _ = try ControlClient(path: lab.socket).ask(ControlRequest(verb: .quit))
        } catch {
            throw failure(error.description, code: error.code)
        }
        guard try lab.follow(within: .seconds(60), { $0.core.ended != nil }) else {
            throw failure("\(lab.name) did not end within a minute", code: Code.internalError)
        }
        Farewell.say(lab.folder)
    }
}
