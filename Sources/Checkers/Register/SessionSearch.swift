/// Searches one order of all operations that keeps each client's own, and in which each read shows the
/// value of its time. Depth first; visited configurations are remembered by a fingerprint of 128 bits.
struct SessionSearch {
    enum Result: Equatable {
        case found
        case stuck
        case spent
    }

    private struct Operation {
        var key: Int
        var effect: RegisterProblem.Effect
        var a: UInt32
        var b: UInt32
        var invoked: Int64
        var returned: Int64
        var isFree: Bool
        var session = 0
        /// Its place in its session.
        var position = 0
    }

    /// By client, in the order of being sent.
    private var sessions: [[Int]] = []
    private var operations: [Operation] = []
    private var done: [Bool] = []
    /// The first operation of each session that is not done.
    private var heads: [Int]
    private var state: [UInt32]
    private var open = 0
    private var fingerprint = Fingerprint()
    private var visited: Set<Fingerprint> = []
    private var room = 0
    private var trail: [(operation: Int, before: UInt32)] = []
    private var frames: [(trail: Int, choices: [Int], next: Int)] = []

    private struct Fingerprint: Hashable {
        var low: UInt64 = 0
        var high: UInt64 = 0

        mutating func toggle(_ value: UInt64) {
            low ^= ConfigurationCache.mixed(value)
            high ^= ConfigurationCache.mixed(value ^ 0xA5A5_5A5A_0F0F_F0F0)
        }
    }

    /// Whether an operation can say anything.
    static func counts(_ history: History, _ row: Int) -> Bool {
        switch (history.function(row), history.outcome(row)) {
        case (.read, .ok): true
        case (.write, .ok), (.write, .unknown), (.cas, .ok), (.cas, .unknown): true
        default: false
        }
    }

    /// The operations of these rows. Those in `free` are not held to any order, and need not happen.
    init(_ history: History, _ rows: [Int], free: Set<Int> = []) {
        var keys: [ValueID: Int] = [:]
        var clients: [UInt32: Int] = [:]
        let sorted = rows.sorted { (history.invoked($0), $0) < (history.invoked($1), $1) }
        for row in sorted where Self.counts(history, row) {
            let isRead = history.function(row) == .read
            let isFree = free.contains(row) || history.outcome(row) == .unknown
            if isRead, isFree { continue }
            let key = keys[history.key(row)] ?? keys.count
            keys[history.key(row)] = key
            let parts = history.values.parts(of: history.value(row))
            let isCAS = history.function(row) == .cas
            operations.append(
                Operation(
                    key: key, effect: isRead ? .read : isCAS ? .compareAndSet : .write,
                    a: (isCAS ? parts.first ?? .null : history.value(row)).index,
                    b: (parts.last ?? .null).index,
                    invoked: free.contains(row) ? .min : history.invoked(row),
                    returned: isFree ? .max : history.returned(row), isFree: isFree))
            // Each free one is a session of its own.
            let session: Int
            if free.contains(row) {
                session = sessions.count
            } else {
                session = clients[history.clients[row]] ?? sessions.count
                clients[history.clients[row]] = session
            }
            if session == sessions.count { sessions.append([]) }
            operations[operations.count - 1].session = session
            operations[operations.count - 1].position = sessions[session].count
            sessions[session].append(operations.count - 1)
        }
        done = [Bool](repeating: false, count: operations.count)
        heads = [Int](repeating: 0, count: sessions.count)
        state = [UInt32](repeating: ValueID.null.index, count: keys.count)
        open = operations.count { !$0.isFree }
    }

    mutating func run(_ meter: inout Meter) -> Result {
        let own = operations.count * 96
        guard meter.take(own) else { return .spent }
        let before = meter.memory - own
        defer { meter.give(meter.memory - before) }
        while true {
            guard meter.step() else { return .spent }
            observe()
            if open == 0 { return .found }
            if visited.contains(fingerprint) {
                guard backtrack() else { return .stuck }
            } else {
                guard remember(&meter) else { return .spent }
                frames.append((trail.count, choices(), 0))
            }
            while let last = frames.indices.last, frames[last].next == frames[last].choices.count {
                guard meter.step() else { return .spent }
                frames.removeLast()
                guard backtrack() else { return .stuck }
            }
            guard let last = frames.indices.last else { return .stuck }
            let choice = frames[last].choices[frames[last].next]
            frames[last].next += 1
            perform(choice)
        }
    }

    private mutating func remember(_ meter: inout Meter) -> Bool {
        if visited.count == room {
            let wanted = max(256, room * 2)
            // A set keeps itself at most three quarters full.
            guard meter.take(wanted * 24 + wanted * 64) else { return false }
            visited.reserveCapacity(wanted)
            meter.give(room * 88)
            room = wanted
        }
        visited.insert(fingerprint)
        return true
    }

    /// Goes back to the last frame; `false` when there is none.
    private mutating func backtrack() -> Bool {
        guard let frame = frames.last else { return false }
        while trail.count > frame.trail {
            let (number, before) = trail.removeLast()
            let operation = operations[number]
            setState(operation.key, before)
            done[number] = false
            heads[operation.session] = min(heads[operation.session], operation.position)
            fingerprint.toggle(UInt64(number) << 32 | 0xFFFF_FFFF)
            if !operation.isFree { open += 1 }
        }
        return true
    }

    private mutating func setState(_ key: Int, _ value: UInt32) {
        guard state[key] != value else { return }
        fingerprint.toggle(UInt64(key) << 33 | 1 << 32 | UInt64(state[key]))
        fingerprint.toggle(UInt64(key) << 33 | 1 << 32 | UInt64(value))
        state[key] = value
    }

    private mutating func perform(_ number: Int) {
        let operation = operations[number]
        trail.append((number, state[operation.key]))
        switch operation.effect {
        case .read, .differs: break
        case .write: setState(operation.key, operation.a)
        case .compareAndSet: setState(operation.key, operation.b)
        }
        done[number] = true
        let session = sessions[operation.session]
        while heads[operation.session] < session.count, done[session[heads[operation.session]]] {
            heads[operation.session] += 1
        }
        fingerprint.toggle(UInt64(number) << 32 | 0xFFFF_FFFF)
        if !operation.isFree { open -= 1 }
    }

    /// The operations of a session that nothing of it keeps back.
    private func ready(_ session: Int, _ body: (Int) -> Bool) {
        var limit = Int64.max
        for number in sessions[session][heads[session]...] where !done[number] {
            let operation = operations[number]
            if operation.invoked > limit { return }
            if !operation.isFree { limit = min(limit, operation.returned) }
            if !body(number) { return }
        }
    }

    /// Lets all reads happen that can: they are in nobody's way.
    private mutating func observe() {
        var changed = true
        while changed {
            changed = false
            for session in sessions.indices {
                var found: Int?
                ready(session) { number in
                    let operation = operations[number]
                    if operation.effect == .read, state[operation.key] == operation.a {
                        found = number
                    }
                    return found == nil
                }
                if let found {
                    perform(found)
                    changed = true
                }
            }
        }
    }

    /// Writes that can happen now: those that must before those that need not, earlier ones first.
    private func choices() -> [Int] {
        var choices: [Int] = []
        for session in sessions.indices {
            ready(session) { number in
                let operation = operations[number]
                let applies =
                    operation.effect == .write
                    || operation.effect == .compareAndSet && state[operation.key] == operation.a
                if applies { choices.append(number) }
                return true
            }
        }
        return choices.sorted {
            let (a, b) = (operations[$0], operations[$1])
            if a.isFree != b.isFree { return !a.isFree }
            return a.returned < b.returned
        }
    }
}
