/// Puts the beginnings and ends that Jepsen writes together to operations.
///
/// An operation begins with `invoke` and ends with `ok`, `fail` (it certainly did not happen) or `info`
/// (nobody knows). A process does one thing at a time; what is still open at the end is unknown.
struct JepsenEvents {
    /// One line of such a history.
    struct Event {
        var line: Int
        var process: String
        var type: String
        var word: String
        var value: ValueID
        var key: ValueID?
        /// Microseconds, if told.
        var time: Int64?
        var node: String?
    }

    private var events: [Event] = []
    private(set) var values = ValueTable()

    /// Values are read into this table.
    mutating func read<Result>(
        _ reader: (inout ValueTable) throws(ReadingError) -> Result
    ) throws(ReadingError) -> Result {
        try reader(&values)
    }

    /// The next line.
    mutating func append(_ event: Event) { events.append(event) }

    /// The operation that a map tells (`:process :type :f :value :key :time :node`); what a nemesis
    /// does is none.
    mutating func append(_ map: ValueID, line: Int) throws(ReadingError) {
        guard values.isMap(map) else {
            throw ReadingError(line: line, "an operation is a map, not \(values.told(map))")
        }
        guard let type = values.field("type", of: map).flatMap({ values.text($0) }) else {
            throw ReadingError(line: line, "an operation has a :type")
        }
        guard let process = values.field("process", of: map) else {
            throw ReadingError(line: line, "an operation has a :process")
        }
        guard values.integer(process) != nil else { return }
        guard let word = values.field("f", of: map).flatMap({ values.text($0) }) else {
            throw ReadingError(line: line, "an operation has an :f")
        }
        let nanoseconds = values.field("time", of: map).flatMap { values.integer($0) }
        append(
            Event(
                line: line, process: values.told(process), type: type, word: word,
                value: values.field("value", of: map) ?? .null, key: values.field("key", of: map),
                time: nanoseconds.map { $0 / 1_000 },
                node: values.field("node", of: map).flatMap { values.text($0) }))
    }

    /// The kind that its words belong to; `nil` when they fit none.
    private func guess() -> History.Kind? {
        let words = Set(events.map(\.word))
        let fits = { (kind: History.Kind) in
            words.allSatisfy { isDrain($0, kind) || Words.function($0, in: kind) != nil }
        }
        if words == ["txn"] {
            let writes = events.contains { event in
                values.parts(of: event.value).contains { part in
                    values.parts(of: part).first.flatMap { values.text($0) } == "w"
                }
            }
            return writes ? .rwRegister : .append
        }
        if words == ["read", "add"] || words == ["add"] {
            let reads = events.first { $0.word == "read" && $0.type == "ok" }
            return reads.map { values.isList($0.value) ? .set : .counter } ?? .set
        }
        if words == ["read"], let read = events.first(where: { $0.type == "ok" }) {
            if values.isMap(read.value) { return .bank }
            return .register
        }
        return History.Kind.allCases.first(where: fits)
    }

    private func isDrain(_ word: String, _ kind: History.Kind) -> Bool {
        kind == .queue && word == "drain"
    }

    /// Jepsen's independent keys: every value is `[key value]`.
    private func hasKeysInside() -> Bool {
        var sawPair = false
        for event in events {
            let parts = values.parts(of: event.value)
            if !values.isList(event.value) {
                // A time-out instead of a value tells nothing.
                if event.type == "invoke" || event.type == "ok" { return false }
                continue
            }
            guard parts.count == 2, let last = parts.last else { return false }
            if event.word == "cas", !values.isList(last) { return false }
            sawPair = true
        }
        return sawPair
    }

    /// The history. `isWhole` says that the file has its end.
    mutating func history(as chosen: History.Kind?, isWhole: Bool) throws(ReadingError) -> History {
        guard let kind = chosen ?? guess() else {
            let words = Set(events.map(\.word)).sorted().joined(separator: ", ")
            throw ReadingError(
                line: events.first?.line ?? 0,
                "no kind of object has the operations \(words): say which with --model")
        }
        let hasTimes = !events.isEmpty && events.allSatisfy { $0.time != nil }
        var history = History(kind: kind, clock: hasTimes ? .run : .order)
        history.values = values
        if kind == .register, hasKeysInside() { splitKeys() }
        var open: [String: (event: Event, at: Int64)] = [:]
        var now: Int64 = 0
        for (index, event) in events.enumerated() {
            // The order of the lines is the order of events, also within one microsecond.
            now = index == 0 ? max(1, event.time ?? 1) : max(now + 1, event.time ?? now + 1)
            if event.type == "invoke" {
                if let before = open[event.process] {
                    throw ReadingError(
                        line: event.line,
                        "process \(event.process) is still busy since line \(before.event.line)")
                }
                open[event.process] = (event, now)
                continue
            }
            guard let begun = open.removeValue(forKey: event.process) else {
                // An `info` without a beginning is somebody's remark.
                if event.type == "info" { continue }
                throw ReadingError(
                    line: event.line, "process \(event.process) ends what it never began")
            }
            let outcome: History.Outcome =
                switch event.type {
                case "ok": .ok
                case "fail": .refused
                case "info": .unknown
                default:
                    throw ReadingError(
                        line: event.line,
                        ":type is invoke, ok, fail or info, not \(event.type)")
                }
            try add(begun.event, begun.at, end: event, at: now, outcome, to: &history)
        }
        for begun in open.values.sorted(by: { $0.at < $1.at }) {
            try add(begun.event, begun.at, end: begun.event, at: now, .unknown, to: &history)
        }
        if isWhole { history.complete() }
        return history
    }

    private mutating func splitKeys() {
        for index in events.indices {
            let parts = values.parts(of: events[index].value)
            guard let key = parts.first, let value = parts.last, parts.count == 2 else { continue }
            events[index].key = key
            events[index].value = value
        }
    }

    private func add(
        _ begun: Event, _ at: Int64, end: Event, at time: Int64, _ outcome: History.Outcome,
        to history: inout History
    ) throws(ReadingError) {
        let isDrain = isDrain(begun.word, history.kind)
        guard let function = isDrain ? .dequeue : Words.function(begun.word, in: history.kind)
        else {
            throw ReadingError(
                line: begun.line,
                "no operation \(begun.word) on a \(history.kind.rawValue): there is "
                    + Words.functions(of: history.kind))
        }
        // What was asked is in the beginning, what was answered in the end.
        var value = outcome == .ok && end.value != .null ? end.value : begun.value
        if outcome == .ok, function == .read || function == .dequeue { value = end.value }
        if let mistake = Words.mistake(in: value, of: function, outcome, history.values) {
            throw ReadingError(line: end.line, mistake)
        }
        // A drain is as many dequeues as it brought.
        let taken = isDrain && outcome == .ok ? Array(history.values.parts(of: value)) : [value]
        for value in taken {
            history.append(
                History.Row(
                    invoked: at, returned: outcome == .unknown ? nil : time,
                    client: "process \(begun.process)", function: function,
                    key: begun.key ?? end.key ?? .null,
                    value: Words.isScalar(function) ? history.values.scalar(value) : value,
                    outcome: outcome, node: end.node ?? begun.node))
        }
    }
}
