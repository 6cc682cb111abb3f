internal import Cluster

/// What is to be asked when, and what is still open: the echo without sockets, threads or a clock.
/// Times are monotonic nanoseconds, given by the caller.
struct EchoBook {
    /// One echo that is to be sent now.
    struct Request: Equatable {
        let from: NodeID
        let to: NodeID
        let address: UInt32
        let cookie: UInt64
        var bytes = 44
    }

    /// A burst whose last echo was answered or given up.
    struct Finished: Equatable {
        let burst: UInt64
        let samples: [EchoSample]
    }

    /// An answer later than this is none.
    static let patience: Int64 = 3_000_000_000
    /// Every pair is asked about this often, idle.
    static let round: Int64 = 3_000_000_000
    /// No idle echo sooner after another than this.
    static let leastIdleGap: Int64 = 20_000_000
    static let mostSamples = 4_096
    /// Open echoes, all bursts together.
    static let mostOpen = 65_536

    /// Samples of idle echoes, oldest first.
    private(set) var idleSamples: [EchoSample] = []
    /// Whether idle echoes are sent.
    var isIdling = true

    private var addresses: [NodeID: UInt32] = [:]
    private var nodes: [NodeID] = []
    private var pair = (0, 1)
    private var nextIdle: Int64 = 0
    private var nextCookie: UInt64 = 1
    private var open: [UInt64: Open] = [:]
    /// When each echo is given up, in this order; also those that were answered meanwhile.
    private var giveUp: [(at: Int64, cookie: UInt64)] = []
    private var bursts: [UInt64: Burst] = [:]

    private struct Open {
        let from: NodeID
        let to: NodeID
        let sent: Int64
        let burst: UInt64?
    }

    private struct Burst {
        let from: NodeID
        let to: NodeID
        let every: Int64
        let patience: Int64
        let bytes: Int
        let linger: Int64
        var left: Int
        var next: Int64
        var waiting = 0
        /// When its last echo was sent, answered or given up.
        var settled: Int64 = 0
        var samples: [EchoSample] = []
    }

    /// Where the sample of an answered echo is, for second answers.
    private struct Place {
        let burst: UInt64
        let index: Int
        let from: NodeID
        let to: NodeID
    }
    private var places: [UInt64: Place] = [:]

    /// A machine that can ask and be asked.
    mutating func add(_ node: NodeID, address: UInt32) {
        addresses[node] = address
        nodes = addresses.keys.sorted()
        pair = (0, 1)
    }

    /// A machine that is gone. What it was asked stays open until it is given up.
    mutating func remove(_ node: NodeID) {
        addresses[node] = nil
        nodes = addresses.keys.sorted()
        pair = (0, 1)
    }

    /// Begins a burst; its number must be new.
    mutating func begin(
        _ burst: UInt64, from: NodeID, to: NodeID, count: Int, every: Int64,
        patience: Int64 = EchoBook.patience, bytes: Int = 44, linger: Int64 = 0, now: Int64
    ) {
        bursts[burst] = Burst(
            from: from, to: to, every: every, patience: patience, bytes: bytes, linger: linger,
            left: count, next: now)
    }

    /// When `due` has something to do; `nil` for never.
    var next: Int64? {
        var least: Int64? = giveUp.first?.at
        for burst in bursts.values {
            if burst.left > 0 {
                least = min(least ?? .max, burst.next)
            } else if burst.waiting == 0 {
                least = min(least ?? .max, burst.settled + burst.linger)
            }
        }
        if isIdling, nodes.count > 1 { least = min(least ?? .max, nextIdle) }
        return least
    }

    /// The echoes to send now.
    mutating func due(_ now: Int64) -> [Request] {
        var requests: [Request] = []
        for number in bursts.keys.sorted() {
            while let burst = bursts[number], burst.left > 0, burst.next <= now,
                open.count < Self.mostOpen
            {
                bursts[number]?.left -= 1
                // A late thread does not send in heaps what should be spread out.
                bursts[number]?.next = max(burst.next, now - burst.every) + burst.every
                bursts[number]?.settled = now
                if let request = request(burst.from, burst.to, now, burst: number) {
                    bursts[number]?.waiting += 1
                    requests.append(request)
                } else {
                    let lost = EchoSample(
                        from: burst.from, to: burst.to, sent: now, roundTrip: nil)
                    bursts[number]?.samples.append(lost)
                }
            }
        }
        if isIdling, nodes.count > 1, nextIdle <= now {
            if let request = request(nodes[pair.0], nodes[pair.1], now, burst: nil) {
                requests.append(request)
            }
            advancePair()
            let pairs = Int64(nodes.count * (nodes.count - 1) / 2)
            nextIdle = now + max(Self.leastIdleGap, Self.round / pairs)
        }
        return requests
    }

