internal import Cluster

/// The `metrics:` of a topology, made ready: which values of a page mean what.
struct MetricMap: Sendable {
    private var pointers: [(word: String, tokens: [String])] = []
    private var selectors: [(word: String, name: String, labels: [PrometheusSeries.Label])] = []
    private let peers: String?

    /// - Parameter peers: name of the log that positions count, see `ProbePlan.peers`.
    init(_ metrics: [String: String], peers: String?) {
        self.peers = peers
        for (word, place) in metrics.sorted(by: { $0.key < $1.key }) {
            if let tokens = JSONPage.tokens(of: place) {
                pointers.append((word, tokens))
            } else {
                let selector = PrometheusScanner.selector(place) ?? (name: place, labels: [])
                selectors.append((word, selector.name, selector.labels))
            }
        }
    }

    /// Whether something is read from a page in JSON.
    var readsJSON: Bool { !pointers.isEmpty }
    /// Whether something is read from a page of metrics.
    var readsSeries: Bool { !selectors.isEmpty }
    /// The metrics to keep of a page.
    var names: Set<String> { Set(selectors.map(\.name)) }

    /// What a page in JSON tells.
    func read(_ page: JSONPage, into reading: inout Reading) {
        for (word, tokens) in pointers {
            guard let value = page.value(at: tokens) else { continue }
            switch (word, value) {
            case ("role", .text(let role)):
                reading.role = Role(word: role)
                reading.roleWord = role
            case ("role", .truth(let leads)):
                reading.role = leads ? .leader : .follower
            case (_, .truth(let truth)):
                set(word, truth ? 1 : 0, &reading)
            case (_, .number(let text)), (_, .text(let text)):
                guard let number = Double(text), number.isFinite else { continue }
                if !setExactly(word, UInt64(text), &reading) { set(word, number, &reading) }
            default: continue
            }
        }
        name(&reading)
    }

    /// What a page of metrics tells. Several series of one name are added where the word is an
    /// amount; of positions, terms and times the largest one counts.
    func read(_ page: PrometheusPage, into reading: inout Reading) {
        for (word, name, labels) in selectors {
            let series = page.series.filter { one in
                one.name == name && labels.allSatisfy(one.labels.contains)
            }
            if series.isEmpty { continue }
            if word == "role" {
                setRole(series, except: labels, &reading)
                continue
            }
            let values = series.map(\.value).filter(\.isFinite)
            guard let largest = values.max() else { continue }
            switch word {
            case "term", "position", "behind", "lag", "latency": set(word, largest, &reading)
            default: set(word, values.reduce(0, +), &reading)
            }
            if page.isCounter(name) { reading.counters.insert(word) }
        }
        reading.counters.formIntersection(reading.others.keys)
        self.name(&reading)
    }

    /// One series of value 1 among several, with the role's word in a label (`role` if there is one
    /// of that name); or a number, 1 for a leader.
    private func setRole(
        _ series: [PrometheusSeries], except chosen: [PrometheusSeries.Label],
        _ reading: inout Reading
    ) {
        let labelled = series.contains { $0.labels.count > chosen.count }
        guard let active = series.first(where: { $0.value == 1 }) ?? (labelled ? nil : series.first)
        else { return }
        let word = active.label("role") ?? active.labels.first { !chosen.contains($0) }?.value
        if let word, Role(word: word) != .unknown || labelled && series.count > 1 {
            reading.role = Role(word: word)
            reading.roleWord = word
        } else {
            set("role", active.value, &reading)
        }
    }

    private func set(_ word: String, _ value: Double, _ reading: inout Reading) {
        switch word {
        case "role": reading.role = value == 1 ? .leader : .follower
        case "term": reading.term = UInt64(exactly: value.rounded())
        case "position": reading.position = UInt64(exactly: value.rounded())
        case "behind": reading.behind = UInt64(exactly: max(0, value).rounded())
        case "lag": reading.lag = max(0, value)
        case "requests": reading.requests = value
        case "errors": reading.errors = value
        case "latency": reading.latency = value
        default: reading.others[word] = value
        }
    }

    private func setExactly(_ word: String, _ value: UInt64?, _ reading: inout Reading) -> Bool {
        guard let value else { return false }
        switch word {
        case "term": reading.term = value
        case "position": reading.position = value
        case "behind": reading.behind = value
        default: return false
        }
        return true
    }

    private func name(_ reading: inout Reading) {
        guard let peers, reading.position != nil else { return }
        reading.stream = .init(name: peers)
    }
}
