internal import Cluster
internal import Supervisor

/// How a machine's wall clock differs from the host's: what the active clock faults add up to. Pure.
struct MachineClock: Sendable, Equatable {
    /// One fault: a step, or a drift from a moment on.
    private struct Part: Sendable, Equatable {
        var step = Duration.zero
        /// Seconds gained a second; negative when it runs slowly.
        var drift = 0.0
        var since = Stamp.zero
    }

    private var parts: [Part] = []

    /// Adds a fault that began at a moment. Steps add up, and so does what drifts gain.
    mutating func add(_ effect: MachineEffect, since: Stamp) {
        switch effect {
        case .clockAhead(let time): parts.append(Part(step: time))
        case .clockBehind(let time): parts.append(Part(step: .zero - time))
        case .clockSpeed(let factor):
            parts.append(Part(drift: factor.value - 1, since: since))
        case .diskFull, .diskSlow, .diskFailing, .cpu, .memory, .files: break
        }
    }

    /// How many times as fast as the host's it runs.
    var speed: Double { parts.reduce(1) { $0 + $1.drift } }

    /// How far it is ahead at a moment.
    func ahead(at moment: Stamp) -> Duration {
        parts.reduce(.zero) { sum, part in
            sum + part.step + .seconds(part.drift * (moment - part.since).inSeconds)
        }
    }

    /// The text of the file that a program's clock follows, for a program that started then: there
    /// speed counts from the program's start.
    func setting(programStart: Stamp) -> String {
        FakeTime.setting(ahead: ahead(at: programStart), speed: speed)
    }
}
