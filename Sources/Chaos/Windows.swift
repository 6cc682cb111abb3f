internal import Cluster

/// The part of a run that a window means.
enum Span: Equatable {
    case all
    case between(Stamp, Stamp)
    case unknown(String)
}

extension Evaluation {
    /// `before` and `after` reach to the neighbouring fault or ten seconds, whichever is less.
    func span(of window: SignalTerm.Window?) -> Span {
        guard let window else { return .all }
        let reach = Duration.seconds(10)
        switch window {
        case .during(let name):
            guard let fault = fault(named: name) else { return .unknown("there was no \(name)") }
            return .between(fault.began, fault.ended ?? core.now)
        case .before(let name):
            guard let fault = fault(named: name) else { return .unknown("there was no \(name)") }
            let earliest = fault.began - reach
            let neighbour = core.faults.filter { $0.began < fault.began }
                .map { min($0.ended ?? fault.began, fault.began) }.max()
            return .between(max(earliest, neighbour ?? earliest), fault.began)
        case .after(let name):
            guard let fault = fault(named: name) else { return .unknown("there was no \(name)") }
            guard let ended = fault.ended else { return .unknown("\(name) is not over") }
            let neighbour = core.faults.filter { $0.record.id != fault.record.id && $0.began >= ended }
                .map(\.began).min()
            let latest = min(ended + reach, core.now)
            return .between(ended, min(latest, neighbour ?? latest))
        }
    }
}

extension Stamp {
    /// The moment `duration` earlier.
    fileprivate static func - (stamp: Stamp, duration: Duration) -> Stamp {
        Stamp(microseconds: stamp.microseconds - min(stamp.microseconds, duration.microseconds))
    }
}
