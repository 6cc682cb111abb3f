internal import ArgumentParser
internal import Fabric
internal import Glibc
internal import Supervisor
internal import Topology

/// `squall doctor`: what this machine can do, and why not more.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what this machine allows, and the line that helps where it does not.",
        discussion: "The exit code is 69 where no lab can run.")

    @Option(help: "As root: the user that the nodes would run as.")
    var user: String?

    func run() throws {
        let user = user
        let found = blocking { await Capabilities.probe(user: user) }
        for finding in found.findings {
            line(finding.isGood, finding.subject, finding.detail)
        }
        if let scheduling = try? Fabric(seed: 0).scheduling {
            line(
                scheduling == .fifo || scheduling == .nice, "packet loop",
                scheduling.rawValue
                    + (scheduling == .fifo
                        ? ""
                        : ": delays may be late while every core is busy; root gets SCHED_FIFO"))
        }
        for (name, _) in TopologySource.shipped {
            guard let topology = try? TopologySource(name).read() else { continue }
            let missing = TopologySource.missingPrograms(of: topology)
            line(
                missing.isEmpty, "topology \(name)",
                missing.isEmpty
                    ? "can start" : missing.map(\.description).joined(separator: "; "))
        }
        if found.attachments.isEmpty { throw ExitCode(Code.unavailable) }
    }

    private func line(_ isGood: Bool, _ subject: String, _ detail: String) {
        let pad = String(repeating: " ", count: max(1, 18 - subject.count))
        let rest = detail.split(separator: "\n", omittingEmptySubsequences: false)
        print("\(isGood ? "●" : "✕") \(subject)\(pad)\(rest.first ?? "")")
        for more in rest.dropFirst() { print(String(repeating: " ", count: 20) + more) }
    }
}
