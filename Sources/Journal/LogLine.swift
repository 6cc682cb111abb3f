public import Cluster
internal import Glibc

/// A line that a node printed.
public struct LogLine: Equatable, Sendable {
    /// The node.
    public var node: NodeID
    /// When it was read from the node's pipe.
    public var at: Stamp
    /// As it was printed, control characters included; what was no UTF-8 is repaired.
    public var text: String

    /// A line.
    public init(node: NodeID, at: Stamp, text: String) {
        self.node = node
        self.at = at
        self.text = text
    }

    /// A line of `logs/NODE.log` without its newline. One that has no time gets `fallback`.
    init(node: NodeID, _ bytes: UnsafeBufferPointer<UInt8>, fallback: Stamp) {
        self.node = node
        at = fallback
        var start = 0
        if let base = bytes.baseAddress {
            var scanner = Scanner(base, 0..<bytes.count)
            if let stamp = try? scanner.stamp(), scanner.next == 0x09 {
                at = stamp
                start = scanner.position + 1
            }
        }
        text = String(decoding: bytes[start...], as: UTF8.self)
    }
}

/// Looks into a node's log at any time of the run: for replay, and for `squall logs`.
public final class LogFileReader {
    /// The file.
    public let path: String
    /// Whose log it is.
    public let node: NodeID
    private let file: Int32

    /// Opens a log. Throws when it can't be opened.
    public init(path: String, node: NodeID) throws(JournalError) {
        self.path = path
        self.node = node
        file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 { throw JournalError("open", path) }
    }

    deinit { close(file) }

    /// Bytes in the file now.
    public var size: UInt64 { UInt64(max(0, lseek(file, 0, SEEK_END))) }

    /// The last `count` lines not later than `moment`, oldest first; of those, what fits into 1 MB.
    public func lines(upTo moment: Stamp, count: Int) -> [LogLine] {
        let end = firstByte(after: moment)
        let begin = end > 1 << 20 ? end - 1 << 20 : 0
        var lines = read(begin..<end, skippingFirst: begin > 0)
        if lines.count > count { lines.removeFirst(lines.count - count) }
        return lines
    }

    /// Where the first line later than `moment` begins; the size when there is none.
    public func firstByte(after moment: Stamp) -> UInt64 {
        var low: UInt64 = 0  // a line begins here, or the file ends
        var high = size
        while low < high {
            let middle = low + (high - low) / 2
            guard let (start, next, at) = line(from: middle, low: low, high: high) else {
                high = middle
                continue
            }
            if at > moment { high = min(middle, start) } else { low = next }
        }
        return low
    }

    /// The first line that begins at or behind `offset`: its place, the next one's, and its time.
    private func line(
        from offset: UInt64, low: UInt64, high: UInt64
    ) -> (start: UInt64, next: UInt64, at: Stamp)? {
        // Two lines of the greatest length, with their times.
        var bytes = [UInt8](repeating: 0, count: 2 * (LogFile.longestLine + 64))
        let from = offset > low ? offset - 1 : offset
        let count = fill(&bytes, from: from)
        var start = 0
        if from < offset || offset > low {
            guard let newline = bytes[..<count].firstIndex(of: .newline) else { return nil }
            start = newline + 1
        }
        guard from + UInt64(start) < high,
            let end = bytes[start..<count].firstIndex(of: .newline)
        else { return nil }
        let at = bytes.withUnsafeBufferPointer {
            LogLine(node: node, UnsafeBufferPointer(rebasing: $0[start..<end]), fallback: .zero).at
        }
        return (from + UInt64(start), from + UInt64(end) + 1, at)
    }

    private func fill(_ bytes: inout [UInt8], from offset: UInt64) -> Int {
        let limit = bytes.count
        var done = 0
        while done < limit {
            let count = bytes.withUnsafeMutableBytes {
                pread(
                    file, $0.baseAddress?.advanced(by: done), limit - done,
                    off_t(clamping: offset + UInt64(done)))
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            done += count
        }
        return done
    }

    /// The whole lines of a part of the file.
    func read(_ range: Range<UInt64>, skippingFirst: Bool) -> [LogLine] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        let count = fill(&bytes, from: range.lowerBound)
        var lines: [LogLine] = []
        bytes.withUnsafeBufferPointer { buffer in
            var rest = buffer[..<count]
            var isFirst = skippingFirst
            while let newline = rest.firstIndex(of: .newline) {
                if !isFirst {
                    let line = UnsafeBufferPointer(rebasing: rest[..<newline])
                    lines.append(LogLine(node: node, line, fallback: lines.last?.at ?? .zero))
                }
                isFirst = false
                rest = rest[(newline + 1)...]
            }
            consumed = range.lowerBound + UInt64(rest.startIndex)
        }
        return lines
    }

    /// Behind the last whole line that `read` saw.
    private(set) var consumed: UInt64 = 0
}
