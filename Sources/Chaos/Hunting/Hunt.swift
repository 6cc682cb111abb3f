/// A hunt: random schedules until a promise breaks, then the smallest one that still breaks it, then how
/// often it does. A value that can be written down between any two trials and goes on from there.
public struct Hunt: Hashable, Sendable, Codable {
    /// How a hunt goes about it.
    public struct Options: Hashable, Sendable, Codable {
        /// Everything drawn comes from it.
        public var seed: UInt64
        /// Schedules to try before it is given up.
        public var schedules: Int
        /// Faults in each.
        public var faults: Int
        /// All begin within this time.
        public var length: Duration
        /// How often a smaller schedule is tried before it counts as one that holds.
        public var patience: Int
        /// How often the smallest one is repeated at the end.
        public var repeats: Int

        /// How a hunt goes about it.
        public init(
            seed: UInt64, schedules: Int, faults: Int, length: Duration, patience: Int, repeats: Int
        ) {
            self.seed = seed
            self.schedules = schedules
            self.faults = faults
            self.length = length
            self.patience = patience
            self.repeats = repeats
        }
    }

    /// One run to be made.
    public struct Trial: Hashable, Sendable {
        /// What is done in it.
        public var schedule: Schedule
        /// Its seed.
        public var seed: UInt64
        /// For people: "schedule 3 of 50".
        public var purpose: String
    }

    /// What became of a trial.
    public enum Outcome: Hashable, Sendable, Codable {
        /// Every promise was kept.
        case held
        /// A promise was broken; the first one, in words.
        case broke(String)
        /// It says nothing: never ready, refused, died.
        case void
    }

    /// What a hunt ends with.
    public enum Conclusion: Hashable, Sendable {
        /// Nothing was found in so many schedules.
        case nothing(tried: Int)
        /// The smallest schedule, what it broke, and how often of how many repetitions.
        case found(Schedule, seed: UInt64, reason: String, broke: Int, of: Int)
        /// Three trials in a row said nothing.
        case hopeless
    }

    private enum Phase: Hashable, Sendable, Codable {
        case searching(UInt64)
        case shrinking(Shrinker, UInt64, tried: Int)
        case repeating(Schedule, UInt64, broke: Int, of: Int)
        case hopeless
    }

    /// How it goes about it.
    public let options: Options
    /// Runs made so far.
    public private(set) var runs = 0
    /// What broke first, in words.
    public private(set) var reason = ""
    private var phase = Phase.searching(1)
    private var voids = 0

    /// A hunt that has not begun.
    public init(_ options: Options) { self.options = options }

    /// The smallest schedule found so far that breaks a promise, and its seed.
    public var best: (schedule: Schedule, seed: UInt64)? {
        switch phase {
        case .searching, .hopeless: nil
        case .shrinking(let shrinker, let seed, _): (shrinker.best, seed)
        case .repeating(let schedule, let seed, _, _): (schedule, seed)
        }
    }

    /// What it ended with; `nil` while it goes on.
    public var conclusion: Conclusion? {
        switch phase {
        case .searching(let number):
            number > options.schedules ? .nothing(tried: options.schedules) : nil
        case .shrinking: nil
        case .repeating(let schedule, let seed, let broke, let count):
            count >= options.repeats
                ? .found(schedule, seed: seed, reason: reason, broke: broke, of: count) : nil
        case .hopeless: .hopeless
        }
    }

    /// The next run to make; `nil` when it is over.
    public func trial(_ draw: ScheduleDraw) -> Trial? {
        guard conclusion == nil else { return nil }
        switch phase {
        case .searching(let number):
            return Trial(
                schedule: draw.schedule(number, faults: options.faults, within: options.length),
                seed: options.seed &+ number - 1,
                purpose: "schedule \(number) of \(options.schedules)")
        case .shrinking(let shrinker, let seed, let tried):
            guard let candidate = shrinker.candidate else { return nil }
            let again = tried > 0 ? ", once more" : ""
            return Trial(
                schedule: candidate, seed: seed,
                purpose: "smaller: \(Self.faults(candidate.faults.count))\(again)")
        case .repeating(let schedule, let seed, _, let count):
            return Trial(
                schedule: schedule, seed: seed,
                purpose: "repetition \(count + 1) of \(options.repeats)")
        case .hopeless: return nil
        }
    }

    /// Takes in what became of the last trial.
    public mutating func ended(_ outcome: Outcome, of trial: Trial) {
        runs += 1
        if outcome == .void {
            voids += 1
            if voids >= 3 { phase = .hopeless }
            return
        }
        voids = 0
        var hasBroken = false
        if case .broke(let words) = outcome {
            hasBroken = true
            if reason.isEmpty { reason = words }
        }
        switch phase {
        case .searching(let number):
            phase =
                hasBroken
                ? shrinking(Shrinker(trial.schedule), trial.seed) : .searching(number + 1)
        case .shrinking(var shrinker, let seed, let tried):
            guard hasBroken || tried + 1 >= options.patience else {
                phase = .shrinking(shrinker, seed, tried: tried + 1)
                return
            }
            shrinker.judged(broke: hasBroken)
            phase = shrinking(shrinker, seed)
        case .repeating(let schedule, let seed, let broke, let count):
            phase = .repeating(schedule, seed, broke: broke + (hasBroken ? 1 : 0), of: count + 1)
        case .hopeless: break
        }
    }

    private func shrinking(_ shrinker: Shrinker, _ seed: UInt64) -> Phase {
        shrinker.candidate == nil
            ? .repeating(shrinker.best, seed, broke: 0, of: 0)
            : .shrinking(shrinker, seed, tried: 0)
    }

    private static func faults(_ count: Int) -> String {
        count == 1 ? "1 fault" : "\(count) faults"
    }
}
