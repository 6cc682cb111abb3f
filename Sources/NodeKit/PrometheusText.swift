/// Metrics as Prometheus reads them (text format 0.0.4): a page is written from top to bottom.
public struct PrometheusText: Sendable {
    /// The page so far.
    public private(set) var text = ""

    /// An empty page.
    public init() {}

    /// One metric with any number of series, each with its labels.
    /// - Parameter kind: `gauge` or `counter`.
    public mutating func metric(
        _ name: String, _ kind: Kind, _ help: String, _ series: [(Labels, Double)]
    ) {
        head(name, kind.rawValue, help)
        for (labels, value) in series { line(name, labels, value) }
    }

    /// One metric without labels.
    public mutating func metric(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        let none: Labels = [:]
        metric(name, kind, help, [(none, value)])
    }

    /// A histogram of times in seconds.
    public mutating func histogram(_ name: String, _ help: String, _ counts: LatencyCounts) {
        head(name, "histogram", help)
        var sum: UInt64 = 0
        for (index, bound) in LatencyCounts.bounds.enumerated() {
            sum += counts.buckets[index]
            line(name + "_bucket", ["le": Self.number(bound)], Double(sum))
        }
        line(name + "_bucket", ["le": "+Inf"], Double(counts.count))
        line(name + "_sum", [:], counts.seconds)
        line(name + "_count", [:], Double(counts.count))
    }

    /// What a metric is: a value that goes up and down, or one that only grows.
    public enum Kind: String, Sendable { case gauge, counter }

    /// Labels in the order they are written.
    public typealias Labels = KeyValuePairs<String, String>

    private mutating func head(_ name: String, _ kind: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: Double) {
        text += name
        if !labels.isEmpty {
            let parts = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            text += "{\(parts.joined(separator: ","))}"
        }
        text += " \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return String(value)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result
    }
}

/// How many requests took how long.
public struct LatencyCounts: Sendable, Equatable {
    /// Upper bounds of the buckets, in seconds.
    public static let bounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
    ]

    /// Requests a bucket, not added up; the last is what exceeds every bound.
    public private(set) var buckets = [UInt64](repeating: 0, count: bounds.count + 1)
    /// All of them together, in seconds.
    public private(set) var seconds = 0.0
    /// How many there were.
    public private(set) var count: UInt64 = 0

    /// Nothing yet.
    public init() {}

    /// Counts one request.
    public mutating func add(_ time: Duration) {
        let value = time.inSeconds
        let index = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        buckets[index] += 1
        seconds += value
        count += 1
    }
}

extension Duration {
    /// This time in seconds.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
