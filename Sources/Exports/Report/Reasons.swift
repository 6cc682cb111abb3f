internal import Cluster

/// Why a run did not pass.
extension RunReport {
    /// One sentence without a full stop each, the weightiest first; empty when it passed.
    public var reasons: [String] {
        switch outcome {
        case .passed, .ended, .running: []
        case .failed: brokenPromises + failedSteps + noEffects + (settling.map { [$0] } ?? [])
        case .neverReady: failedSteps
        case .noEffect: noEffects
        case .unsettled: settling.map { [$0] } ?? []
        case .unknown: unknownPromises
        case .interrupted: ["it was interrupted\(whereItStood)"]
        case .error: [state.core.ended?.reason ?? "the lab ended without a word; see lab.log"]
        }
    }

    /// The weightiest reason. Where nothing else is known, what the run itself said.
    public var reason: String {
        if let first = reasons.first { return first }
        switch outcome {
        case .passed: return promises.isEmpty ? "nothing was promised" : "all promises were kept"
        case .running: return "it still goes on"
        default: return (state.core.ended?.reason ?? "") + whereItStood
        }
    }

    private var brokenPromises: [String] {
        promises.filter { $0.verdict == .broken }.map(\.complaint)
            + (isStrict ? unknownPromises + notProved : [])
    }

    /// With `--strict` nothing else has to be wrong.
    var isStrict: Bool { state.core.ended?.reason.contains("--strict") == true }

    private var unknownPromises: [String] {
        promises.filter { $0.verdict == .unknown }.map(\.complaint)
    }

    private var notProved: [String] {
        faults.filter { $0.proof?.verdict == .notProvable }
            .map { "\($0.label) could not be proved: \($0.proof?.words ?? "")" }
    }

    private var noEffects: [String] {
        faults.filter { $0.proof?.verdict == .noEffect }
            .map { "\($0.label) had no effect: \($0.proof?.words ?? "")" }
    }

    /// The steps that failed; the scenario as a whole and its settling are no steps.
    var failedSteps: [String] {
        (state.core.scenario?.steps ?? []).filter { $0.state == .failed && !$0.step.isEmpty }
            .map { "step \($0.step), \($0.text): \($0.message)" }
    }

    var settling: String? {
        let failed = state.core.scenario?.steps.last {
            $0.step.isEmpty && $0.text == "settling" && $0.state == .failed
        }
        if let failed { return "healed, it did not settle: \(failed.message)" }
        return code == 5 ? state.core.ended?.reason : nil
    }

    /// ` at step 3, wait 1h`.
    private var whereItStood: String {
        let open = state.core.scenario?.steps.last { $0.state == .began && !$0.step.isEmpty }
        return open.map { " at step \($0.step), \($0.text)" } ?? ""
    }
}

extension Judgement {
    /// Each violation and what explains it, a line each.
    var story: [String] {
        violations.flatMap { violation in
            ["\(violation.text) (at \(Spoken.fixed(violation.at.seconds, 3)) s)"]
                + violation.story.map { "  " + $0 }
        }
    }

    /// What was promised and what was found.
    var complaint: String {
        let what = verdict == .unknown ? "could not be judged" : "is broken"
        return "\(text) \(what)" + (detail.isEmpty ? "" : ": \(detail)")
    }
}
