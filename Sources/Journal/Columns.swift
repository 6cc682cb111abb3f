internal import Cluster

/// The order of the numbers in columnar lines. The header names them, so that the file explains
/// itself to `jq`, and a reader finds its columns wherever a later version puts them.
struct Columns: Equatable, Sendable {
    var samples = SampleColumn.allCases.map(Optional.some)
    var links = LinkColumn.allCases.map(Optional.some)
    var clients = ClientColumn.allCases.map(Optional.some)
    var metrics = MetricColumn.allCases.map(Optional.some)

    /// The columns of this version.
    init() {}

    /// The columns that a header names; unknown ones are `nil` and skipped.
    init(header: [JSONField]) {
        for field in header {
            switch field.name {
            case "samples": samples = Self.named(field.value)
            case "links": links = Self.named(field.value)
            case "clients": clients = Self.named(field.value)
            case "metrics": metrics = Self.named(field.value)
            default: break
            }
        }
    }

    private static func named<Column: RawRepresentable<String>>(_ value: JSONValue) -> [Column?] {
        value.elements.map { element in
            if case .string(let name) = element { Column(rawValue: name) } else { nil }
        }
    }
}

/// What a node told.
enum SampleColumn: String, CaseIterable, Sendable {
    case node, role, ready, lag, behind, requests, errors, p99, cpu, memory, term, position
}

/// What crossed a link.
enum LinkColumn: String, CaseIterable, Sendable {
    case from, to, rtt, packets, bytes, connections, dropped
}

/// What a client saw; `latency` and `uncorrected` alternate bucket and count.
enum ClientColumn: String, CaseIterable, Sendable {
    case client, interval, due, ok, refused, unknown, silence, outage, latency, uncorrected
}

/// What a node told under a word of the topology's own.
enum MetricColumn: String, CaseIterable, Sendable {
    case node, word, value
}

extension LineWriter {
    mutating func row(_ sample: Sample) {
        byte(.openBracket)
        integer(sample.node.index)
        raw(",\"")
        bytes.append(contentsOf: sample.role.letter.utf8)
        raw(sample.ready ? "\",1" : "\",0")
        told(sample.lag)
        told(sample.behind)
        told(sample.requests)
        told(sample.errors)
        told(sample.p99)
        told(sample.cpu)
        told(sample.memory)
        told(sample.term)
        byte(.comma)
        integer(sample.position)
        byte(.closeBracket)
    }

    mutating func row(_ sample: LinkSample) {
        byte(.openBracket)
        integer(sample.from.index)
        byte(.comma)
        integer(sample.to.index)
        told(sample.rtt)
        told(sample.packets)
        told(sample.bytes)
        told(sample.connections)
        told(sample.dropped)
        byte(.closeBracket)
    }

    mutating func row(_ sample: ClientSample) {
        byte(.openBracket)
        integer(sample.client.index)
        told(sample.interval)
        for count in [sample.due, sample.ok, sample.refused, sample.unknown] {
            byte(.comma)
            integer(count)
        }
        told(sample.silence)
        told(sample.outage)
        told(sample.latency)
        told(sample.uncorrected)
        raw("]")
    }

    mutating func row(_ sample: MetricSample) {
        byte(.openBracket)
        integer(sample.node.index)
        byte(.comma)
        string(sample.word)
        told(sample.value)
        byte(.closeBracket)
    }

    private mutating func told(_ histogram: LatencyHistogram) {
        raw(",[")
        var isFirst = true
        for bucket in histogram.buckets {
            if !isFirst { byte(.comma) }
            isFirst = false
            integer(bucket.index)
            byte(.comma)
            integer(bucket.count)
        }
        raw("]")
    }

    private mutating func told(_ value: Float) {
        byte(.comma)
        number(value)
    }

    private mutating func told(_ value: UInt32) {
        byte(.comma)
        if value == Sample.notTold { raw("null") } else { integer(value) }
    }
}

extension Scanner {
    /// `[[…],[…]]`; a row without machines is left out.
    mutating func rows<Row>(
        _ row: (inout Scanner) throws(Broken) -> Row?
    ) throws(Broken) -> [Row] {
        var rows: [Row] = []
        try expect(.openBracket)
        if take(.closeBracket) { return rows }
        repeat {
            if let row = try row(&self) { rows.append(row) }
        } while take(.comma)
        try expect(.closeBracket)
        return rows
    }

    /// The cells of one row, as many as there are; those without a column are skipped.
    private mutating func cells<Column>(
        _ columns: [Column?], _ read: (inout Scanner, Column) throws(Broken) -> Void
    ) throws(Broken) {
        try expect(.openBracket)
        if take(.closeBracket) { return }
        var index = 0
        repeat {
            if index < columns.count, let column = columns[index] {
                try read(&self, column)
            } else {
                _ = try value()
            }
            index += 1
        } while take(.comma)
        try expect(.closeBracket)
    }

