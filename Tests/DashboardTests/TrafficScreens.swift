import Cluster
import Dashboard

/// Traffic, as it was approved.
extension Screens {
    static let traffics: [GoldenScreen] = [
        GoldenScreen(name: "traffic", state: sentinel, view: now, keys: seven),
        GoldenScreen(
            name: "traffic-outage", state: Runs.crash(until: 21).state, view: at(21.6),
            keys: seven + [.character("w"), .character("w")]),
        GoldenScreen(name: "traffic-knee", state: climbing, view: at(121), keys: seven),
        GoldenScreen(name: "traffic-nobody", state: ClusterState(), view: at(0), keys: seven),
    ]

    private static let seven: [Input] = [.character("7")]

    /// More is asked for each second, until the store can do no more: what waits is late when it is sent,
    /// and what was sent is not.
    static let climbing: ClusterState = {
        var run = Recording()
        run.began("kv", about: "")
        run.define("kv-1", "kv")
        run.define("client-1", "client", kind: .client)
        run.define("client-2", "client", kind: .client)
        for name in ["kv-1", "client-1", "client-2"] { run.phase(0.5, name, .ready) }
        for second in 1...120 {
            let due = UInt32(second * 10)
            let ok = min(due, 700)
            for name in ["client-1", "client-2"] {
                var sample = ClientSample(
                    client: run.id(name), interval: 1, due: due / 2, ok: ok / 2,
                    unknown: (due - ok) / 2)
                for index in 0..<Int(ok / 4) {
                    let own = Int64(900 + noise(second * 1_000 + index, 1_400))
                    let waited = Int64(max(0, Int(due) - 650)) * 900 * Int64(index) / Int64(ok)
                    sample.latency.record(microseconds: own + waited)
                    sample.uncorrected.record(microseconds: own)
                }
                run.add(Double(second), .clientSamples([sample]))
            }
        }
        run.add(
            120.5,
            .judged(Judgement(kind: .check, text: "linearizable", verdict: .holds, detail: "")))
        return run.state
    }()
}
