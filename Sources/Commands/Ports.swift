internal import ArgumentParser
internal import Cluster

/// `squall ports`: where published ports are reached.
struct Ports: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the ports of a running lab that are reached from this host.")

    @OptionGroup var choice: LabChoice

    func run() throws {
        for entry in try RecordedRun(RunningLab(choice).folder).entries() {
            if case .note(let text, "publish") = entry.event { print(text) }
        }
    }
}
