internal import Cluster

/// Standing still between two steps, and going on.
extension ScenarioRun {
    mutating func keep(_ pace: Pace, _ now: Stamp) {
        guard phase == .steps else { return }
        mayStep = pace == .step
        if pace == .flow {
            guard let since = heldSince else { return }
            heldSince = nil
            say("", itself, .resumed)
            // A storm that stood still blows as long as it would have.
            for id in strands.keys { strands[id]?.shiftDrawing(by: now - since) }
        } else if heldSince == nil {
            heldSince = now
            say("", itself, .paused)
        }
    }

    /// Whether the next step may begin now.
    var mayGoOn: Bool { heldSince == nil || mayStep }
}
