/// Searches an order of the operations on one key in which each takes effect between question and
/// answer, and each read shows the value of its time.
///
/// Wing and Gong's search with Lowe's cache, just in time ("Testing for linearizability", Concurrency and
/// Computation 29(4), 2017, §§ 3 and 5): walking along the events, an operation is made to take
/// effect only when its answer demands it. A read that can take effect does so at once, since it is in
/// nobody's way. Operations of unknown outcome that do the same are interchangeable: the one that was
/// sent first goes first. Depth first, with a stack of its own; every array's size is accounted for.
struct RegisterSearch {
    /// What a search found.
    enum Result: Equatable {
        /// There is such an order.
        case found
        /// There is none: no order gets beyond this event, an answer.
        case stuck(event: Int)
        /// The budget is spent; up to this event there is an order.
        case spent(event: Int)
    }

    private let operations: [RegisterProblem.Operation]
    private let events: [RegisterProblem.Event]
    /// Slots of the operations that must happen, places of those that need not.
    private var slots: [UInt32]
    /// Operations that need not happen, in the order of being sent.
    private var optional: [UInt32] = []
    /// For each of them, the one before it that does the same; `none` when it is the first.
    private var twinBefore: [UInt32] = []
    private let knownWords: Int
    private let unknownWords: Int

    // The configuration.
    private var place = 0
    private var state: UInt32 = 0
    private var known: [UInt64]
    private var unknown: [UInt64]
    private var occupants: [UInt32]
    private var available = 0

    private var frames: [Frame] = []
    private var masks: [UInt64] = []
    private var frameRoom = 0
    private var deepest = 0
    private var cache: ConfigurationCache

    private struct Frame {
        var place: UInt32
        var state: UInt32
        var cursor: UInt32
    }

    private static let none = UInt32.max

    init(_ problem: RegisterProblem) {
        operations = problem.operations
        events = problem.events
        slots = [UInt32](repeating: 0, count: operations.count)
        var free: [UInt32] = []
        var slotCount: UInt32 = 0
        var twins: [Twin: UInt32] = [:]
        for event in events {
            let number = Int(event.operation)
            let operation = operations[number]
            if event.isReturn {
                free.append(slots[number])
            } else if operation.mustHappen {
                if let slot = free.popLast() {
                    slots[number] = slot
                } else {
                    slots[number] = slotCount
                    slotCount += 1
                }
            } else {
                let twin = Twin(effect: operation.effect, a: operation.a, b: operation.b)
                slots[number] = UInt32(truncatingIfNeeded: optional.count)
                twinBefore.append(twins[twin] ?? Self.none)
                twins[twin] = slots[number]
                optional.append(event.operation)
            }
        }
        knownWords = max(1, (Int(slotCount) + 63) / 64)
        unknownWords = (optional.count + 63) / 64
        known = [UInt64](repeating: 0, count: knownWords)
        unknown = [UInt64](repeating: 0, count: unknownWords)
        occupants = [UInt32](repeating: Self.none, count: Int(slotCount))
        cache = ConfigurationCache(knownWords: knownWords, unknownWords: unknownWords)
    }

    private struct Twin: Hashable {
        var effect: RegisterProblem.Effect
        var a: UInt32
        var b: UInt32
    }

    /// Bytes that the problem and the search's own arrays take before it begins.
    private var ownBytes: Int {
        operations.count * (MemoryLayout<RegisterProblem.Operation>.stride + 4)
            + events.count * MemoryLayout<RegisterProblem.Event>.stride + optional.count * 8
    }

    /// Searches. `from` is the value before the first operation.
    mutating func run(from start: ValueID = .null, _ meter: inout Meter) -> Result {
        let bytes = ownBytes
        guard meter.take(bytes) else { return .spent(event: 0) }
        let before = meter.memory - bytes
        defer { meter.give(meter.memory - before) }
        state = start.index
        while true {
            guard meter.step() else { return .spent(event: deepest) }
            advance()
            deepest = max(deepest, place)
            if place == events.count { return .found }
            let wanted = events[place].operation
            guard isAlone(wanted) else {
                switch cache.insert(
                    place: UInt32(truncatingIfNeeded: place), state: state, known: known,
                    unknown: unknown, meter: &meter)
                {
                case nil: return .spent(event: deepest)
                case true?:
                    guard push(&meter) else { return .spent(event: deepest) }
                case false?: break
                }
                guard next(&meter) else {
                    return meter.spent == nil ? .stuck(event: deepest) : .spent(event: deepest)
                }
                continue
            }
            // Nothing else could come first: no choice to come back to.
            if operations[Int(wanted)].applies(to: state) {
                takeEffect(wanted)
            } else if !next(&meter) {
                return meter.spent == nil ? .stuck(event: deepest) : .spent(event: deepest)
            }
        }
    }

    // MARK: Along the events

    /// Goes on to the first answer of an operation that has not taken effect.
    private mutating func advance() {
        while place < events.count {
            let event = events[place]
            let number = Int(event.operation)
            let slot = Int(slots[number])
            if event.isReturn {
                guard isSet(slot) else { return }
                known[slot >> 6] &= ~(1 << UInt64(slot & 63))
                occupants[slot] = Self.none
            } else if operations[number].mustHappen {
                occupants[slot] = event.operation
                let operation = operations[number]
                if operation.isObservation, operation.applies(to: state) {
                    known[slot >> 6] |= 1 << UInt64(slot & 63)
                }
            } else {
                available += 1
            }
            place += 1
        }
    }

