internal import ArgumentParser
internal import Cluster
internal import Glibc
internal import Journal
internal import Lab

/// `squall ps`: the nodes of running labs.
struct Ps: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List running labs and their nodes.")

    @OptionGroup var choice: LabChoice

    func run() throws {
        if choice.lab == nil {
            let names = LabDirectory.running()
            guard !names.isEmpty else { return print("no lab is running") }
            for name in names {
                var one = LabChoice()
                one.lab = name
                show(try RunningLab(one))
            }
        } else {
            show(try RunningLab(choice))
        }
    }

    private func show(_ lab: RunningLab) {
        guard let state = try? lab.state() else { return }
        print("\(lab.name)   \(state.core.health.words)")
        for node in state.core.nodes {
            let role = node.role.own.isEmpty ? "-" : node.role.own
            print(
                "  " + pad(node.name, 16) + pad(node.description.address, 14) + pad(role, 10)
                    + pad(node.phase.rawValue, 13) + node.change.reason)
        }
        for fault in state.core.faults where fault.isActive {
            print("  \(fault.record.id)  \(fault.record.text)")
        }
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

/// `squall logs`: what nodes print.
struct Logs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the logs of nodes, merged by time.",
        discussion: "With --run it reads a finished run.")

    @OptionGroup var choice: LabChoice

    @Option(name: .customLong("run"), help: "A run instead of a running lab: its name, or `last`.")
    var recorded: String?

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Argument(help: "Nodes; all when left out.")
    var nodes: [String] = []

    func run() throws {
        let folder: RunFolder
        if let recorded {
            folder = try findRun(recorded, runs)
        } else {
            folder = try RunningLab(choice).folder
        }
        var names = nodes
        if names.isEmpty { names = try RecordedRun(folder).state().core.nodes.map(\.name) }
        var merged: [(time: Double, text: String)] = []
        for name in names {
            guard let text = RecordedRun.text(of: folder.log(of: name)) else {
                if nodes.contains(name) {
                    throw failure("no log of \(name) in \(folder.name)", code: Code.badInput)
                }
                continue
            }
            for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
                let parts = line.split(separator: "\t", maxSplits: 1)
                guard parts.count == 2, let time = Double(parts[0]) else { continue }
                merged.append((time, "\(parts[0]) \(name) \(parts[1].printable)"))
            }
        }
        for line in merged.sorted(by: { $0.time < $1.time }) { print(line.text) }
    }
}

extension Substring {
    /// Without control characters: a log must not be able to steer the terminal.
    fileprivate var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control && scalar != "\t"
                        ? "\u{FFFD}" : scalar
                }))
    }
}
