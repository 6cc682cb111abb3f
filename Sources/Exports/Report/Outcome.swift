/// The verdict on a run, as its exit code tells it.
public enum Outcome: Sendable, Equatable, CaseIterable {
    case passed
    case failed
    case unknown
    case noEffect
    case neverReady
    case unsettled
    case interrupted
    case error
    /// Nothing was judged: it was run by hand.
    case ended
    /// It still goes on.
    case running

    /// What an exit code means.
    public init(code: Int32) {
        switch code {
        case 0: self = .passed
        case 1: self = .failed
        case 2: self = .unknown
        case 3: self = .noEffect
        case 4: self = .neverReady
        case 5: self = .unsettled
        case 129, 130, 143: self = .interrupted
        default: self = .error
        }
    }

    /// `PASSED`, `DID NOT SETTLE`.
    public var word: String {
        switch self {
        case .passed: "PASSED"
        case .failed: "FAILED"
        case .unknown: "UNKNOWN"
        case .noEffect: "NO EFFECT"
        case .neverReady: "NEVER READY"
        case .unsettled: "DID NOT SETTLE"
        case .interrupted: "INTERRUPTED"
        case .error: "ERROR"
        case .ended: "ENDED"
        case .running: "RUNNING"
        }
    }

    /// For programs: `passed`, `did-not-settle`.
    var name: String { word.lowercased().replacing(" ", with: "-") }

    /// A glyph that says it without colour.
    var glyph: String {
        switch self {
        case .passed, .ended, .running: "●"
        case .unknown, .interrupted: "?"
        case .failed, .noEffect, .neverReady, .unsettled, .error: "✕"
        }
    }
}
