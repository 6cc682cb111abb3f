internal import Cluster
internal import Glibc

/// What a headless run prints while it goes on.
struct RunPrinter {
    /// What was lost because a queue was full, by name.
    private var lost: [String: UInt64] = [:]

    /// Prints what an entry brought.
    mutating func tell(_ entry: Entry, _ state: ClusterState) {
        let time = entry.at.clock(decimals: 1)
        switch entry.event {
        case .scenarioStep(let position) where position.state != .done:
            let mark = position.state == .failed ? "✕" : "·"
            line("\(time) \(mark) \(position.step) \(position.text) \(position.message)")
        case .nodeChanged(let id, let change):
            guard Int(id.index) < state.core.nodes.count,
                !state.core.nodes[Int(id.index)].isClient, change.phase != .waiting
            else { return }
            line(
                "\(time)   \(state.core.nodes[Int(id.index)].name) \(change.phase.rawValue)  \(change.reason)"
            )
        case .faultBegan(let fault): line("\(time) ↯ \(fault.id) \(fault.text)")
        case .faultMeasured(let id, let proof):
            line("\(time)   \(id) \(proof.verdict.rawValue): \(proof.words)")
        case .faultEnded(let id, let end) where end != .momentary:
            line("\(time) ↺ \(id) \(end.rawValue)")
        case .judged(let judgement):
            let mark =
                switch judgement.verdict {
                case .holds: "●"
                case .broken: "✕"
                case .unknown: "?"
                }
            line(
                "\(time) \(mark) \(judgement.kind.rawValue) \(judgement.text)   \(judgement.detail)"
            )
            for violation in judgement.violations {
                line("          \(violation.text)   (at \(violation.at.clock(decimals: 1)))")
                for part in violation.story { line("            \(part)") }
            }
        case .note(let text, _): line("\(time)   \(text)")
        case .dropped(let report): lost[report.what, default: 0] += report.count
        default: break
        }
    }

    /// What is missing in the recording.
    func finish() {
        for (what, count) in lost.sorted(by: { $0.key < $1.key }) {
            line("\(what): \(count) lost")
        }
    }

    private func line(_ text: String) {
        print(text)
        flushOutput()
    }
}

/// Whatever was printed is on its way, also into a pipe.
func flushOutput() { fflush(nil) }
