/// What a run showed, and the one exit code that it means.
public struct Findings: Equatable, Sendable {
    /// squall itself failed.
    public var internalError = false
    /// 130 or 143: interrupted, healed and cleaned first.
    public var interrupted: Int32?
    /// The cluster never became ready: nothing was judged.
    public var neverReady = false
    /// An expectation, an invariant, a check or a step failed.
    public var broken = false
    /// The first check of what clients saw that failed.
    public var failedCheck: String?
    /// A fault was found to have no effect.
    public var noEffect = false
    /// The healed cluster did not become ready, or something was left behind.
    public var unsettled = false
    /// An expectation could not be judged.
    public var unknown = false
    /// A fault could not be proved.
    public var notProvable = false
    /// What cannot be judged or proved counts as broken.
    public var isStrict = false

    /// Nothing was found yet.
    public init() {}

    /// When several apply, the first in this order wins.
    public var code: Int32 {
        if internalError { return 70 }
        if let interrupted { return interrupted }
        if neverReady { return 4 }
        if broken || isStrict && (unknown || notProvable) { return 1 }
        if noEffect { return 3 }
        if unsettled { return 5 }
        if unknown { return 2 }
        return 0
    }

    /// In words, for the end of a run.
    public var reason: String {
        switch code {
        case 0: "scenario passed"
        case 1 where !broken:
            unknown
                ? "an expectation could not be judged (--strict)"
                : "a fault could not be proved (--strict)"
        case 1: failedCheck.map { "the check \($0) failed" } ?? "an expectation failed"
        case 2: "an expectation could not be judged"
        case 3: "a fault had no effect"
        case 4: "the cluster never became ready"
        case 5: "the cluster did not settle"
        case 70: "internal error"
        default: "interrupted"
        }
    }
}

extension Findings {
    /// Of the codes of several runs, the first in the order of the reference.
    public static func first(of codes: [Int32]) -> Int32 {
        let order: [Int32] = [70, 130, 143, 4, 1, 3, 5, 2]
        return order.first { codes.contains($0) } ?? codes.first { $0 != 0 } ?? 0
    }
}
