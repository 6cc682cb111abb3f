/// A mergeable histogram of times, log-linear: 32 buckets to each doubling, so that every value is
/// told within 3.2 %. After the idea of HdrHistogram (http://hdrhistogram.org). Sparse: a journal
/// line holds only the buckets in use.
public struct LatencyHistogram: Equatable, Sendable {
    /// Buckets in use, sorted by index.
    public private(set) var buckets: [Bucket] = []

    /// A bucket and how often it was hit.
    public struct Bucket: Equatable, Sendable, BitwiseCopyable {
        /// Which bucket; see `LatencyHistogram.index(of:)`.
        public var index: UInt16
        /// How often.
        public var count: UInt32

        /// A bucket.
        public init(index: UInt16, count: UInt32) {
            self.index = index
            self.count = count
        }
    }

    /// An empty histogram.
    public init() {}

    /// A histogram of given buckets; unsorted, repeated or impossible ones are put right.
    public init(buckets: some Sequence<Bucket>) {
        for bucket in buckets where bucket.index <= Self.lastIndex && bucket.count > 0 {
            add(bucket)
        }
    }

    /// The largest index: about 13 days.
    public static let lastIndex: UInt16 = 1_151

    /// The bucket of a time in microseconds; negative ones count as 0.
    public static func index(of microseconds: Int64) -> UInt16 {
        let value = UInt64(max(0, microseconds))
        if value < 32 { return UInt16(value) }
        let shift = 63 - value.leadingZeroBitCount - 5
        let index = (shift + 1) * 32 + Int((value >> UInt64(shift)) & 31)
        return UInt16(min(index, Int(lastIndex)))
    }

    /// The middle of a bucket in microseconds.
    public static func value(of index: UInt16) -> Double {
        if index < 32 { return Double(index) }
        let shift = Int(index) / 32 - 1
        let low = Double((32 + UInt64(index) % 32) << UInt64(shift))
        let width = Double(UInt64(1) << UInt64(shift))
        return low + (width - 1) / 2
    }

    /// Counts one time.
    public mutating func record(microseconds: Int64) {
        add(Bucket(index: Self.index(of: microseconds), count: 1))
    }

    /// Adds all counts of another one.
    public mutating func merge(_ other: LatencyHistogram) {
        for bucket in other.buckets { add(bucket) }
    }

    /// How many times were counted.
    public var count: UInt64 { buckets.reduce(0) { $0 + UInt64($1.count) } }

    /// The time in microseconds that the share `quantile` of all (0 … 1) does not exceed; `nil` when empty.
    public func microseconds(atQuantile quantile: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let wanted = UInt64(max(1, (min(1, max(0, quantile)) * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for bucket in buckets {
            seen += UInt64(bucket.count)
            if seen >= wanted { return Self.value(of: bucket.index) }
        }
        return buckets.last.map { Self.value(of: $0.index) }
    }

    private mutating func add(_ bucket: Bucket) {
        var low = 0
        var high = buckets.count
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle].index < bucket.index { low = middle + 1 } else { high = middle }
        }
        if low < buckets.count, buckets[low].index == bucket.index {
            let (sum, overflow) = buckets[low].count.addingReportingOverflow(bucket.count)
            buckets[low].count = overflow ? .max : sum
        } else {
            buckets.insert(bucket, at: low)
        }
    }
}
