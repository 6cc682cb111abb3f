/// Parts of the run that expressions and reports speak of.
extension Core {
    /// How far `before` and `after` reach at most.
    public static let reach = Duration.seconds(10)

    /// The last fault of this name (`as NAME`), or with this number (`f3`).
    public func fault(named name: String) -> FaultState? {
        faults.last { $0.record.name == name } ?? faults.last { $0.record.id.description == name }
    }

    /// The same facts, in which faults up to this one have no name: a scenario that is run by hand, perhaps
    /// again, means its own.
    public func forgettingNames(through last: FaultID) -> Core {
        guard faults.contains(where: { !$0.record.weather && $0.record.name != nil }) else {
            return self
        }
        var core = self
        for index in core.faults.indices
        where core.faults[index].record.id <= last && !core.faults[index].record.weather {
            core.faults[index].record.name = nil
        }
        return core
    }

    /// From all ready to the end of the run, or now; `nil` before all were ready.
    public var wholeWindow: Range<Stamp>? {
        allReadyAt.map { $0..<max($0, now) }
    }

    /// While the fault acts; one that is over in a moment has an empty window. `nil` when there is
    /// no such fault.
    public func window(during name: String) -> Range<Stamp>? {
        fault(named: name).map { $0.began..<max($0.began, $0.ended ?? now) }
    }

    /// Before the fault: 10 s, or back to where another one acted. `nil` when there is no such fault.
    public func window(before name: String) -> Range<Stamp>? {
        guard let fault = fault(named: name) else { return nil }
        var from = max(.zero, fault.began - Core.reach)
        if let allReadyAt { from = max(from, min(allReadyAt, fault.began)) }
        for other in neighbours(of: fault) where other.began <= fault.began {
            from = max(from, min(other.ended ?? fault.began, fault.began))
        }
        return from..<fault.began
    }

    /// After the fault: 10 s, or until another one begins, or now. `nil` while it acts.
    public func window(after name: String) -> Range<Stamp>? {
        guard let fault = fault(named: name), let ended = fault.ended else { return nil }
        var to = min(ended + Core.reach, max(ended, now))
        for other in neighbours(of: fault) where other.began >= ended {
            to = min(to, other.began)
        }
        return ended..<max(ended, to)
    }

    /// The seconds in which clients lived in one world only. What they saw is kept by the second; the
    /// one in which a fault began or ended holds both worlds and belongs to none of the windows that
    /// meet there, unless nothing would be left. `nil` where there is no such window (yet).
    public func clientWindow(_ window: SignalTerm.Window) -> Range<Stamp>? {
        let range: Range<Stamp>?
        switch window {
        case .before(let name): range = self.window(before: name)
        case .during(let name): range = self.window(during: name)
        case .after(let name): range = self.window(after: name)
        }
        guard let range else { return nil }
        var (low, high) = (range.lowerBound.microseconds, range.upperBound.microseconds)
        if case .before = window {
            high -= high.modulo(1_000_000)
        } else {
            low += (1_000_000 - low.modulo(1_000_000)) % 1_000_000
        }
        guard low < high else { return range }
        return Stamp(microseconds: low)..<Stamp(microseconds: high)
    }

    private func neighbours(of fault: FaultState) -> some Sequence<FaultState> {
        faults.lazy.filter { $0.record.id != fault.record.id && !$0.record.weather }
    }

    /// Whether the window `after` the fault can still grow.
    public func isOpen(after name: String) -> Bool {
        guard let fault = fault(named: name) else { return true }
        guard let ended = fault.ended else { return self.ended == nil }
        return self.ended == nil && now < ended + Core.reach
            && !faults.contains { $0.began >= ended && $0.record.id != fault.record.id }
    }

    /// From the fault until another node changed its role or readiness, or a client's operation
    /// failed; `nil` when nobody noticed (yet), or there is no such fault.
    public func detection(_ name: String) -> Duration? {
        guard let fault = fault(named: name) else { return nil }
        return fault.noticed.map { $0 - fault.began }
    }

    /// From the fault until a node leads that did not lead before; `nil` when none does (yet).
    public func election(_ name: String) -> Duration? {
        guard let fault = fault(named: name) else { return nil }
        return fault.elected.map { $0 - fault.began }
    }

    /// How long until all was well: of a client's operations no more fail than before the fault (or
    /// 1 %), every node that no fault holds is ready, and somebody leads if somebody did. For a fault that takes processes away
    /// it is counted from its beginning, for any other one from its end. `nil` when it is not well yet.
    public func recovery(_ name: String) -> Duration? {
        guard let fault = fault(named: name), let recovered = fault.recovered else { return nil }
        return recovered - (fault.deed == nil ? fault.ended ?? fault.began : fault.began)
    }
}

extension ClientsState {
    /// All seconds of a window together. A second counts when its ticks came in the window, to the
    /// second; the longest outage is no longer than the window. `nil` when no second counts.
    public func summary(in window: Range<Stamp>) -> Second? {
        if window.isEmpty { return nil }
        let from = window.lowerBound.microseconds
        let begin = Stamp(microseconds: from.subtractingReportingOverflow(from.modulo(1_000_000)).0)
        var sum: Second?
        for index in first(notBefore: begin)..<seconds.count {
            let second = seconds[index]
            if second.at >= window.upperBound { break }
            var counted = second
            let inside = Float(((second.at + .seconds(1)) - window.lowerBound).inSeconds)
            counted.outage = min(counted.outage, inside)
            if sum == nil { sum = Second(at: second.at) }
            sum?.add(counted)
        }
        return sum
    }

    private func first(notBefore stamp: Stamp) -> Int {
        var low = 0
        var high = seconds.count
        while low < high {
            let middle = (low + high) / 2
            if seconds[middle].at < stamp { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Share of the finished operations that succeeded, from 0 to 1; `nil` when none finished.
    public func availability(in window: Range<Stamp>) -> Double? {
        summary(in: window)?.availability
    }

    /// Answers with success a second; `nil` when nothing was told.
    public func throughput(in window: Range<Stamp>) -> Double? {
        guard let sum = summary(in: window) else { return nil }
        let length = max(1, (window.upperBound - window.lowerBound).inSeconds)
        return Double(sum.ok) / length
    }

    /// Latency that a share of the answered operations did not exceed, in seconds.
    public func latency(atQuantile quantile: Double, in window: Range<Stamp>) -> Double? {
        summary(in: window)?.latency(atQuantile: quantile)
    }

    /// The longest time without a success, in seconds; `nil` when nothing was told.
    public func outage(in window: Range<Stamp>) -> Double? {
        summary(in: window).map { Double($0.outage) }
    }
}

extension Stamp {
    /// The moment `duration` earlier; saturates instead of trapping.
    static func - (stamp: Stamp, duration: Duration) -> Stamp {
        let (difference, overflow) = stamp.microseconds.subtractingReportingOverflow(
            duration.microseconds)
        return Stamp(microseconds: overflow ? .min : difference)
    }
}
