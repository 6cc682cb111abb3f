/// What was measured of a fault on one pair of machines.
public struct Evidence: Hashable, Sendable {
    /// What the switch counted for the fault, over all its links, since it began.
    public var applied: TermCount
    /// Echoes before it began.
    public var before: EchoFigures
    /// Echoes while it was in force.
    public var during: EchoFigures
    /// Drops that nobody asked for, on the ports of the two machines, while it was in force.
    public var unaskedDrops: UInt64

    /// What was measured.
    public init(
        applied: TermCount, before: EchoFigures, during: EchoFigures, unaskedDrops: UInt64 = 0
    ) {
        self.applied = applied
        self.before = before
        self.during = during
        self.unaskedDrops = unaskedDrops
    }
}

/// One question to another machine.
public struct Echoed: Hashable, Sendable, BitwiseCopyable {
    /// When it was asked, monotonic nanoseconds.
    public var sent: Int64
    /// Nanoseconds until the answer; `nil` when none came.
    public var roundTrip: Int64?
    /// How many answers came.
    public var answers: Int
    /// The answer held other bytes than the question.
    public var isAltered: Bool
    /// The answer was that nobody takes it.
    public var isRefused: Bool

    /// One question.
    public init(
        sent: Int64, roundTrip: Int64?, answers: Int? = nil, isAltered: Bool = false,
        isRefused: Bool = false
    ) {
        self.sent = sent
        self.roundTrip = roundTrip
        self.answers = answers ?? (roundTrip == nil ? 0 : 1)
        self.isAltered = isAltered
        self.isRefused = isRefused
    }
}

/// A handful of echoes between two machines.
public struct EchoFigures: Hashable, Sendable {
    /// All of them, in the order of asking.
    public let echoes: [Echoed]
    /// Round trips of those that came back, in nanoseconds, sorted.
    public let roundTrips: [Int64]

    /// Echoes in any order.
    public init(_ echoes: [Echoed]) {
        self.echoes = echoes.sorted { $0.sent < $1.sent }
        roundTrips = echoes.compactMap(\.roundTrip).sorted()
    }

    /// Round trips in nanoseconds, one after the other; `nil` for those that did not come back.
    public init(_ samples: [Int64?]) {
        self.init(samples.enumerated().map { Echoed(sent: Int64($0), roundTrip: $1) })
    }

    /// How many were sent.
    public var sent: Int { echoes.count }

    /// How many came back.
    public var answered: Int { roundTrips.count }

    /// How many did not.
    public var lost: Int { sent - answered }

    /// How many were answered more than once.
    public var repeated: Int { echoes.count { $0.answers > 1 } }

    /// How many came back altered.
    public var altered: Int { echoes.count(where: \.isAltered) }

    /// How many were refused.
    public var refused: Int { echoes.count(where: \.isRefused) }

    /// How many came back behind one that was sent later, of those that could: another was sent after
    /// them in less time than `late` nanoseconds, and both came back.
    public func overtaken(late: Int64) -> (hits: Int, trials: Int) {
        let back = echoes.compactMap { echo in
            echo.roundTrip.map { (sent: echo.sent, came: echo.sent + $0) }
        }
        var (hits, trials) = (0, 0)
        for (echo, next) in zip(back, back.dropFirst()) where next.sent - echo.sent < late / 2 {
            trials += 1
            if back.contains(where: { $0.sent > echo.sent && $0.came < echo.came }) { hits += 1 }
        }
        return (hits, trials)
    }

    /// Bytes a second at which echoes of one size came back that were sent at once, after the first
    /// `burst` bytes; `nil` when they are too few to tell.
    public func rate(bytes: Int, burst: Double) -> Double? {
        let came = echoes.compactMap { echo in echo.roundTrip.map { echo.sent + $0 } }.sorted()
        let ahead = Int(burst) / max(1, bytes) + 1
        guard came.count >= ahead + Judge.least, let last = came.last, last > came[ahead] else {
            return nil
        }
        let count = came.count - 1 - ahead
        return Double(count * bytes) * 1e9 / Double(last - came[ahead])
    }

    /// The middle round trip in nanoseconds; `nil` when none came back.
    public var median: Double? {
        guard !roundTrips.isEmpty else { return nil }
        let middle = roundTrips.count / 2
        return roundTrips.count % 2 == 1
            ? Double(roundTrips[middle])
            : (Double(roundTrips[middle - 1]) + Double(roundTrips[middle])) / 2
    }

    /// How far the middle half of the round trips lies apart, in nanoseconds: what a busy machine adds by
    /// chance. 0 for fewer than four.
    public var scatter: Double {
        guard roundTrips.count >= 4 else { return 0 }
        let quarter = roundTrips.count / 4
        return Double(roundTrips[roundTrips.count - 1 - quarter] - roundTrips[quarter])
    }

    /// The average round trip in nanoseconds; `nil` when none came back.
    public var mean: Double? {
        roundTrips.isEmpty
            ? nil : roundTrips.reduce(0) { $0 + Double($1) } / Double(roundTrips.count)
    }
}