    mutating func sample(_ columns: [SampleColumn?]) throws(Broken) -> Sample? {
        var sample = Sample(node: NodeID(0))
        var isNamed = false
        try cells(columns) { (scanner, column) throws(Broken) in
            switch column {
            case .node:
                sample.node = NodeID(try scanner.whole() ?? .max)
                isNamed = true
            case .role: sample.role = try scanner.role()
            case .ready: sample.ready = (try scanner.whole(UInt8.self) ?? 0) != 0
            case .lag: sample.lag = try scanner.float()
            case .behind: sample.behind = try scanner.whole() ?? Sample.notTold
            case .requests: sample.requests = try scanner.float()
            case .errors: sample.errors = try scanner.float()
            case .p99: sample.p99 = try scanner.float()
            case .cpu: sample.cpu = try scanner.float()
            case .memory: sample.memory = try scanner.whole() ?? Sample.notTold
            case .term: sample.term = try scanner.whole() ?? Sample.notTold
            case .position: sample.position = try scanner.whole() ?? 0
            }
        }
        return isNamed ? sample : nil
    }

    private mutating func role() throws(Broken) -> Role {
        try expect(.quote)
        let letter = next
        guard take(letter), take(.quote) else { throw Broken() }
        return Role(letter: letter)
    }

    mutating func linkSample(_ columns: [LinkColumn?]) throws(Broken) -> LinkSample? {
        var from: NodeID?
        var to: NodeID?
        var sample = LinkSample(from: NodeID(0), to: NodeID(0))
        try cells(columns) { (scanner, column) throws(Broken) in
            switch column {
            case .from: from = NodeID(try scanner.whole() ?? .max)
            case .to: to = NodeID(try scanner.whole() ?? .max)
            case .rtt: sample.rtt = try scanner.float()
            case .packets: sample.packets = try scanner.float()
            case .bytes: sample.bytes = try scanner.float()
            case .connections: sample.connections = try scanner.float()
            case .dropped: sample.dropped = try scanner.float()
            }
        }
        guard let from, let to else { return nil }
        sample.from = from
        sample.to = to
        return sample
    }

    mutating func clientSample(_ columns: [ClientColumn?]) throws(Broken) -> ClientSample? {
        var sample = ClientSample(client: NodeID(0), interval: 0)
        var isNamed = false
        try cells(columns) { (scanner, column) throws(Broken) in
            switch column {
            case .client:
                sample.client = NodeID(try scanner.whole() ?? .max)
                isNamed = true
            case .interval: sample.interval = try scanner.float()
            case .due: sample.due = try scanner.whole() ?? 0
            case .ok: sample.ok = try scanner.whole() ?? 0
            case .refused: sample.refused = try scanner.whole() ?? 0
            case .unknown: sample.unknown = try scanner.whole() ?? 0
            case .silence: sample.silence = try scanner.float()
            case .outage: sample.outage = try scanner.float()
            case .latency: sample.latency = try scanner.histogram()
            case .uncorrected: sample.uncorrected = try scanner.histogram()
            }
        }
        return isNamed ? sample : nil
    }

    mutating func metricSample(_ columns: [MetricColumn?]) throws(Broken) -> MetricSample? {
        var node: NodeID?
        var sample = MetricSample(node: NodeID(0), word: "", value: .nan)
        try cells(columns) { (scanner, column) throws(Broken) in
            switch column {
            case .node: node = NodeID(try scanner.whole() ?? .max)
            case .word: sample.word = try scanner.string()
            case .value: sample.value = try scanner.float()
            }
        }
        guard let node else { return nil }
        sample.node = node
        return sample
    }

    private mutating func histogram() throws(Broken) -> LatencyHistogram {
        var buckets: [LatencyHistogram.Bucket] = []
        try expect(.openBracket)
        if take(.closeBracket) { return LatencyHistogram() }
        repeat {
            guard let index = try whole(UInt16.self) else { throw Broken() }
            try expect(.comma)
            guard let count = try whole(UInt32.self) else { throw Broken() }
            buckets.append(LatencyHistogram.Bucket(index: index, count: count))
        } while take(.comma)
        try expect(.closeBracket)
        return LatencyHistogram(buckets: buckets)
    }
}

extension Role {
    /// The role behind a letter of the journal.
    init(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "L"): self = .leader
        case UInt8(ascii: "F"): self = .follower
        case UInt8(ascii: "C"): self = .candidate
        case UInt8(ascii: "O"): self = .observer
        case UInt8(ascii: "-"): self = .none
        default: self = .unknown
        }
    }
}
