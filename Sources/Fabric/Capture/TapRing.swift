internal import CLinux
internal import Synchronization

/// The memory between the packet loop and the capture's thread: a ring of copies, and what the loop
/// needs to decide whether to copy at all. One mapping, whose pages the kernel gives as they are
/// touched; it goes from hand to hand as a number and is unmapped by `Capture` when neither thread
/// uses it any more.
///
/// Why nothing is ever accessed by both threads at once: `written` is stored by the loop alone, `taken`
/// by the capture's thread alone. A record is written before the releasing store of `written` that
/// publishes it, and read after the acquiring load that saw it; its place is written again only after an
/// acquiring load of `taken` has shown that it was read. `lost` is stored by the loop and loaded by the
/// thread, atomically. All the rest belongs to the loop.
struct TapRing: Sendable {
    private let base: UInt
    /// Bytes of the ring, a power of two.
    let room: Int

    /// A ring of at least `wanted` bytes; `nil` when the kernel has no memory. `wake` is the event that
    /// the loop signals when the ring is half full.
    init?(room wanted: Int, wake: Int32) {
        var room = 1 << 17
        while room < wanted { room *= 2 }
        guard let memory = squall_map(Self.ringPlace + room) else { return nil }
        base = UInt(bitPattern: memory)
        self.room = room
        (memory + Self.shapePlace).initializeMemory(
            as: Shape.self, to: Shape(room: room, wake: wake))
        for place in [Self.writtenPlace, Self.takenPlace] {
            (memory + place).initializeMemory(as: Atomic<UInt64>.self, to: Atomic(0))
        }
    }

    /// Gives the memory back; no copy may be used afterwards.
    func unmap() { squall_unmap(memory, Self.ringPlace + room) }

    /// For the order that hands it to the loop.
    var memory: UnsafeMutableRawPointer {
        guard let memory = UnsafeMutableRawPointer(bitPattern: base) else {
            preconditionFailure("a mapping is never at zero")
        }
        return memory
    }

    /// How large the ring is, and whom to wake.
    struct Shape: BitwiseCopyable {
        var room: Int
        var wake: Int32
    }

    // Where things lie. The counters of the two threads are on cache lines of their own.
    static let writtenPlace = 0
    static let takenPlace = 128
    static let shapePlace = 256
    /// A count for each machine of wire packets that found no room, as its port saw them.
    static let lostPlace = 4_096
    /// The same where each packet counts once: where it arrived, or left if it did not.
    static let lostOncePlace = lostPlace + 65_536 * 8
    /// A byte for each machine: whether its port is watched.
    static let watchedPlace = lostOncePlace + 65_536 * 8
    /// For each segment of the packet in hand the number of the fault that dropped it.
    static let causePlace = watchedPlace + 65_536
    /// For each term of the link in hand how much it had dropped before.
    static let beforePlace = causePlace + Frame.mostSegments * 4
    static let ringPlace = beforePlace + 65_536 * 8

    // MARK: The reading side

    private var written: UnsafeMutablePointer<Atomic<UInt64>> {
        (memory + Self.writtenPlace).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    private var taken: UnsafeMutablePointer<Atomic<UInt64>> {
        (memory + Self.takenPlace).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Calls `body` with each record that was published, oldest first, and frees its place
    /// afterwards. The capture's thread only.
    func read(_ body: (UnsafeMutableRawPointer) -> Void) {
        var place = taken.pointee.load(ordering: .relaxed)
        let end = written.pointee.load(ordering: .acquiring)
        while place != end {
            let record = memory + Self.ringPlace + Int(place) & (room - 1)
            let size = record.load(as: TapRecord.self).size
            body(record)
            place += UInt64(size)
            taken.pointee.store(place, ordering: .releasing)
        }
    }

    /// How many wire packets of a machine found no room so far; `once` as for a capture in which each
    /// packet stands once.
    func lost(_ node: UInt16, once: Bool) -> UInt64 {
        (memory + (once ? Self.lostOncePlace : Self.lostPlace))
            .assumingMemoryBound(to: Atomic<UInt64>.self)[Int(node)].load(ordering: .relaxed)
    }
}

/// What stands before each copy in the ring.
struct TapRecord: BitwiseCopyable {
    /// What it tells.
    enum Kind: UInt8, BitwiseCopyable {
        /// Handed to the receiver at once.
        case passed
        /// Put into the queue of its link.
        case held
        /// Left the queue of its link.
        case released
        /// Dropped by a fault.
        case dropped
        /// Dropped because its link's queue was full.
        case queueFull
        /// Lost from the queue of its link.
        case lost
        /// Not taken by the receiver's kernel.
        case refused
        /// To an address that no machine has.
        case stray
        /// To many; what becomes of each copy is told by itself.
        case toMany
        /// A queue was emptied; there is no packet.
        case emptied
        /// The rest of the ring is not used in this round.
        case skip
    }

    /// Bytes up to the next record.
    var size: UInt32
    /// Bytes of the IP packet.
    var length: UInt32 = 0
    var from: UInt16 = 0
    var to: UInt16 = 0
    var kind: Kind
    /// Whether the sender's and the receiver's ports are watched and saw it.
    var left = false
    var arrived = false
    /// The fault that dropped it; 0 where there is none.
    var cause: UInt32 = 0
    /// When it happened, monotonic nanoseconds.
    var at: Int64 = 0
    /// For a released or lost one when it came.
    var since: Int64 = 0
    /// The same for what left and what arrived. For an emptied queue how many were lost.
    var id: UInt64 = 0

    /// Bytes before the frame; sizes are multiples of it, so that there is always room for one.
    static let room = 64
}
