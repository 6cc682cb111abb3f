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

/// A handful of echoes between two machines.
public struct EchoFigures: Hashable, Sendable {
    /// Round trips of those that came back, in nanoseconds, sorted.
    public let roundTrips: [Int64]
    /// How many were sent.
    public let sent: Int

    /// Round trips in nanoseconds; `nil` for those that did not come back.
    public init(_ samples: [Int64?]) {
        roundTrips = samples.compactMap(\.self).sorted()
        sent = samples.count
    }

    /// How many came back.
    public var answered: Int { roundTrips.count }

    /// How many did not.
    public var lost: Int { sent - answered }

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
