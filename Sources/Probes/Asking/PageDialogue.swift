/// Asks for a page over HTTP, and for a page of metrics beside it where names are to be read.
struct PageDialogue: Sendable {
    private let path: String
    /// The status that is expected; any 2xx when `nil`.
    private let status: Int?
    /// Whether the page itself has to be one of metrics.
    private let isMetrics: Bool
    private let map: MetricMap
    private let names: Set<String>
    /// The answer so far, while the second page is asked for.
    private var answer: Dialogue.Answer?

    /// Where metrics are found when the probe itself asks for another page.
    static let metricsPath = "/metrics"

    init(path: String, status: Int?, isMetrics: Bool, map: MetricMap) {
        self.path = path.hasPrefix("/") ? path : "/" + path
        self.status = status
        self.isMetrics = isMetrics
        self.map = map
        names = map.names
    }

    mutating func begin() -> Dialogue.Request {
        answer = nil
        return .get(path: path)
    }

    mutating func take(status code: Int, body: [UInt8]) -> Dialogue.Step {
        if var answer {
            // Health was decided by the first page; this one only adds what it can.
            if (200..<300).contains(code) { _ = read(body, into: &answer.reading) }
            return .done(answer)
        }
        var answer = Dialogue.Answer()
        guard status.map({ $0 == code }) ?? (200..<300).contains(code) else {
            return .done(.init(trouble: "status \(code)"))
        }
        if isMetrics {
            if !read(body, into: &answer.reading) { answer.trouble = "its page is not of metrics" }
            return .done(answer)
        }
        if map.readsJSON, let page = JSONPage(body) { map.read(page, into: &answer.reading) }
        guard map.readsSeries else { return .done(answer) }
        self.answer = answer
        return .ask(.get(path: Self.metricsPath))
    }

    /// Reads a page in either form; `false` when it is in none.
    private func read(_ body: [UInt8], into reading: inout Reading) -> Bool {
        let first = body.first { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "["), let page = JSONPage(body) {
            map.read(page, into: &reading)
            return true
        }
        let page = PrometheusPage(body, names: names)
        map.read(page, into: &reading)
        return page.hasSeries || page.brokenLines == 0
    }
}
