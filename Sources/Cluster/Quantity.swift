/// A value with its unit, as written in commands and expressions. All are integers underneath, so
/// that printing and parsing again gives the same value.
public enum Quantity: Hashable, Sendable {
    /// A time; at most nanosecond precision.
    case time(Duration)
    /// A size in bytes.
    case size(ByteCount)
    /// A bandwidth.
    case bandwidth(Bandwidth)
    /// A frequency.
    case frequency(Frequency)
    /// A share of one.
    case share(Share)
    /// A plain number.
    case number(Fixed)
}

/// A number with six decimals.
public struct Fixed: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The number times one million.
    public var millionths: Int64

    /// A number in millionths.
    public init(millionths: Int64) { self.millionths = millionths }

    /// A whole number; saturates.
    public init(_ whole: Int) {
        let (product, overflow) = Int64(whole).multipliedReportingOverflow(by: 1_000_000)
        millionths = overflow ? (whole < 0 ? .min : .max) : product
    }

    /// As a floating-point number.
    public var value: Double { Double(millionths) / 1_000_000 }

    /// By value.
    public static func < (a: Fixed, b: Fixed) -> Bool { a.millionths < b.millionths }
}

/// A size in bytes.
public struct ByteCount: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Bytes.
    public var bytes: Int64

    /// A size in bytes.
    public init(bytes: Int64) { self.bytes = bytes }

    /// By size.
    public static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }
}

/// Bits a second; `1MB/s` is 8,000,000.
public struct Bandwidth: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Bits a second.
    public var bitsPerSecond: Int64

    /// A bandwidth in bits a second.
    public init(bitsPerSecond: Int64) { self.bitsPerSecond = bitsPerSecond }

    /// Bytes a second.
    public var bytesPerSecond: Double { Double(bitsPerSecond) / 8 }

    /// By rate.
    public static func < (a: Bandwidth, b: Bandwidth) -> Bool { a.bitsPerSecond < b.bitsPerSecond }
}

/// How often something happens, exact for whole numbers a second and a minute.
public struct Frequency: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Millionths of an event a minute: `500/s` is 30,000,000,000.
    public var millionthsPerMinute: Int64

    /// A frequency in millionths of an event a minute.
    public init(millionthsPerMinute: Int64) { self.millionthsPerMinute = millionthsPerMinute }

    /// Events a second.
    public var perSecond: Double { Double(millionthsPerMinute) / 60_000_000 }

    /// By frequency.
    public static func < (a: Frequency, b: Frequency) -> Bool {
        a.millionthsPerMinute < b.millionthsPerMinute
    }
}

/// A share of one: `5%` is 50,000,000 billionths.
public struct Share: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Billionths of one.
    public var billionths: Int64

    /// A share in billionths of one.
    public init(billionths: Int64) { self.billionths = billionths }

    /// From 0 to 1.
    public var value: Double { Double(billionths) / 1_000_000_000 }

    /// By size.
    public static func < (a: Share, b: Share) -> Bool { a.billionths < b.billionths }
}
