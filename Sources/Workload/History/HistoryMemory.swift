internal import Foundation

/// Where a client keeps what the lab has not read yet: a file that is mapped into its memory, so that the
/// kernel keeps it when the client is killed, and the lab finds what was under way.
///
/// The file: a header of eight-byte words (magic, slots, bytes of a slot, bytes of a region; then for each
/// of two regions the offset of its first byte in the stream of this client, and its length), the slots
/// (the length in eight bytes, then the text), the two regions. A *slot* holds the line of the operation
/// that is under way on a connection, as it would be written if nothing more were known of it: *unknown*. A
/// *region* holds lines that were not handed to the kernel yet; one is filled while the other is written.
///
/// Lives on one event loop.
final class HistoryMemory {
    static let magic: UInt64 = 0x3174_7369_686c_7173
    static let headerSize = 4_096
    static let slotSize = 1_024
    static let regionSize = 4 << 20

    private let base: UnsafeMutableRawPointer
    private let size: Int
    private let slots: Int
    private var active = 0
    private var isWriting = false
    private var written: UInt64 = 0

    /// - Parameter path: of the file, which is made anew; nil: memory that dies with the process.
    init(path: String?, slots: Int) throws {
        self.slots = slots
        size = Self.headerSize + slots * Self.slotSize + 2 * Self.regionSize
        var file: Int32 = -1
        if let path {
            file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard file >= 0, ftruncate(file, off_t(size)) == 0 else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        }
        defer { if file >= 0 { close(file) } }
        let flags = path == nil ? MAP_PRIVATE | Int32(MAP_ANONYMOUS) : MAP_SHARED
        let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, flags, file, 0)
        guard let mapped, mapped != MAP_FAILED else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ENOMEM)
        }
        base = mapped
        for (word, value) in [
            Self.magic, UInt64(slots), UInt64(Self.slotSize),
            UInt64(Self.regionSize),
        ].enumerated() {
            set(word, value)
        }
    }

    deinit { munmap(base, size) }

    // MARK: Slots

    /// An operation is under way. A line that is too long keeps only that there is one.
    func began(_ slot: Int, _ line: [UInt8]) {
        let place = base + Self.headerSize + slot * Self.slotSize
        let length = min(line.count, Self.slotSize - 8)
        line.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            (place + 8).copyMemory(from: start, byteCount: length)
        }
        place.storeBytes(of: UInt64(line.count), as: UInt64.self)
    }

    /// It is not any more.
    func ended(_ slot: Int) {
        (base + Self.headerSize + slot * Self.slotSize).storeBytes(of: 0, as: UInt64.self)
    }

    // MARK: Regions

    /// Adds bytes; false: there is no room.
    func append(_ bytes: [UInt8]) -> Bool {
        let length = Int(word(5 + 2 * active))
        guard length + bytes.count <= Self.regionSize else { return false }
        let place = region(active) + length
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            place.copyMemory(from: start, byteCount: bytes.count)
        }
        set(5 + 2 * active, UInt64(length + bytes.count))
        return true
    }

    /// What is to be written now; nil: nothing, or what was taken before is still being written.
    func take() -> [UInt8]? {
        let length = Int(word(5 + 2 * active))
        guard !isWriting, length > 0 else { return nil }
        isWriting = true
        written += UInt64(length)
        let bytes = Array(UnsafeRawBufferPointer(start: region(active), count: length))
        active = 1 - active
        set(4 + 2 * active, written)
        return bytes
    }

    /// What was taken has been written.
    func wasWritten() {
        isWriting = false
        set(5 + 2 * (1 - active), 0)
    }

    /// Whether nothing is left to be written.
    var isEmpty: Bool { !isWriting && word(5 + 2 * active) == 0 }

    private func region(_ number: Int) -> UnsafeMutableRawPointer {
        base + Self.headerSize + slots * Self.slotSize + number * Self.regionSize
    }

    private func word(_ index: Int) -> UInt64 {
        base.load(fromByteOffset: index * 8, as: UInt64.self)
    }

    private func set(_ index: Int, _ value: UInt64) {
        base.storeBytes(of: value, toByteOffset: index * 8, as: UInt64.self)
    }
}

/// What a client that died left in its `HistoryMemory`.
struct HistoryRemains: Equatable, Sendable {
    /// The rest of its stream: what follows the bytes that arrived.
    var stream: [UInt8] = []
    /// Lines of operations that were under way.
    var open: [[UInt8]] = []
    /// Operations under way whose lines were too long to keep.
    var tooLong = 0

    /// Reads the file; nil when it is none, or does not go on where the stream ended.
    /// - Parameter arrived: bytes of the stream that arrived.
    init?(_ file: [UInt8], arrived: UInt64) {
        func word(_ offset: Int) -> UInt64? {
            guard offset + 8 <= file.count else { return nil }
            return (0..<8).reduce(0) { $0 | UInt64(file[offset + $1]) << (8 * UInt64($1)) }
        }
        guard word(0) == HistoryMemory.magic, let slots = word(8).flatMap({ Int(exactly: $0) }),
            word(16) == UInt64(HistoryMemory.slotSize),
            word(24) == UInt64(HistoryMemory.regionSize), slots <= 1_000_000,
            file.count
                == HistoryMemory.headerSize + slots * HistoryMemory.slotSize
                + 2 * HistoryMemory.regionSize
        else { return nil }
        for slot in 0..<slots {
            let place = HistoryMemory.headerSize + slot * HistoryMemory.slotSize
            guard let length = word(place), length > 0 else { continue }
            if length > UInt64(HistoryMemory.slotSize - 8) {
                tooLong += 1
            } else {
                open.append(Array(file[(place + 8)..<(place + 8 + Int(length))]))
            }
        }
        var next = arrived
        let regions = (0..<2).map { (base: word(32 + 16 * $0) ?? 0, number: $0) }
        for (base, number) in regions.sorted(by: { $0.base < $1.base }) {
            guard let length = word(40 + 16 * number), length > 0,
                length <= UInt64(HistoryMemory.regionSize)
            else { continue }
            guard base <= next else { return nil }
            guard base + length > next else { continue }
            let place =
                HistoryMemory.headerSize + slots * HistoryMemory.slotSize
                + number * HistoryMemory.regionSize
            stream += file[(place + Int(next - base))..<(place + Int(length))]
            next = base + length
        }
    }
}
