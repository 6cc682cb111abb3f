/// The history of one signal.
public struct SeriesView: Sendable {
    private let track: Track
    private let signal: Int
    /// Seconds for which a value stands that was not told again: samples are written when they change,
    /// at the latest every ten seconds.
    private let holding: Int

    init(track: Track, signal: Int, holding: Int = 11) {
        self.track = track
        self.signal = signal
        self.holding = holding
    }

    /// Least, greatest and last value of some time; NaN where nothing was told.
    public struct Span: Equatable, Sendable {
        /// The least value.
        public var least: Float
        /// The greatest value.
        public var greatest: Float
        /// The last value.
        public var last: Float

        /// Nothing was told.
        public static let nothing = Span(least: .nan, greatest: .nan, last: .nan)

        /// By value; a NaN equals itself.
        public static func == (a: Span, b: Span) -> Bool {
            a.least.isSame(as: b.least) && a.greatest.isSame(as: b.greatest)
                && a.last.isSame(as: b.last)
        }

        mutating func add(_ other: Span) {
            if other.least < least || least.isNaN { least = other.least }
            if other.greatest > greatest || greatest.isNaN { greatest = other.greatest }
            if !other.last.isNaN { last = other.last }
        }
    }

    /// Whether nothing was ever told.
    public var isEmpty: Bool { track.isEmpty }

    /// The value of each of the `count` seconds up to and with that of `end`, oldest first; NaN where
    /// nothing was told. Reaches back ten minutes.
    public func seconds(_ count: Int = 60, endingAt end: Stamp) -> [Float] {
        guard count > 0, count <= 100_000 else { return [] }
        let last = end.second
        let first = last - count + 1
        var values = [Float](repeating: .nan, count: count)
        var held = Float.nan
        var age = Int.max
        for second in (first - holding)...last {
            if let told = track.value(second: second, signal) {
                held = told
                age = 0
            } else {
                age = age == .max ? .max : age + 1
            }
            if second >= first, age <= holding { values[second - first] = held }
        }
        return values
    }

    /// The values from `from` to `to` in `count` columns of equal length, oldest first. Where seconds
    /// are forgotten, from parts of ten.
    public func columns(_ count: Int, from: Stamp, to: Stamp) -> [Span] {
        guard count > 0, count <= 100_000, from < to else { return [] }
        var columns = [Span](repeating: .nothing, count: count)
        let begin = from.microseconds
        let length = Double(to.microseconds) - Double(begin)
        func column(_ second: Int) -> Int {
            let offset = Double(second) * 1_000_000 - Double(begin)
            return min(count - 1, max(0, Int(offset / length * Double(count))))
        }
        let first = from.second
        let end = Stamp(microseconds: to.microseconds - 1).second
        let last = min(end, first + 10_000_000)
        var second = first
        while second <= last, second - first <= 1_000_000 {
            if track.hasSeconds(from: second) { break }
            let part = second - second % 10
            if let span = track.part(part / 10, signal) { columns[column(second)].add(span) }
            second = part + 10
        }
        guard second <= last else { return columns }
        let values = seconds(min(100_000, last - second + 1), endingAt: Stamp(second: last))
        let start = last - values.count + 1
        for (index, value) in values.enumerated() where !value.isNaN {
            // A column narrower than a second shows the second that it lies in.
            let (left, right) = (column(start + index), column(start + index + 1))
            for place in left...max(left, right - 1) {
                columns[place].add(Span(least: value, greatest: value, last: value))
            }
        }
        return columns
    }
}

extension Stamp {
    init(second: Int) { self.init(microseconds: Int64(clamping: second).multiplied(by: 1_000_000)) }
}

extension Int64 {
    fileprivate func multiplied(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? (self < 0 ? .min : .max) : product
    }
}
