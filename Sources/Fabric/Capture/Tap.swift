internal import CLinux
internal import Cluster
internal import Faults
internal import Synchronization

/// The packet loop's side of a capture: copies what crosses watched ports into a ring. It never waits
/// and never allocates; what finds no room is counted. While nobody captures, `isOn` is all that the
/// loop looks at.
struct Tap: BitwiseCopyable {
    /// Whether any port is watched.
    private(set) var isOn = false

    private var memory: UnsafeMutableRawPointer?
    private var room = 0
    private var wake: Int32 = -1
    private var watchedPorts = 0
    private var written: UInt64 = 0
    /// How far the reader was when it was last looked at.
    private var taken: UInt64 = 0
    private var hasCalled = false
    private var lastID: UInt64 = 0
    /// The number of the last packet to many; its copies have the same.
    private var toManyID: UInt64 = 0
    /// Whether each segment of the packet in hand has a fate of its own.
    private var isPerSegment = false

    // MARK: Orders

    /// Takes a ring into use, or lets the present one go.
    mutating func adopt(_ order: Message) {
        self = Tap()
        guard let pointer = order.pointer else { return }
        memory = pointer
        let shape = pointer.load(fromByteOffset: TapRing.shapePlace, as: TapRing.Shape.self)
        room = shape.room
        wake = shape.wake
    }

    /// Begins or ends to watch a port, or all of them (`Switch.nobody`); `address` 0 ends.
    mutating func watch(_ order: Message) {
        guard let watched else { return }
        let value: UInt8 = order.address == 0 ? 0 : 1
        let all = order.node == Switch.nobody
        for node in all ? 0..<65_536 : Int(order.node)..<Int(order.node) + 1
        where watched[node] != value {
            watched[node] = value
            watchedPorts += value == 0 ? -1 : 1
        }
        isOn = watchedPorts > 0
    }

    // MARK: Who dropped it

    /// Before a packet is decided upon: remembers what its link's terms have dropped so far.
    mutating func prepare(_ counts: UnsafeMutablePointer<TermCount>, _ count: Int, alone: Bool) {
        isPerSegment = !alone
        guard let before else { return }
        for term in 0..<count { before[term] = counts[term].dropped }
    }

    /// After a segment was dropped: the term whose count has grown did it, the first if it was several.
    func blame(
        _ segment: Int, _ terms: UnsafePointer<Term>, _ counts: UnsafeMutablePointer<TermCount>,
        _ count: Int
    ) {
        guard let before, let causes else { return }
        causes[segment] = 0
        for term in (0..<count).reversed() where counts[term].dropped != before[term] {
            before[term] = counts[term].dropped
            causes[segment] = terms[term].fault.number
        }
    }

    // MARK: Packets

    /// What became of a run of a packet's segments. `order` is its place in the order of queueing.
    mutating func take(
        _ packet: Packet, _ run: Range<Int>, _ frame: FramePointer,
        _ state: UnsafeMutablePointer<LinkState>, _ fate: PacketSummary.Fate, at: Int64,
        order: UInt64
    ) {
        var record = TapRecord(
            size: 0, from: state.pointee.from, to: state.pointee.to, kind: fate.kind, at: at)
        switch fate {
        case .queued: record.id = Self.heldID(order)
        case .dropped:
            record.cause = causes?[isPerSegment ? run.lowerBound : 0] ?? 0
            if isPerSegment { return takeDropped(packet, run, frame, record) }
            record.id = newID(run.count)
        default: record.id = packet.isToMany ? toManyID : newID(run.count)
        }
        put(packet, run, frame, record)
    }

    /// A packet left the queue of its link: for its receiver, or because the queue was emptied.
    mutating func took(
        _ packet: Packet, _ frame: FramePointer, _ state: UnsafeMutablePointer<LinkState>,
        _ header: Slab.Header, lost: Bool, at: Int64
    ) {
        put(
            packet, 0..<packet.segments, frame,
            TapRecord(
                size: 0, from: state.pointee.from, to: state.pointee.to,
                kind: lost ? .lost : .released, at: at, since: header.arrival,
                id: Self.heldID(header.order)))
    }

    /// A packet that has no link: to many machines, or to none.
    mutating func sent(_ packet: Packet, _ frame: FramePointer, from: UInt16, toMany: Bool) {
        let id = newID(packet.segments)
        if toMany { toManyID = id }
        put(
            packet, 0..<packet.segments, frame,
            TapRecord(
                size: 0, from: from, to: Switch.nobody, kind: toMany ? .toMany : .stray,
                at: squall_monotonic_ns(), id: id))
    }

    /// What waited on a link was lost.
    mutating func emptied(_ state: UnsafeMutablePointer<LinkState>, _ lost: UInt64) {
        guard let watched, lost > 0 else { return }
        let (from, to) = (state.pointee.from, state.pointee.to)
        guard watched[Int(from)] | watched[Int(to)] != 0 else { return }
        let record = TapRecord(
            size: UInt32(TapRecord.room), from: from, to: to, kind: .emptied,
            at: squall_monotonic_ns(), id: lost)
        guard let place = reserve(TapRecord.room) else { return }
        place.storeBytes(of: record, as: TapRecord.self)
        publish(TapRecord.room)
    }

