/// A page of metrics in Prometheus' text format (0.0.4), or OpenMetrics as far as it is the same.
/// Lines that are neither are passed over, and counted.
struct PrometheusPage: Equatable, Sendable {
    /// The wanted series, in the order of the page.
    private(set) var series: [PrometheusSeries] = []
    /// By name, as `# TYPE` declares it: `counter`, `gauge`, …
    private(set) var types: [String: String] = [:]
    /// Lines that are a series, wanted or not.
    private(set) var seriesLines = 0
    /// Lines that are nothing.
    private(set) var brokenLines = 0

    /// Reads a page.
    /// - Parameter names: the metrics to keep; all of them when `nil`.
    init(_ bytes: [UInt8], names: Set<String>? = nil) {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
            read(bytes[start..<(end > start && bytes[end - 1] == 13 ? end - 1 : end)], names)
            start = end + 1
        }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, _ names: Set<String>?) {
        var scanner = PrometheusScanner(line)
        scanner.skipBlanks()
        if scanner.isAtEnd { return }
        if scanner.take(UInt8(ascii: "#")) {
            if let (name, type) = scanner.type(),
                names?.contains(where: { $0.hasPrefix(name) }) ?? true
            {
                types[name] = type
            }
            return
        }
        guard let series = scanner.series() else {
            brokenLines += 1
            return
        }
        seriesLines += 1
        if names?.contains(series.name) ?? true { self.series.append(series) }
    }

    /// Whether a metric only grows: as declared, and by the customs of names where nothing is.
    func isCounter(_ name: String) -> Bool {
        let family = name.hasSuffix("_total") ? String(name.dropLast(6)) : name
        if let type = types[name] ?? types[family], type != "untyped", type != "unknown" {
            return type == "counter"
        }
        return ["_total", "_count", "_sum", "_bucket"].contains { name.hasSuffix($0) }
    }
}

/// One line of such a page.
struct PrometheusSeries: Equatable, Sendable {
    /// Name of the metric.
    var name: String
    /// In the order of the line.
    var labels: [Label]
    /// NaN and infinities are values too.
    var value: Double

    /// A label and its value.
    struct Label: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// The value of a label.
    func label(_ name: String) -> String? { labels.first { $0.name == name }?.value }

    /// By value; NaN equals itself.
    static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.labels == b.labels
            && (a.value == b.value || (a.value.isNaN && b.value.isNaN))
    }
}
