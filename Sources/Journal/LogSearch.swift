public import Cluster

extension LogFileReader {
    /// So much of a file is looked through at a time.
    private static let block: UInt64 = 1 << 20
    /// No line with its time is longer.
    private static let longestLine = UInt64(LogFile.longestLine + 64)

    /// The first line later than `moment` that matches; `nil` when there is none.
    public func first(after moment: Stamp, where matches: (LogLine) -> Bool) -> LogLine? {
        var begin = firstByte(after: moment)
        let end = size
        while begin < end {
            let lines = read(begin..<min(end, begin + Self.block), skippingFirst: false)
            if let found = lines.first(where: matches) { return found }
            // What is not whole is looked at again with what follows.
            guard consumed > begin else { return nil }
            begin = consumed
        }
        return nil
    }

    /// The last line earlier than `moment` that matches; `nil` when there is none.
    public func last(before moment: Stamp, where matches: (LogLine) -> Bool) -> LogLine? {
        guard moment.microseconds > .min else { return nil }
        var end = firstByte(after: Stamp(microseconds: moment.microseconds - 1))
        while end > 0 {
            let begin = end > Self.block ? end - Self.block : 0
            let lines = read(begin..<end, skippingFirst: begin > 0)
            if let found = lines.last(where: matches) { return found }
            // The line that the block began within is whole in the next one.
            end = begin == 0 ? 0 : begin + Self.longestLine
        }
        return nil
    }
}
