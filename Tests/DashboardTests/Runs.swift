import Cluster

/// Runs that the golden frames show.
enum Runs {
    /// Six machines and a client: a delay on one replica, a crashed sentinel, a cut between two.
    static func sentinel(until end: Int = 251) -> Recording {
        var run = Recording()
        run.began("redis-sentinel", about: "three Redis, three sentinels that choose the leader")
        for index in 1...3 {
            run.define(
                "redis-\(index)", "redis", labels: zone(index), metrics: ["in-use", "waiting"])
        }
        for index in 1...3 { run.define("watch-\(index)", "watch", labels: zone(index)) }
        run.define("client-1", "client", kind: .client)
        let nodes = run.names.filter { $0 != "client-1" }
        for (index, name) in nodes.enumerated() {
            run.phase(
                0.05, name, index == 0 ? .starting : .waiting, index == 0 ? "" : "waits for redis-1"
            )
        }
        for (index, name) in nodes.enumerated() {
            run.phase(0.4 + Double(index) * 0.2, name, .started)
            run.phase(0.6 + Double(index) * 0.2, name, .ready)
            if index < 3 {
                let isLeader = index == 0
                run.role(
                    0.7 + Double(index) * 0.2, name, isLeader ? .leader : .follower,
                    isLeader ? "master" : "replica")
            } else {
                run.role(0.7 + Double(index) * 0.2, name, .observer, "sentinel")
            }
        }
        run.phase(0.5, "client-1", .ready)
        run.add(
            1.9,
            .metricSamples([
                MetricSample(node: run.id("redis-3"), word: "in-use", value: 1_204),
                MetricSample(node: run.id("redis-3"), word: "waiting", value: 0.5),
            ]))
        for second in 2...end {
            if second == 243 {
                run.fault(
                    242.118, 2, "delay between redis-1 and redis-3 by 100ms for 60s",
                    between: (["redis-1"], ["redis-3"]), for: 60)
            }
            if second == 247 {
                run.fault(246.501, 3, "crash watch-1 for 8s", nodes: ["watch-1"], for: 8)
                run.phase(
                    246.51, "watch-1", .stopped, "killed by SIGKILL, injected by f3", fault: 3,
                    until: 254.5)
            }
            if second == 250 {
                run.add(
                    249.2,
                    .faultMeasured(
                        FaultID(2),
                        Proof(
                            verdict: .proved, words: "felt +200.3 ms over 40 echoes",
                            applied: 4_120, felt: 0.2003)))
            }
            ticks(&run, second)
        }
        return run
    }

    private static func zone(_ index: Int) -> [NodeDescription.Label] {
        [NodeDescription.Label(key: "zone", value: ["eu", "us", "asia"][index - 1])]
    }

    private static func ticks(_ run: inout Recording, _ second: Int) {
        let slow = second > 242
        let gone = second > 246
        let wave = Float(noise(second, 90))
        run.tick(
            Double(second),
            [
                (
                    "redis-1",
                    { fill(&$0, .leader, 780 + wave, p99: 0.0012, cpu: 0.031, memory: 12) }
                ),
                (
                    "redis-2",
                    {
                        fill(&$0, .follower, 760 + wave, p99: 0.0014, cpu: 0.029, memory: 12)
                        $0.lag = 0.02
                        $0.behind = 118
                    }
                ),
                (
                    "redis-3",
                    {
                        fill(
                            &$0, .follower, slow ? 300 + wave : 755 + wave,
                            p99: slow ? 0.212 : 0.0014,
                            cpu: 0.027, memory: 12)
                        $0.lag = slow ? Float(second - 242) * 0.257 : 0.02
                        $0.behind = slow ? UInt32(second - 242) * 4_578 : 118
                        $0.errors = slow ? 2.6 : 0
                    }
                ),
            ]
                + ["watch-1", "watch-2", "watch-3"].filter { !gone || $0 != "watch-1" }.map {
                    name in
                    (name, { fill(&$0, .observer, 12, p99: 0.0003, cpu: 0.004, memory: 8) })
                })
        var links: [LinkSample] = []
        for from in run.names where from != "client-1" {
            for to in run.names where from != to && to != "client-1" {
                let isSlow = slow && Set([from, to]) == ["redis-1", "redis-3"]
                let isData = from == "redis-1" && to.hasPrefix("redis")
                links.append(
                    LinkSample(
                        from: run.id(from), to: run.id(to), rtt: isSlow ? 0.2004 : 0.0002,
                        packets: 40, bytes: isData ? 1_150_000 : 2_900, connections: 0))
            }
        }
        run.add(Double(second), .linkSamples(links))
        run.clients(
            Double(second), "client-1", ok: UInt32(960 + noise(second * 7, 80)),
            refused: slow ? 8 : 0, slow: slow ? 212_000 : 2_400)
    }

