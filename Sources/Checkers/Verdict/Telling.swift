/// Puts operations into words.
struct Telling {
    let history: History

    func moment(_ time: Int64) -> String { history.moment(time) }

    func value(_ id: ValueID) -> String { history.values.told(id) }

    /// A key for sentences; empty where a history has none.
    func key(_ row: Int) -> String? {
        history.key(row) == .null ? nil : value(history.key(row))
    }

    /// Who did what: `client-4 wrote 842 to k17 through redis-1`.
    func deed(_ row: Int) -> String {
        let node = history.node(row).map { " through \($0)" } ?? ""
        return "\(history.client(row)) \(verb(row))\(node)"
    }

    private func verb(_ row: Int) -> String {
        let value = history.value(row)
        let told = self.value(value)
        let isOk = history.outcome(row) == .ok
        let at = key(row).map { " \($0)" } ?? ""
        let to = key(row).map { " to \($0)" } ?? ""
        let of = key(row).map { " of \($0)" } ?? ""
        switch history.function(row) {
        case .read:
            if !isOk { return "asked for the value\(of)" }
            return value == .null
                ? "found nothing\(at.isEmpty ? "" : " at\(at)")" : "read \(told)\(of)"
        case .write: return "wrote \(told)\(to)"
        case .cas:
            let parts = history.values.parts(of: value)
            let expected = parts.first.map { self.value($0) } ?? "?"
            let new = parts.last.map { self.value($0) } ?? "?"
            return "set\(at) from \(expected) to \(new)"
        case .add: return "added \(told)\(to)"
        case .readAll:
            return isOk ? "read \(history.values.parts(of: value).count) elements" : "asked for all"
        case .increment: return "added \(told)\(to)"
        case .enqueue: return "put \(told) in"
        case .dequeue:
            if !isOk { return "asked for the next" }
            return value == .null ? "found the queue empty" : "took \(told) out"
        case .generate: return isOk ? "was handed \(told)" : "asked for an identifier"
        case .transfer: return "moved \(told)"
        case .balances: return isOk ? "read \(told)" : "asked for the balances"
        case .transaction: return "ran \(transaction(value))"
        }
    }

    /// `append k1 5, read k2 [1,2]`
    func transaction(_ id: ValueID) -> String {
        history.values.parts(of: id).map { part in
            let parts = Array(history.values.parts(of: part))
            guard parts.count == 3 else { return value(part) }
            let word = value(parts[0]) == "r" ? "read" : value(parts[0]) == "w" ? "write" : "append"
            return "\(word) \(value(parts[1])) \(value(parts[2]))"
        }.joined(separator: ", ")
    }

    /// The deed with its times and its end.
    func witness(_ row: Int) -> Witness {
        let begun = history.invoked(row)
        let returned = history.returned(row)
        let end =
            switch history.outcome(row) {
            case .ok where returned != .max:
                ", \(moment(begun)) to \(moment(returned)), acknowledged"
            case .ok: ", from \(moment(begun)) on, acknowledged much later"
            case .refused: ", \(moment(begun)), refused"
            case .unknown: ", \(moment(begun)), outcome unknown"
            }
        return Witness(
            row: row, invoked: begun, returned: returned == .max ? nil : returned,
            text: deed(row) + end)
    }

    /// Witnesses in the order of time.
    func witnesses(_ rows: some Sequence<Int>) -> [Witness] {
        rows.sorted { (history.invoked($0), $0) < (history.invoked($1), $1) }.map(witness)
    }
}

extension History {
    /// A moment of this history in words: `04:02.118` since the run began; `event 12` where no times
    /// were told.
    public func moment(_ time: Int64) -> String {
        if clock == .order { return "event \(time)" }
        let milliseconds = time / 1_000
        let parts = [milliseconds / 60_000, milliseconds / 1_000 % 60, milliseconds % 1_000]
        let texts = zip(parts, [2, 2, 3]).map { part, width in
            let digits = String(part)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(texts[0]):\(texts[1]).\(texts[2])"
    }
}