    /// Dropped segments, in runs that have one fault to blame.
    private mutating func takeDropped(
        _ packet: Packet, _ run: Range<Int>, _ frame: FramePointer, _ record: TapRecord
    ) {
        guard let causes else { return }
        var first = run.lowerBound
        while first < run.upperBound {
            var end = first + 1
            while end < run.upperBound, causes[end] == causes[first] { end += 1 }
            var part = record
            part.cause = causes[first]
            part.id = newID(end - first)
            put(packet, first..<end, frame, part)
            first = end
        }
    }

    private mutating func put(
        _ packet: Packet, _ run: Range<Int>, _ frame: FramePointer, _ told: TapRecord
    ) {
        guard let watched, let lost else { return }
        var record = told
        let isCopy = packet.isToMany && (told.kind == .passed || told.kind == .held)
        record.left = watched[Int(told.from)] != 0 && told.kind != .released && !isCopy
        record.arrived =
            told.to != Switch.nobody && watched[Int(told.to)] != 0
            && (told.kind == .passed || told.kind == .released)
        guard record.left || record.arrived else { return }

        let whole = run.count == packet.segments
        let length = whole ? packet.length : packet.header + packet.bytes(of: run).count
        let size = (TapRecord.room * 2 - 1 + Frame.ip + length) & ~(TapRecord.room - 1)
        guard let place = reserve(size) else {
            if record.left, told.kind != .lost { Self.add(run.count, to: lost + Int(told.from)) }
            if record.arrived { Self.add(run.count, to: lost + Int(told.to)) }
            let once = lost + 65_536
            switch told.kind {
            case .passed, .released: Self.add(run.count, to: once + Int(told.to))
            case .held, .toMany: break
            default: Self.add(run.count, to: once + Int(told.from))
            }
            return
        }
        record.size = UInt32(size)
        record.length = UInt32(length)
        place.storeBytes(of: record, as: TapRecord.self)
        let copy = (place + TapRecord.room).assumingMemoryBound(to: UInt8.self)
        if whole {
            copy.update(from: frame, count: Frame.ip + length)
        } else {
            _ = packet.copy(run, from: frame, into: copy)
        }
        publish(size)
    }

    // MARK: The ring

    /// The place of the next record of so many bytes; `nil` when there is no room.
    private mutating func reserve(_ bytes: Int) -> UnsafeMutableRawPointer? {
        guard let ring else { return nil }
        let rest = room - Int(written) & (room - 1)
        let needed = UInt64(bytes <= rest ? bytes : rest + bytes)
        if written + needed - taken > UInt64(room) {
            look()
            guard written + needed - taken <= UInt64(room) else { return nil }
        }
        if bytes > rest {
            (ring + Int(written) & (room - 1)).storeBytes(
                of: TapRecord(size: UInt32(rest), kind: .skip), as: TapRecord.self)
            written += UInt64(rest)
        }
        return ring + Int(written) & (room - 1)
    }

    /// Publishes what was written. The reader comes by itself many times a second; it is called when
    /// the ring is half full before that.
    private mutating func publish(_ bytes: Int) {
        guard let memory else { return }
        written += UInt64(bytes)
        (memory + TapRing.writtenPlace).assumingMemoryBound(to: Atomic<UInt64>.self)
            .pointee.store(written, ordering: .releasing)
        guard written - taken > UInt64(room / 2) else { return }
        look()
        let isHalfFull = written - taken > UInt64(room / 2)
        if isHalfFull, !hasCalled { _ = squall_event_signal(wake) }
        hasCalled = isHalfFull
    }

    private mutating func look() {
        guard let memory else { return }
        taken = (memory + TapRing.takenPlace).assumingMemoryBound(to: Atomic<UInt64>.self)
            .pointee.load(ordering: .acquiring)
    }

    private static func add(_ count: Int, to counter: UnsafeMutablePointer<Atomic<UInt64>>) {
        // The loop alone stores it.
        let before = counter.pointee.load(ordering: .relaxed)
        counter.pointee.store(before &+ UInt64(count), ordering: .relaxed)
    }

    private mutating func newID(_ count: Int) -> UInt64 {
        let first = lastID + 1
        lastID += UInt64(count)
        return first
    }

    /// Numbers of packets that wait are made of their place in the order of queueing, so that the same
    /// is found when they leave.
    private static func heldID(_ order: UInt64) -> UInt64 { 1 << 62 | order << 11 }

    private var ring: UnsafeMutableRawPointer? { memory.map { $0 + TapRing.ringPlace } }

    private var watched: UnsafeMutablePointer<UInt8>? {
        memory.map { ($0 + TapRing.watchedPlace).assumingMemoryBound(to: UInt8.self) }
    }

    private var causes: UnsafeMutablePointer<UInt32>? {
        memory.map { ($0 + TapRing.causePlace).assumingMemoryBound(to: UInt32.self) }
    }

    private var before: UnsafeMutablePointer<UInt64>? {
        memory.map { ($0 + TapRing.beforePlace).assumingMemoryBound(to: UInt64.self) }
    }

    private var lost: UnsafeMutablePointer<Atomic<UInt64>>? {
        memory.map { ($0 + TapRing.lostPlace).assumingMemoryBound(to: Atomic<UInt64>.self) }
    }
}

extension PacketSummary.Fate {
    fileprivate var kind: TapRecord.Kind {
        switch self {
        case .passed: .passed
        case .queued: .held
        case .released: .released
        case .dropped: .dropped
        case .queueFull: .queueFull
        case .refused: .refused
        }
    }
}

extension Packet {
    /// Multicast or broadcast.
    var isToMany: Bool {
        destination >> 28 == 14 || destination == 0xffff_ffff
            || destination == Switch.network << 16 | 0xffff
    }
}
