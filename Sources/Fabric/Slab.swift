internal import CLinux

/// Memory for packets that wait, in slots of three sizes, mapped in pieces of about a megabyte as they
/// are needed and never beyond a bound. A slot is named by a number, so that queues are chains of
/// numbers and nothing is counted by reference. Belongs to the packet loop alone.
struct Slab: ~Copyable {
    /// The name of a slot.
    typealias Slot = UInt32
    /// No slot.
    static let none: Slot = .max

    /// What stands at the beginning of a slot, before its frame.
    struct Header: BitwiseCopyable {
        /// The next slot of the same chain.
        var next: Slot = Slab.none
        /// The one before, in chains that are left in any order.
        var previous: Slot = Slab.none
        /// Bytes of the IP packet.
        var length: UInt32 = 0
        /// Wire packets.
        var segments: UInt32 = 0
        /// Bytes that the slot takes from the bounds.
        var size: UInt32 = 0
        /// When it is to leave, monotonic nanoseconds.
        var deadline: Int64 = 0
        /// When it came.
        var arrival: Int64 = 0
        /// Its place in the order of coming, over all links.
        var order: UInt64 = 0
    }

    /// Bytes before the frame.
    static let headerRoom = 64

    /// Bytes taken by slots in use.
    private(set) var used = 0
    /// Bytes that may be mapped at most.
    private let bound: Int
    private var mapped = 0
    /// Three of them.
    private let sizes: UnsafeMutablePointer<Size>

    private struct Size {
        /// A gigabyte of pieces, whatever the bound.
        static let mostPieces = 1_024

        let bytes: Int
        /// Slots in a piece, as a power of two.
        let shift: Int
        var free: Slot = Slab.none
        /// Where the pieces lie.
        var pieces: UnsafeMutablePointer<UnsafeMutableRawPointer>
        var pieceCount = 0

        init(bytes: Int, shift: Int) {
            self.bytes = bytes
            self.shift = shift
            pieces = .allocate(capacity: Self.mostPieces)
        }
    }

    init(bound: Int) {
        self.bound = bound
        sizes = .allocate(capacity: 3)
        sizes.initialize(to: Size(bytes: 2_048, shift: 9))
        (sizes + 1).initialize(to: Size(bytes: 16_384, shift: 6))
        (sizes + 2).initialize(to: Size(bytes: 69_632, shift: 4))
    }

    deinit {
        for kind in 0..<3 {
            unmap(kind)
            sizes[kind].pieces.deallocate()
        }
        sizes.deallocate()
    }

    /// The smallest free slot for an IP packet of so many bytes; `none` when the bound is reached.
    mutating func take(_ length: Int) -> Slot {
        let needed = Slab.headerRoom + Frame.ip + length
        let kind = needed <= sizes[0].bytes ? 0 : needed <= sizes[1].bytes ? 1 : 2
        if sizes[kind].free == Slab.none, !grow(kind) { return Slab.none }
        let slot = sizes[kind].free
        let header = header(slot)
        sizes[kind].free = header.pointee.next
        header.pointee = Header(size: UInt32(sizes[kind].bytes))
        used += sizes[kind].bytes
        return slot
    }

    /// Gives a slot back.
    mutating func free(_ slot: Slot) {
        let kind = Int(slot >> 30)
        let header = header(slot)
        used -= sizes[kind].bytes
        header.pointee.next = sizes[kind].free
        sizes[kind].free = slot
    }

    /// Gives everything back to the kernel when no slot is in use and it is worth the while: after a
    /// burst the memory is nobody's.
    mutating func trim() {
        guard used == 0, mapped > Self.kept else { return }
        for kind in 0..<3 {
            unmap(kind)
            sizes[kind].pieceCount = 0
            sizes[kind].free = Slab.none
        }
        mapped = 0
    }

    private static let kept = 16 << 20

    private func unmap(_ kind: Int) {
        for piece in 0..<sizes[kind].pieceCount {
            squall_unmap(sizes[kind].pieces[piece], sizes[kind].bytes << sizes[kind].shift)
        }
    }

    /// The slot's header.
    func header(_ slot: Slot) -> UnsafeMutablePointer<Header> {
        address(slot).assumingMemoryBound(to: Header.self)
    }

    /// The slot's frame.
    func frame(_ slot: Slot) -> FramePointer {
        (address(slot) + Slab.headerRoom).assumingMemoryBound(to: UInt8.self)
    }

    /// A slot's name holds its size (two bits), its piece and its place in it.
    private func address(_ slot: Slot) -> UnsafeMutableRawPointer {
        let size = sizes + Int(slot >> 30)
        let number = Int(slot & 0x3fff_ffff)
        let place = number & (1 << size.pointee.shift - 1)
        return size.pointee.pieces[number >> size.pointee.shift] + place * size.pointee.bytes
    }

    private mutating func grow(_ kind: Int) -> Bool {
        let bytes = sizes[kind].bytes << sizes[kind].shift
        guard mapped + bytes <= bound, sizes[kind].pieceCount < Size.mostPieces else {
            return false
        }
        guard let memory = squall_map(bytes) else { return false }
        mapped += bytes
        let count = sizes[kind].pieceCount
        sizes[kind].pieces[count] = memory
        sizes[kind].pieceCount += 1
        let first = count << sizes[kind].shift
        for number in (first..<first + 1 << sizes[kind].shift).reversed() {
            let slot = Slot(kind) << 30 | Slot(number)
            header(slot).pointee.next = sizes[kind].free
            sizes[kind].free = slot
        }
        return true
    }
}