    private static func fill(
        _ sample: inout Sample, _ role: Role, _ requests: Float, p99: Float, cpu: Float,
        memory: UInt32
    ) {
        sample.role = role
        sample.ready = true
        sample.requests = requests
        sample.errors = 0
        sample.p99 = p99
        sample.cpu = cpu
        sample.memory = memory * 1_024
    }

    /// Three nodes that elect: the leader crashes at 20 s, another one leads, it comes back.
    static func crash(until end: Int) -> Recording {
        var run = Recording()
        run.began("kv", about: "one store, three ways to replicate")
        for index in 1...3 { run.define("kv-\(index)", "kv") }
        run.define("client-1", "client", kind: .client)
        for (index, name) in ["kv-1", "kv-2", "kv-3"].enumerated() {
            run.phase(0.1, name, .starting)
            run.phase(0.3 + Double(index) * 0.1, name, .started)
            run.phase(0.8 + Double(index) * 0.1, name, .ready)
            run.role(1.2 + Double(index) * 0.1, name, index == 1 ? .leader : .follower, "", term: 3)
        }
        run.phase(0.5, "client-1", .ready)
        for second in 2...max(2, end) {
            if second == 20 {
                run.fault(19.2, 1, "crash kv-2 for 5s", nodes: ["kv-2"], for: 5)
                run.phase(
                    19.21, "kv-2", .stopped, "killed by SIGKILL, injected by f1", fault: 1,
                    until: 24.2)
            }
            if second == 21 {
                run.role(20.42, "kv-3", .candidate, "", term: 4)
                run.role(20.61, "kv-3", .leader, "", term: 4)
            }
            if second == 25 {
                run.add(24.2, .faultEnded(FaultID(1), .elapsed))
                run.phase(24.21, "kv-2", .starting, starts: 2)
                run.phase(24.5, "kv-2", .started, starts: 2)
            }
            if second == 26 {
                run.phase(25.1, "kv-2", .ready, starts: 2)
                run.role(25.2, "kv-2", .follower, "", term: 4)
            }
            let isOut = second == 20 || second == 21
            let isGone = (20...25).contains(second)
            run.tick(
                Double(second),
                ["kv-1", "kv-2", "kv-3"].filter { !isGone || $0 != "kv-2" }.map { name in
                    (
                        name,
                        { sample in
                            let leads = name == (second < 21 ? "kv-2" : "kv-3")
                            fill(
                                &sample, leads ? .leader : .follower,
                                isOut ? 0 : Float(310 + noise(second, 40)), p99: 0.0021, cpu: 0.021,
                                memory: 9)
                            sample.lag = leads ? .nan : 0.004
                            sample.behind = leads ? Sample.notTold : 2
                            sample.term = second < 21 ? 3 : 4
                        }
                    )
                })
            run.clients(
                Double(second), "client-1", ok: isOut ? 0 : UInt32(480 + noise(second, 30)),
                unknown: isOut ? 40 : 0, silence: isOut ? Float(second - 19) * 0.8 : 0)
        }
        return run
    }

    /// The first second and a half of the sentinel run.
    static func starting() -> ClusterState {
        var state = ClusterState()
        for entry in sentinel(until: 2).entries where entry.at < Stamp(seconds: 0.85) {
            state.apply(entry)
        }
        return state
    }

    /// What nodes write, some of it hostile.
    static let lines: [(Double, String, String)] = [
        (240.201, "redis-1", "# Server initialized"),
        (241.004, "redis-2", "MASTER <-> REPLICA sync: Finished with success"),
        (242.731, "redis-3", "\u{1B}[31mConnection with master lost.\u{1B}[0m"),
        (243.002, "redis-3", "\u{1B}]0;pwned\u{07}Reconnecting to MASTER 10.66.0.2:6379"),
        (246.502, "watch-2", "+sdown sentinel watch-1 \u{202E}10.66.0.5\u{202C} 26379"),
        (247.118, "watch-3", "+sdown sentinel watch-1 10.66.0.5 26379 \u{1B}[2J\u{1B}[H"),
        (248.950, "redis-1", "中文 log line with wide characters, e\u{301} and 🚀"),
        (250.333, "redis-2", "error: reading from client: Connection reset by peer"),
    ]
}
