public import Cluster
internal import Glibc

/// Turns the bytes of a journal into entries, piece by piece and whatever they are: what does not
/// parse is skipped and counted, what is not finished yet waits for the rest.
public struct JournalDecoder: Sendable {
    /// The header, once it was read.
    public private(set) var header: JournalHeader?
    /// Lines, or runs of NUL bytes after a power cut, that made no sense and were skipped.
    public private(set) var brokenLines: UInt64 = 0
    /// Kinds that this version does not know, and how often they came; at most 64 kinds.
    public private(set) var unknownKinds: [String: UInt64] = [:]

    private var columns = Columns()
    /// The beginning of a line that has no end yet.
    private var rest: [UInt8] = []
    /// Inside a line that is too long to be one.
    private var isSkipping = false

    /// Longer lines are no lines of a journal.
    static let longestLine = 16 << 20

    /// Nothing was read yet.
    public init() {}

    /// Bytes of a last line that has no newline: torn, or still being written.
    public var unfinishedBytes: Int { rest.count }

    /// The entries that are complete with the next bytes of the file.
    public mutating func decode(_ bytes: [UInt8]) -> [Entry] {
        var entries: [Entry] = []
        bytes.withUnsafeBufferPointer { decode($0, into: &entries) }
        return entries
    }

    /// As `decode(_:)`, appending to what is there.
    public mutating func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, into entries: inout [Entry]
    ) {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        while start < bytes.count {
            guard let newline = memchr(base + start, 0x0A, bytes.count - start) else { break }
            let end = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(newline))
            finish(base, start..<end, into: &entries)
            start = end + 1
        }
        keep(base, start..<bytes.count)
    }

    private mutating func finish(
        _ base: UnsafePointer<UInt8>, _ range: Range<Int>, into entries: inout [Entry]
    ) {
        if isSkipping {
            isSkipping = false
            brokenLines += 1
            return
        }
        if rest.isEmpty { return line(base, range, into: &entries) }
        rest.append(
            contentsOf: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
        let whole = rest
        rest.removeAll(keepingCapacity: true)
        whole.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { line(base, 0..<buffer.count, into: &entries) }
        }
    }

    private mutating func keep(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty, !isSkipping else { return }
        if rest.count + range.count > Self.longestLine {
            isSkipping = true
            rest = []
        } else {
            rest.append(
                contentsOf: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
        }
    }

    private mutating func line(
        _ base: UnsafePointer<UInt8>, _ range: Range<Int>, into entries: inout [Entry]
    ) {
        var start = range.lowerBound
        while start < range.upperBound, base[start] == 0 { start += 1 }
        if start > range.lowerBound { brokenLines += 1 }
        guard start < range.upperBound else { return }
        do {
            entries.append(try read(Scanner(base, start..<range.upperBound)))
        } catch {
            brokenLines += 1
        }
    }

    private mutating func read(_ line: Scanner) throws(Scanner.Broken) -> Entry {
        var scanner = line
        if scanner.take("{\"squall\"") {
            scanner = line
            let (found, columns) = try scanner.header()
            header = found
            self.columns = columns
            return Entry(number: 0, at: .zero, event: .runBegan(found.run))
        }
        let entry = try scanner.entry(columns)
        if case .unknown(let kind) = entry.event,
            unknownKinds[kind] != nil || unknownKinds.count < 64
        {
            unknownKinds[kind, default: 0] += 1
        }
        return entry
    }
}