    /// An answer came to `from`, from `address`. False when it is none of ours, or too late.
    @discardableResult
    mutating func answered(
        _ cookie: UInt64, from: NodeID, address: UInt32, at: Int64
    ) -> Bool {
        guard let echo = open[cookie], echo.from == from, addresses[echo.to] == address else {
            if let place = places[cookie], place.from == from, addresses[place.to] == address {
                bursts[place.burst]?.samples[place.index].answers += 1
            }
            return false
        }
        open[cookie] = nil
        finish(echo, cookie, roundTrip: max(0, at - echo.sent))
        return true
    }

    /// An answer came whose bytes are not those that were sent: which echo it is for is told by the lower
    /// half of the cookie. False when it is none of ours.
    @discardableResult
    mutating func altered(_ sequence: UInt16, from: NodeID, address: UInt32, at: Int64) -> Bool {
        let found = open.first { cookie, echo in
            UInt16(truncatingIfNeeded: cookie) == sequence && echo.from == from
                && addresses[echo.to] == address
        }
        guard let (cookie, echo) = found else { return false }
        open[cookie] = nil
        finish(echo, cookie, roundTrip: max(0, at - echo.sent), isAltered: true)
        return true
    }

    /// An echo could not even be sent.
    mutating func failed(_ cookie: UInt64) {
        guard let echo = open.removeValue(forKey: cookie) else { return }
        finish(echo, cookie, roundTrip: nil)
    }

    /// Gives up what has been open for too long, and hands out the bursts that are over.
    mutating func settle(_ now: Int64) -> [Finished] {
        var over = 0
        while over < giveUp.count, giveUp[over].at <= now {
            failed(giveUp[over].cookie)
            over += 1
        }
        if over > 0 { giveUp.removeFirst(over) }
        var finished: [Finished] = []
        for (number, burst) in bursts
        where burst.left == 0 && burst.waiting == 0 && burst.settled + burst.linger <= now {
            let samples = burst.samples.sorted { $0.sent < $1.sent }
            finished.append(Finished(burst: number, samples: samples))
            bursts[number] = nil
            places = places.filter { $0.value.burst != number }
        }
        return finished.sorted { $0.burst < $1.burst }
    }

    /// Hands the idle samples over.
    mutating func takeIdleSamples() -> [EchoSample] {
        defer { idleSamples = [] }
        return idleSamples
    }

    private mutating func request(
        _ from: NodeID, _ to: NodeID, _ now: Int64, burst: UInt64?
    ) -> Request? {
        guard addresses[from] != nil, let address = addresses[to], from != to else { return nil }
        let cookie = nextCookie
        nextCookie += 1
        open[cookie] = Open(from: from, to: to, sent: now, burst: burst)
        let limit = now + (burst.flatMap { bursts[$0]?.patience } ?? Self.patience)
        // Nearly always the end is its place.
        let place = (giveUp.lastIndex { $0.at <= limit } ?? -1) + 1
        giveUp.insert((limit, cookie), at: place)
        let bytes = burst.flatMap { bursts[$0]?.bytes } ?? 44
        return Request(from: from, to: to, address: address, cookie: cookie, bytes: bytes)
    }

    private mutating func finish(
        _ echo: Open, _ cookie: UInt64, roundTrip: Int64?, isAltered: Bool = false
    ) {
        let sample = EchoSample(
            from: echo.from, to: echo.to, sent: echo.sent, roundTrip: roundTrip,
            isAltered: isAltered)
        if let burst = echo.burst {
            if let roundTrip, let index = bursts[burst]?.samples.count {
                places[cookie] = Place(burst: burst, index: index, from: echo.from, to: echo.to)
                bursts[burst]?.settled = echo.sent + roundTrip
            }
            bursts[burst]?.waiting -= 1
            bursts[burst]?.samples.append(sample)
        } else {
            if idleSamples.count == Self.mostSamples { idleSamples.removeFirst() }
            idleSamples.append(sample)
        }
    }

    private mutating func advancePair() {
        pair.1 += 1
        if pair.1 == nodes.count { pair = (pair.0 + 1, pair.0 + 2) }
        if pair.1 >= nodes.count { pair = (0, 1) }
    }
}
