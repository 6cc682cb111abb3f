internal import Cluster

/// Makes a schedule that breaks a promise smaller while it still breaks it: fewer faults, then shorter
/// ones, then ones that begin later. Delta debugging over the list of faults: A. Zeller, R. Hildebrandt,
/// "Simplifying and isolating failure-inducing input", IEEE TSE 28 (2002).
///
/// A value: ask for `candidate`, try it, tell with `judged`. At the end no single fault can be left out.
public struct Shrinker: Hashable, Sendable, Codable {
    /// The smallest schedule known to break it.
    public private(set) var best: Schedule
    private var stage: Stage

    private enum Stage: Hashable, Sendable, Codable {
        /// Leaves out so many faults from this place on; whether one of this size went already.
        case fewer(size: Int, place: Int, some: Bool)
        case shorter(Int)
        case later(Int)
        case sooner
        case done
    }

    /// No fault becomes shorter than this.
    public static let shortest = Duration.milliseconds(500)

    /// Begins with a schedule that is known to break it.
    public init(_ schedule: Schedule) {
        best = schedule
        stage = .fewer(size: max(1, schedule.faults.count / 2), place: 0, some: false)
        settle()
    }

    /// What to try next; `nil` when nothing is left to try.
    public var candidate: Schedule? {
        var faults = best.faults
        switch stage {
        case .fewer(let size, let place, _):
            faults.removeSubrange(place..<min(place + size, faults.count))
        case .shorter(let index): faults[index].lasts = half(faults[index].lasts)
        case .later(let index):
            let lasts = half(faults[index].lasts)
            faults[index].begins += faults[index].lasts - lasts
            faults[index].lasts = lasts
        case .sooner:
            for index in faults.indices { faults[index].begins -= best.faults[0].begins }
        case .done: return nil
        }
        return Schedule(faults)
    }

    /// Tells whether the candidate broke the promise too.
    public mutating func judged(broke: Bool) {
        guard let candidate else { return }
        if broke { best = candidate }
        switch stage {
        case .fewer(let size, let place, let some):
            stage = .fewer(
                size: size, place: broke ? place : place + size, some: some || broke)
        case .shorter(let index): if !broke { stage = .shorter(index + 1) }
        // Its place among the others may have changed: it is tried once.
        case .later(let index): stage = .later(index + 1)
        case .sooner, .done: stage = .done
        }
        settle()
    }

    /// Goes on to the next stage that has something to try.
    private mutating func settle() {
        while true {
            switch stage {
            case .fewer(let size, let place, let some):
                // An empty schedule is no fault of anybody's.
                if best.faults.count > 1, place < best.faults.count,
                    size < best.faults.count
                {
                    return
                }
                if size > 1 {
                    stage = .fewer(size: size / 2, place: 0, some: false)
                } else if some, best.faults.count > 1 {
                    stage = .fewer(size: 1, place: 0, some: false)
                } else {
                    stage = .shorter(0)
                }
            case .shorter(let index):
                guard index < best.faults.count else {
                    stage = .later(0)
                    continue
                }
                if half(best.faults[index].lasts) < best.faults[index].lasts { return }
                stage = .shorter(index + 1)
            case .later(let index):
                guard index < best.faults.count else {
                    stage = .sooner
                    continue
                }
                if half(best.faults[index].lasts) < best.faults[index].lasts { return }
                stage = .later(index + 1)
            case .sooner:
                if best.faults.first.map({ $0.begins > .zero }) ?? false { return }
                stage = .done
            case .done: return
            }
        }
    }

    /// Half as long, in tenths of a second, not shorter than the shortest.
    private func half(_ time: Duration) -> Duration {
        let tenths = time.microseconds / 200_000
        return min(time, max(Self.shortest, .milliseconds(tenths * 100)))
    }
}
