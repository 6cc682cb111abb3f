internal import NodeKit
internal import Synchronization

/// What a member counts, and its page of metrics.
final class KVMetrics: Sendable {
    enum Operation: String, CaseIterable, Sendable { case get, put, cas }

    private struct Counts: Sendable {
        var requests: [Operation: UInt64] = [:]
        var errors: [Answers.Outcome: UInt64] = [:]
        var latency = LatencyCounts()
    }

    private let counts = Mutex(Counts())

    /// Counts one request that took `time`.
    /// - Parameter status: of the answer. 404 and 409 are answers, not errors.
    func count(_ operation: Operation, status: Int, outcome: Answers.Outcome?, _ time: Duration) {
        counts.withLock { counts in
            counts.requests[operation, default: 0] += 1
            counts.latency.add(time)
            if status >= 500 || status == 400 || status == 413 {
                counts.errors[outcome ?? .refused, default: 0] += 1
            }
        }
    }

    /// The page, as of now.
    func page(leads: Bool, _ facts: Replica.Facts, lag: Duration, behind: UInt64) -> String {
        let counts = counts.withLock { $0 }
        var page = PrometheusText()
        page.metric(
            "kv_role", .gauge, "1 for what this member is",
            [(["role": "leader"], leads ? 1 : 0), (["role": "follower"], leads ? 0 : 1)])
        page.metric("kv_term", .gauge, "Starts of the leader so far", Double(facts.term))
        let position = Double(facts.position)
        page.metric("kv_log_index", .gauge, "Last entry on this disk", position)
        page.metric("kv_applied_index", .gauge, "Last entry that reads see", position)
        page.metric(
            "kv_lag_seconds", .gauge, "Reads may miss what the leader wrote in this time",
            lag.inSeconds)
        page.metric(
            "kv_behind_entries", .gauge, "Entries the leader is known to have beyond these",
            Double(behind))
        page.metric("kv_keys", .gauge, "Keys in the store", Double(facts.keys))
        page.metric(
            "kv_requests_total", .counter, "Requests answered",
            Operation.allCases.map {
                (["op": $0.rawValue], Double(counts.requests[$0] ?? 0))
            })
        page.metric(
            "kv_errors_total", .counter, "Requests that failed, by what that says of a write",
            [Answers.Outcome.refused, .unknown].map {
                (["outcome": $0.rawValue], Double(counts.errors[$0] ?? 0))
            })
        page.histogram(
            "kv_request_duration_seconds", "From the request to its answer", counts.latency)
        return page.text
    }
}
