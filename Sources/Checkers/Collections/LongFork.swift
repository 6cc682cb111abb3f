/// Two readers never see two writes in opposite orders (the long fork of Sovran et al., "Transactional
/// storage for geo-replicated systems", SOSP 2011): forbidden by snapshot isolation and by all that is
/// stronger, allowed by parallel snapshot isolation.
///
/// Judged are keys that are written once: there nobody doubts which value is newer.
enum LongFork {
    /// A pair of keys of which a reader saw the first one written, the second one not.
    private struct Pair: Hashable {
        var written: ValueID
        var empty: ValueID
    }

    static func judge(_ history: History, _ options: Options) -> Judgement {
        var meter = Meter(options)
        let transactions = Transactions(history)
        var writes: [ValueID: Int] = [:]
        var writer: [ValueID: Int] = [:]
        for transaction in transactions.all where transaction.outcome != .refused {
            for step in transaction.steps where step.kind == .write {
                writes[step.key, default: 0] += 1
                writer[step.key] = transaction.row
            }
        }
        let telling = Telling(history: history)
        var seen: [Pair: Int] = [:]
        var told: Set<Pair> = []
        var violations: [Violation] = []
        var forks = 0
        var readers = 0
        search: for transaction in transactions.all where transaction.outcome == .ok {
            let reads = transaction.steps.filter { $0.kind == .read && writes[$0.key] == 1 }
            guard reads.count > 1, transaction.steps.allSatisfy({ $0.kind == .read }) else {
                continue
            }
            readers += 1
            let full = reads.filter { $0.value != .null }.map(\.key)
            let empty = reads.filter { $0.value == .null }.map(\.key)
            for written in full {
                for missing in empty {
                    guard meter.step() else { break search }
                    let pair = Pair(written: written, empty: missing)
                    if seen[pair] == nil {
                        guard meter.take(48) else { break search }
                        seen[pair] = transaction.row
                    }
                    let opposite = Pair(written: missing, empty: written)
                    guard let other = seen[opposite], told.insert(pair).inserted,
                        !told.contains(opposite)
                    else { continue }
                    forks += 1
                    guard violations.count < max(1, options.told) else { continue }
                    let names = [telling.value(written), telling.value(missing)]
                    violations.append(
                        Violation(
                            title: "\(names[0]) and \(names[1]) were seen in opposite orders",
                            at: min(history.returned(transaction.row), history.last),
                            operations: telling.witnesses(
                                Set(
                                    [writer[written], writer[missing], other, transaction.row]
                                        .compactMap { $0 })),
                            reasons: [
                                "\(history.client(other)) saw \(names[1]) written and "
                                    + "\(names[0]) not yet; \(history.client(transaction.row)) saw "
                                    + "it the other way round."
                            ]))
                }
            }
        }
        let verdict: Verdict =
            if !violations.isEmpty {
                .invalid(violations)
            } else if let spent = meter.spent {
                .unknown(spent, proven: Prefix())
            } else if readers == 0, history.count > 0 {
                .unknown(
                    .notShown("nobody read two keys that are written once in one transaction"),
                    proven: Prefix())
            } else {
                .valid
            }
        return Judgement(
            .longFork, verdict, operations: history.count,
            figures: [.init("readers", readers), .init("forks", forks)])
    }
}
