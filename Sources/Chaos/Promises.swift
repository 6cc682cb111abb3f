internal import Cluster

/// A line of `always`: watched from the first "all ready" to the end of the traffic.
struct Invariant: Sendable {
    let promise: Script.Promise
    /// Since when it is broken, while that is tolerated.
    private(set) var brokenSince: Stamp?
    /// Once it was broken for too long.
    private(set) var failure: Judgement?
    private var held = false

    init(_ promise: Script.Promise) { self.promise = promise }

    private var tolerance: Duration {
        if case .tolerate(let time) = promise.clause.grace { time } else { .zero }
    }

    /// When it has to be looked at again although nothing happened.
    var deadline: Stamp? { failure == nil ? brokenSince.map { $0 + tolerance } : nil }

    /// Looks at it; gives a judgement the moment it is broken for good.
    mutating func look(at core: Core, now: Stamp) -> Judgement? {
        guard failure == nil else { return nil }
        let answer = Evaluation(of: core).value(of: promise.clause.expression)
        switch answer.verdict {
        case .holds:
            held = true
            brokenSince = nil
        case .unknown: break
        case .broken:
            let since = brokenSince ?? now
            brokenSince = since
            guard now - since >= tolerance else { return nil }
            let length = Figure.text((now - since).inSeconds, .seconds)
            failure = Judgement(
                kind: .always, text: promise.text, verdict: .broken,
                detail: answer.figures + (tolerance > .zero ? ", for \(length)" : ""))
            return failure
        }
        return nil
    }

    /// The verdict at the end: what was never seen to hold is unknown.
    var verdict: Judgement {
        failure
            ?? Judgement(
                kind: .always, text: promise.text, verdict: held ? .holds : .unknown,
                detail: held ? "" : "never seen to hold")
    }
}

/// A line `… within 5s after split`: it has to become true in a stretch of time.
struct Deadline: Sendable {
    let promise: Script.Promise
    /// The fault after whose end it counts; after the last step when `nil`.
    let fault: String?
    let limit: Duration
    private(set) var start: Stamp?
    private(set) var judgement: Judgement?
    private var counted: FaultID?
    /// What was before nobody looked: an `expect` among the steps counts from itself at the earliest.
    private let watchedSince: Stamp

    /// Samples are half a second apart: before that, what is known is from before the end.
    private static let firstLook = Duration.milliseconds(500)

    /// `nil` for a promise without `within`.
    init?(_ promise: Script.Promise, from watchedSince: Stamp = .zero) {
        self.watchedSince = watchedSince
        guard case .within(let limit, let fault) = promise.clause.grace else { return nil }
        self.promise = promise
        self.fault = fault
        self.limit = limit
    }

    /// Started, and not decided yet.
    var isRunning: Bool { start != nil && judgement == nil }

    /// When it has to be looked at again although nothing happened.
    func nextLook(after now: Stamp) -> Stamp? {
        guard let start, judgement == nil else { return nil }
        let first = start + min(limit, Self.firstLook)
        return now < first ? first : start + limit
    }

    /// Whether its time is still to come: its fault acts and will end by itself.
    func isToCome(in core: Core) -> Bool {
        guard start == nil, let fault, let state = core.fault(named: fault) else {
            return false
        }
        return state.isActive && state.record.ends != nil
    }

    /// The last step is done.
    mutating func stepsEnded(at now: Stamp) {
        if fault == nil { start = start ?? now }
    }

    /// Looks at it; gives a judgement the moment it is decided.
    mutating func look(at core: Core, now: Stamp) -> Judgement? {
        begin(core)
        guard let start, judgement == nil, now - start >= min(limit, Self.firstLook) else {
            return nil
        }
        let answer = Evaluation(of: core).value(of: promise.clause.expression)
        let taken = Figure.text((now - start).inSeconds, .seconds)
        if answer.verdict == .holds, now - start <= limit {
            return decide(.holds, "after \(taken): \(answer.figures)")
        }
        guard now - start >= limit else { return nil }
        return decide(
            answer.verdict == .unknown ? .unknown : .broken,
            "not within \(Figure.text(limit.inSeconds, .seconds)): \(answer.figures)")
    }

    /// A name may be given again, in a loop: each end counts, and one that was missed stays missed.
    private mutating func begin(_ core: Core) {
        guard let fault, let state = core.fault(named: fault),
            let ended = state.ended, state.record.id != counted
        else { return }
        counted = state.record.id
        guard judgement == nil || judgement?.verdict == .holds else { return }
        start = max(ended, watchedSince)
        judgement = nil
    }

    private mutating func decide(_ verdict: Judgement.Verdict, _ detail: String) -> Judgement {
        let judgement = Judgement(
            kind: .expect, text: promise.text, verdict: verdict, detail: detail)
        self.judgement = judgement
        return judgement
    }

    /// The verdict at the end.
    var verdict: Judgement {
        if let judgement { return judgement }
        return Judgement(
            kind: .expect, text: promise.text, verdict: .unknown,
            detail: start == nil
                ? "there was no end of \(fault ?? "the steps")" : "its time was cut short")
    }
}
