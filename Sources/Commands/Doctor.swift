internal import ArgumentParser
internal import Supervisor

/// `squall doctor`: what this machine can do, and why not more.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what this machine allows, and the line that helps where it does not.")

    func run() throws {
        let report = DoctorReport.ofThisMachine()
        for line in report.lines { print(line) }
        if !report.canRun { throw ExitCode(Code.unavailable) }
    }
}