    /// Goes back to an earlier event.
    private mutating func retreat(to target: Int) {
        while place > target {
            place -= 1
            let event = events[place]
            let number = Int(event.operation)
            if event.isReturn {
                occupants[Int(slots[number])] = event.operation
            } else if operations[number].mustHappen {
                occupants[Int(slots[number])] = Self.none
            } else {
                available -= 1
            }
        }
    }

    @inline(__always)
    private func isSet(_ slot: Int) -> Bool { known[slot >> 6] >> UInt64(slot & 63) & 1 == 1 }

    /// Whether this is the only operation that could take effect now.
    private func isAlone(_ wanted: UInt32) -> Bool {
        for slot in occupants.indices
        where occupants[slot] != Self.none && occupants[slot] != wanted && !isSet(slot) {
            return false
        }
        for word in 0..<unknownWords {
            let last = available - word * 64
            if last <= 0 { break }
            let here: UInt64 = last >= 64 ? .max : 1 << UInt64(last) - 1
            if unknown[word] & here != here { return false }
        }
        return true
    }

    private mutating func takeEffect(_ number: UInt32) {
        let operation = operations[Int(number)]
        let slot = Int(slots[Int(number)])
        if operation.mustHappen {
            known[slot >> 6] |= 1 << UInt64(slot & 63)
        } else {
            unknown[slot >> 6] |= 1 << UInt64(slot & 63)
        }
        guard !operation.isObservation else { return }
        state = operation.apply(to: state)
        for slot in occupants.indices where occupants[slot] != Self.none && !isSet(slot) {
            let other = operations[Int(occupants[slot])]
            if other.isObservation, other.applies(to: state) {
                known[slot >> 6] |= 1 << UInt64(slot & 63)
            }
        }
    }

    // MARK: Choices

    private mutating func push(_ meter: inout Meter) -> Bool {
        let words = knownWords + unknownWords
        if frames.count == frameRoom {
            let wanted = max(64, frameRoom * 2)
            let each = MemoryLayout<Frame>.stride + words * 8
            guard meter.take(wanted * each) else { return false }
            frames.reserveCapacity(wanted)
            masks.reserveCapacity(wanted * words)
            meter.give(frameRoom * each)
            frameRoom = wanted
        }
        frames.append(
            Frame(place: UInt32(truncatingIfNeeded: place), state: state, cursor: 0))
        masks.append(contentsOf: known)
        masks.append(contentsOf: unknown)
        return true
    }

    /// Makes the next choice of the last frame that has one; whether there was any.
    private mutating func next(_ meter: inout Meter) -> Bool {
        let words = knownWords + unknownWords
        while let frame = frames.last {
            guard meter.step() else { return false }
            retreat(to: Int(frame.place))
            state = frame.state
            let base = masks.count - words
            for word in 0..<knownWords { known[word] = masks[base + word] }
            for word in 0..<unknownWords { unknown[word] = masks[base + knownWords + word] }
            if let number = choice(after: frame) {
                takeEffect(number)
                return true
            }
            frames.removeLast()
            masks.removeLast(words)
        }
        return false
    }

    /// The operation whose answer is due first, then those that leave the value which it needs, then the
    /// other open ones, then those that need not happen.
    private mutating func choice(after frame: Frame) -> UInt32? {
        let wanted = events[Int(frame.place)].operation
        let needed = operations[Int(wanted)].needs
        let each = occupants.count + available
        var cursor = Int(frame.cursor)
        defer { frames[frames.count - 1].cursor = UInt32(truncatingIfNeeded: cursor) }
        if cursor == 0 {
            // Where nothing is needed there are no helpers to go through.
            cursor = needed == nil ? 1 + each : 1
            if operations[Int(wanted)].applies(to: state) { return wanted }
        }
        while cursor <= 2 * each {
            let isHelping = cursor <= each
            let index = (cursor - 1) % each
            cursor += 1
            guard let number = candidate(index), number != wanted else { continue }
            let helps = needed != nil && operations[Int(number)].leaves == needed
            if helps == isHelping { return number }
        }
        return nil
    }

    /// An operation that may take effect now: open ones by slot, then those that need not happen.
    private func candidate(_ index: Int) -> UInt32? {
        if index >= occupants.count {
            let place = index - occupants.count
            return isUseful(place) ? optional[place] : nil
        }
        let number = occupants[index]
        guard number != Self.none, !isSet(index), operations[Int(number)].applies(to: state) else {
            return nil
        }
        return number
    }

    /// Whether an operation that need not happen may, and changes something.
    private func isUseful(_ index: Int) -> Bool {
        if unknown[index >> 6] >> UInt64(index & 63) & 1 == 1 { return false }
        let twin = twinBefore[index]
        if twin != Self.none, unknown[Int(twin) >> 6] >> UInt64(twin & 63) & 1 == 0 { return false }
        let operation = operations[Int(optional[index])]
        return operation.applies(to: state) && operation.apply(to: state) != state
    }
}
