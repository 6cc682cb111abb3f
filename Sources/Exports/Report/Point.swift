internal import Cluster

/// One thing that a run was judged by, in the words of test reports.
struct Point {
    /// What has to be so: `expect ready(all)`.
    var name: String
    /// Which family: `steps`, `expect`, `always`, `check`, `fault`, `settling`.
    var kind: String
    /// What was found.
    var state: State
    /// Why, or what was measured.
    var message: String
    /// Where it stands in the scenario's file.
    var place: RunReport.Place?
    /// What clients saw that was promised not to be, a line each.
    var story: [String] = []

    /// As test reports tell it.
    enum State {
        case passed
        /// A promise of the cluster is broken.
        case failed
        /// The harness could not say, or failed itself.
        case error
        /// Nothing can be said, and nothing is wrong with that.
        case skipped
    }
}

extension RunReport {
    /// Everything that the run was judged by; never empty.
    var points: [Point] { [course] + promises.map(point) + faults.compactMap(point) + settled }

    /// The steps, from the first to the last.
    private var course: Point {
        let failed = failedSteps
        var point = Point(
            name: "the steps run to their end", kind: "steps", state: .passed, message: "",
            place: origin.place)
        let position = state.core.scenario?.steps.last { $0.state == .failed && !$0.step.isEmpty }
        if let position { point.place = origin.places[position.text] ?? origin.place }
        switch outcome {
        case .neverReady, .interrupted, .error: (point.state, point.message) = (.error, reason)
        case .ended, .running: (point.state, point.message) = (.skipped, "run by hand")
        default:
            let stopped = failed.isEmpty && reasons.isEmpty && code != 0
            if stopped { (point.state, point.message) = (.failed, reason) }
            if !failed.isEmpty {
                (point.state, point.message) = (.failed, failed.joined(separator: "\n"))
            }
        }
        return point
    }

    private func point(_ promise: Judgement) -> Point {
        let state: Point.State =
            switch promise.verdict {
            case .holds: .passed
            case .broken: .failed
            case .unknown: outcome == .failed && isStrict ? .failed : .error
            }
        return Point(
            name: "\(promise.kind.rawValue) \(promise.text)", kind: promise.kind.rawValue,
            state: state, message: promise.detail, place: origin.places[promise.text],
            story: promise.story)
    }

    private func point(_ fault: FaultFigures) -> Point? {
        guard let proof = fault.proof else { return nil }
        let state: Point.State =
            switch proof.verdict {
            case .proved: .passed
            case .noEffect: .error
            case .notProvable: isStrict ? .failed : .skipped
            case .measuring: .skipped
            }
        return Point(
            name: "\(fault.id) \(fault.text) has an effect", kind: "fault", state: state,
            message: proof.words, place: nil)
    }

    private var settled: [Point] {
        if let settling {
            return [
                Point(
                    name: "the healed cluster settles", kind: "settling", state: .failed,
                    message: settling, place: origin.place)
            ]
        }
        let isKnown = state.core.scenario?.steps.contains { $0.text == "settling" } == true
        guard isKnown, outcome != .interrupted, outcome != .error else { return [] }
        return [
            Point(
                name: "the healed cluster settles", kind: "settling", state: .passed, message: "",
                place: nil)
        ]
    }
}
