/// A page of metrics in Prometheus' text format (0.0.4), or OpenMetrics as far as it is the same.
/// Lines that are neither are passed over, and counted.
struct PrometheusPage: Equatable, Sendable {
    /// The wanted series, in the order of the page.
    private(set) var series: [PrometheusSeries] = []
    /// By name, as `# TYPE` declares it: `counter`, `gauge`, …
    private(set) var types: [String: String] = [:]
    /// Whether a line was found that is a series, wanted or not.
    private(set) var hasSeries = false
    /// Lines that were read and are nothing.
    private(set) var brokenLines = 0

    /// Reads a page.
    /// - Parameter names: the metrics to keep; all of them when `nil`. Pages of real engines have
    ///   thousands of lines of which a handful is wanted, and are read twice a second: once the page is
    ///   known to be one of metrics, the others are passed over by their first bytes.
    init(_ bytes: [UInt8], names: Set<String>? = nil) {
        let wanted = names.map { names in names.sorted().map { Array($0.utf8) } }
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != 10 { end += 1 }
                let line = UnsafeBufferPointer(
                    rebasing: bytes[start..<(end > start && bytes[end - 1] == 13 ? end - 1 : end)])
                if !isUnwanted(line, wanted) { read(line, names) }
                start = end + 1
            }
        }
    }

    private static let declaration = Array("# TYPE ".utf8)

    /// Whether a line begins with another name than those that are wanted; `false` where more than
    /// its first bytes would have to be looked at.
    private func isUnwanted(_ line: UnsafeBufferPointer<UInt8>, _ wanted: [[UInt8]]?) -> Bool {
        guard let wanted, hasSeries, let first = line.first else { return false }
        if first == UInt8(ascii: "#") {
            guard line.starts(with: Self.declaration) else { return true }
            let name = line.dropFirst(Self.declaration.count).prefix { $0 != 32 && $0 != 34 }
            return !wanted.contains { $0.starts(with: name) }
        }
        guard first > 32, first != UInt8(ascii: "{") else { return false }
        return !wanted.contains { line.starts(with: $0) }
    }

    private mutating func read(_ line: UnsafeBufferPointer<UInt8>, _ names: Set<String>?) {
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
        hasSeries = true
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
