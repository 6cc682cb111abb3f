public import Cluster
internal import Glibc

/// What one node printed, line by line with the run's time: `SECONDS.SIX<TAB>text`. The bytes of a
/// line stay as they are (readers repair and defend); only its length is bounded.
public final class LogFile {
    /// The file.
    public let path: String
    /// Bytes in the file.
    public private(set) var size: UInt64
    /// The most that one node may fill; lines beyond are counted, not kept.
    public let limit: UInt64

    /// Longer lines are cut, and end with `cutMark`.
    public static let longestLine = 16 << 10
    /// Stands at the end of a line that was cut.
    public static let cutMark = "… [cut]"

    private let file: Int32
    /// A line that has no end yet, and whether it is too long already.
    private var open: [UInt8] = []
    private var isCutting = false

    /// What came of one piece of output; `.logLines` and `.dropped` say the same to the journal.
    public struct Written: Equatable, Sendable {
        /// Where the first line begins in the file.
        public var firstByte: UInt64
        /// Lines that were written.
        public var lines: UInt32
        /// Lines that were not: the file is full, or can't be written.
        public var dropped: UInt64
    }

    /// Makes the file, or goes on at its end. Throws when it can't be opened.
    public init(path: String, limit: UInt64 = 64 << 20) throws(JournalError) {
        self.path = path
        self.limit = limit
        file = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        if file < 0 { throw JournalError("make", path) }
        size = UInt64(max(0, lseek(file, 0, SEEK_END)))
    }

    deinit { close(file) }

    /// Takes output as it came from the pipe; lines may begin and end in other pieces. All lines that
    /// end here get the time `at`.
    @discardableResult
    public func write(_ output: UnsafeRawBufferPointer, at: Stamp) -> Written {
        var lines = LineWriter()
        var count: UInt32 = 0
        var rest = output[...]
        while let newline = rest.firstIndex(of: .newline) {
            add(rest[..<newline])
            endLine(at, into: &lines)
            count += 1
            rest = rest[(newline + 1)...]
        }
        add(rest)
        return append(lines.bytes, count)
    }

    /// As for bytes in memory.
    @discardableResult
    public func write(_ output: [UInt8], at: Stamp) -> Written {
        output.withUnsafeBytes { write($0, at: at) }
    }

    /// The program ended: a line without an end is one too.
    @discardableResult
    public func endOfOutput(at: Stamp) -> Written {
        guard !open.isEmpty || isCutting else { return append([], 0) }
        var lines = LineWriter()
        endLine(at, into: &lines)
        return append(lines.bytes, 1)
    }

    private func add(_ piece: Slice<UnsafeRawBufferPointer>) {
        let room = Self.longestLine - open.count
        open.append(contentsOf: piece.prefix(room))
        if piece.count > room { isCutting = true }
    }

    private func endLine(_ at: Stamp, into lines: inout LineWriter) {
        if open.last == 0x0D, !isCutting { open.removeLast() }
        lines.stamp(at)
        lines.byte(0x09)
        lines.bytes.append(contentsOf: open)
        if isCutting { lines.bytes.append(contentsOf: Self.cutMark.utf8) }
        lines.byte(.newline)
        open.removeAll(keepingCapacity: true)
        isCutting = false
    }

    private func append(_ bytes: [UInt8], _ count: UInt32) -> Written {
        let first = size
        guard !bytes.isEmpty else { return Written(firstByte: first, lines: 0, dropped: 0) }
        guard size + UInt64(bytes.count) <= limit else {
            return Written(firstByte: first, lines: 0, dropped: UInt64(count))
        }
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if written < 0, errno == EINTR { continue }
            if written <= 0 {
                // Half a line would spoil the next one.
                ftruncate(file, Int(first))
                return Written(firstByte: first, lines: 0, dropped: UInt64(count))
            }
            done += written
        }
        size += UInt64(bytes.count)
        return Written(firstByte: first, lines: count, dropped: 0)
    }
}
