internal import Cluster

/// Counts what became of operations, an interval at a time.
///
/// An *outage* is a time without success although something was wanted. It begins when the first operation
/// that had to wait or failed was intended, but not before the last success; it ends with the next success.
/// So a client that has nothing to do has no outage, and one that merely waits 2 ms for each answer has
/// one of 2 ms.
struct Tally: Sendable {
    private var report = ClientReport()
    private var began: Int64
    private var lastSuccess: Int64
    /// Intended start of the first operation since the last success that failed.
    private var failingSince: Int64?

    init(now: Int64) {
        began = now
        lastSuccess = now
    }

    mutating func due(_ count: Int64 = 1) {
        report.due = report.due.adding(count)
    }

    /// An operation was answered.
    mutating func succeeded(intended: Int64, sent: Int64, now: Int64) {
        report.ok = report.ok.adding(1)
        report.latency.record(microseconds: (now - intended) / 1_000)
        report.uncorrected.record(microseconds: (now - sent) / 1_000)
        let waited = now - max(lastSuccess, min(failingSince ?? intended, intended))
        report.outage = max(report.outage, Double(waited) / 1e9)
        lastSuccess = now
        failingSince = nil
    }

    /// Operations failed, the first of them intended at `intended`.
    mutating func failed(
        _ outcome: Outcome, count: Int64 = 1, intended: Int64, timedOut: Bool
    ) {
        if case .unknown = outcome {
            report.unknown = report.unknown.adding(count)
        } else {
            report.refused = report.refused.adding(count)
        }
        if timedOut { report.timeouts = report.timeouts.adding(count) }
        failingSince = min(failingSince ?? intended, intended)
    }

    /// Ends the interval and begins the next one.
    /// - Parameter oldest: intended start of the oldest operation that is not answered yet.
    mutating func end(now: Int64, oldest: Int64?, open: Int) -> ClientReport {
        var ended = report
        ended.interval = Double(now - began) / 1e9
        ended.open = UInt32(clamping: open)
        if let wanted = [failingSince, oldest].compactMap({ $0 }).min() {
            let silence = Double(max(0, now - max(lastSuccess, wanted))) / 1e9
            ended.outage = max(ended.outage, silence)
            if ended.ok == 0 { ended.silence = silence }
        }
        report = ClientReport()
        began = now
        return ended
    }
}

extension UInt32 {
    /// The sum, or the largest number.
    fileprivate func adding(_ count: Int64) -> UInt32 {
        UInt32(clamping: Int64(self) + Swift.max(0, count))
    }
}
