/// Index of a machine in the run; given once, never reused. Clients are machines too; the way in is
/// not (no link is crossed).
public struct NodeID: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Dense, from 0, in the order of definition.
    public var index: UInt16

    /// The machine with this index.
    public init(_ index: UInt16) { self.index = index }

    /// Order of definition.
    public static func < (a: NodeID, b: NodeID) -> Bool { a.index < b.index }
}

/// Number of a fault in the run: `f1`, `f2`, … in order of injection.
public struct FaultID: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// From 1; 0 stands for "no fault".
    public var number: UInt32

    /// The fault with this number.
    public init(_ number: UInt32) { self.number = number }

    /// Order of injection.
    public static func < (a: FaultID, b: FaultID) -> Bool { a.number < b.number }

    /// As it is written in commands: `f3`.
    public var description: String { "f\(number)" }
}

/// One direction between two machines.
public struct LinkID: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The sender.
    public var from: NodeID
    /// The receiver.
    public var to: NodeID

    /// The direction from one machine to another.
    public init(from: NodeID, to: NodeID) {
        self.from = from
        self.to = to
    }

    /// By sender, then receiver.
    public static func < (a: LinkID, b: LinkID) -> Bool {
        (a.from, a.to) < (b.from, b.to)
    }
}

/// What a node says it is; the engine's own word is kept beside it.
public enum Role: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case unknown
    case leader
    case follower
    case candidate
    case observer
    case none

    /// The letter on lanes and in journals: `L F C O -`, `?` when unknown.
    public var letter: Character {
        switch self {
        case .unknown: "?"
        case .leader: "L"
        case .follower: "F"
        case .candidate: "C"
        case .observer: "O"
        case .none: "-"
        }
    }

    /// The word of the command language; `nil` when unknown.
    public var word: String? {
        switch self {
        case .unknown: nil
        case .leader: "leader"
        case .follower: "follower"
        case .candidate: "candidate"
        case .observer: "observer"
        case .none: "none"
        }
    }

    /// The role behind a word: ours, or an engine's (`master`, `primary`, `replica`, `slave`, …).
    public init(word: String) {
        switch word.lowercased() {
        case "leader", "master", "primary", "stateleader": self = .leader
        case "follower", "replica", "slave", "secondary", "standby", "statefollower":
            self = .follower
        case "candidate", "pre-candidate", "precandidate", "statecandidate", "stateprecandidate":
            self = .candidate
        case "observer", "learner", "sentinel", "witness": self = .observer
        case "none": self = .none
        default: self = .unknown
        }
    }
}
