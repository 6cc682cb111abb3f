import Chaos
import Cluster
import Testing

/// Answers are compared as `expression -> words`, on a journal made by hand.
@Suite struct EvaluationTests {
    /// Three nodes and a client; kv-3 has told nothing yet. A cut from 10 s to 20 s, ten failures
    /// there; the run is at 40 s.
    private func core() -> Core {
        var state = ClusterState(series: false)
        var number: UInt64 = 0
        func write(_ seconds: Double, _ event: Event) {
            state.apply(Entry(number: number, at: Stamp(seconds: seconds), event: event))
            number += 1
        }
        let names = ["kv-1", "kv-2", "kv-3"]
        for (index, name) in names.enumerated() {
            write(
                0,
                .nodeDefined(
                    NodeID(UInt16(index)),
                    NodeDescription(
                        name: name, group: "kv", address: "",
                        labels: [.init(key: "zone", value: index == 0 ? "eu" : "us")])))
        }
        write(
            0,
            .nodeDefined(
                NodeID(3),
                NodeDescription(
                    name: "client-1", group: "client", address: "", kind: .client)))
        for index in 0..<3 {
            let node = NodeID(UInt16(index))
            write(1, .nodeChanged(node, NodeChange(phase: .ready, starts: index == 1 ? 3 : 1)))
        }
        write(1, .roleChanged(NodeID(0), RoleChange(role: .leader, own: "master", term: 4)))
        write(1, .roleChanged(NodeID(1), RoleChange(role: .follower, own: "replica", term: 4)))
        var one = Sample(node: NodeID(0))
        (one.lag, one.cpu, one.requests, one.errors, one.memory, one.term) = (
            0, 0.5, 200, 2, 1024, 4
        )
        var two = Sample(node: NodeID(1))
        (two.lag, two.behind, two.position) = (6, 17, 99)
        write(2, .samples([one, two]))
        var rtt = LinkSample(from: NodeID(0), to: NodeID(1))
        (rtt.rtt, rtt.packets, rtt.dropped) = (0.0002, 10, 5)
        write(2, .linkSamples([rtt]))
        for second in 2..<40 {
            var sample = ClientSample(client: NodeID(3), interval: 1, due: 100, ok: 100)
            sample.latency.record(microseconds: 5_000)
            if second >= 11 && second < 20 {
                (sample.ok, sample.unknown, sample.silence) = (50, 50, 0.4)
            }
            if second == 10 {
                write(
                    10,
                    .faultBegan(
                        FaultRecord(
                            id: FaultID(1), name: "split",
                            text: "partition kv-1 / kv-2,kv-3 as split",
                            links: LinkSet([
                                .init(from: [NodeID(0)], to: [NodeID(1), NodeID(2)]),
                                .init(from: [NodeID(1), NodeID(2)], to: [NodeID(0)]),
                            ]))))
            }
            if second == 20 { write(20, .faultEnded(FaultID(1), .healed)) }
            write(Double(second) + 0.5, .clientSamples([sample]))
        }
        write(
            39.9,
            .faultBegan(
                FaultRecord(
                    id: FaultID(2), name: "alone", text: "isolate kv-1 as alone",
                    links: LinkSet([
                        .init(from: [NodeID(0)], to: [NodeID(1), NodeID(2)]),
                        .init(from: [NodeID(1), NodeID(2)], to: [NodeID(0)]),
                    ]))))
        write(40, .note("now", by: "test"))
        return state.core
    }

    @Test(
        "questions are answered with yes, no or unknown, and with the figures that decided",
        arguments: [
            ("ready(all)", "true: ready(kv-1), ready(kv-2), ready(kv-3)"),
            ("not ready(all)", "false: ready(kv-1), ready(kv-2), ready(kv-3)"),
            ("lag(kv) < 1s", "false: lag(kv-1) 0s, lag(kv-2) 6s, lag(kv-3) unknown"),
            ("lag(kv) < 7s", "unknown: lag(kv-1) 0s, lag(kv-2) 6s, lag(kv-3) unknown"),
            ("lag < 7s", "true: lag(kv-1) 0s, lag(kv-2) 6s"),
            ("any(lag(kv) > 5s)", "true: lag(kv-1) 0s, lag(kv-2) 6s, lag(kv-3) unknown"),
            ("any(lag(kv) > 8s)", "unknown: lag(kv-1) 0s, lag(kv-2) 6s, lag(kv-3) unknown"),
            ("not any(lag(kv-1) > 8s)", "true: lag(kv-1) 0s"),
            ("lag(zone=eu) == 0s", "true: lag(kv-1) 0s"),
            ("lag(kv except kv-3) < 10s", "true: lag(kv-1) 0s, lag(kv-2) 6s"),
            ("lag(followers) > 5s", "true: lag(kv-2) 6s"),
            ("role(kv-1) == leader", "true: role(kv-1) leader"),
            ("role(kv-1) == master", "true: role(kv-1) leader"),
            ("role(kv-1) != follower", "true: role(kv-1) leader"),
            ("role(kv-3) == follower", "unknown: role(kv-3) unknown"),
            (
                "behind(kv-2) == 17 and position(kv-2) > 98",
                "true: behind(kv-2) 17, position(kv-2) 99"
            ),
            ("cpu(kv-1) <= 50%", "true: cpu(kv-1) 50%"),
            ("memory(kv-1) < 1MB", "false: memory(kv-1) 1.05MB"),
            ("memory(kv-1) <= 1MiB", "true: memory(kv-1) 1.05MB"),
            ("errors(kv-1) < 2%", "true: errors(kv-1) 1%"),
            ("errors(kv-1) < 1/s", "false: errors(kv-1) 2/s"),
            ("restarts(kv-2) == 2", "true: restarts(kv-2) 2"),
            ("lag(kv-2) > lag(kv-1)", "true: lag(kv-2) 6s, lag(kv-1) 0s"),
            ("leaders == 1 and faults == 1", "true: leaders 1, faults 1"),
            ("groups == 2", "true: groups 2"),
            ("quorum", "true: quorum"),
            ("leaders-per-term <= 1", "true: leaders-per-term 1"),
            ("rtt(from kv-1 to kv-2) < 1ms", "true: rtt(from kv-1 to kv-2) 200us"),
            (
                "rtt(between kv-1 and kv-2) < 1ms",
                "unknown: rtt(from kv-1 to kv-2) 200us, rtt(from kv-2 to kv-1) unknown"
            ),
            ("dropped(between kv-1 and kv-2) > 4", "true: dropped(between kv-1 and kv-2) 5"),
            ("availability during split == 50%", "false: availability during split 55%"),
            ("availability before split == 100%", "true: availability before split 100%"),
            ("availability after split == 100%", "true: availability after split 100%"),
            (
                "availability after alone > 1%",
                "unknown: availability after alone unknown: alone is not over"
            ),
            ("availability > 80%", "true: availability 88.16%"),
            ("errors after split < 1%", "true: errors after split 0%"),
            ("outage < 1s", "true: outage 400ms"),
            ("p99 < 6ms", "true: p99 5.06ms"),
            ("detection(split) < 10s", "true: detection(split) 1.5s"),
            ("recovery(never) < 10s", "unknown: recovery(never) unknown: no such fault yet"),
            ("lag(kv-9) < 1s", "unknown: lag(kv-9) unknown: there is no node or group 'kv-9'"),
            (
                "ready(kv-9) or ready(kv-1)",
                "true: ready(kv-9) unknown: there is no node or group 'kv-9', ready(kv-1)"
            ),
            (
                "ready(kv-9) and not ready(kv-1)",
                "false: ready(kv-9) unknown: there is no node or group 'kv-9', ready(kv-1)"
            ),
            ("lost == 0", "unknown: lost unknown: nothing was checked yet"),
        ])
    func answers(_ question: String, _ answer: String) throws {
        let words = Evaluation(of: core()).value(of: try Expression(parsing: question)).words
        #expect(words == answer)
    }

    @Test("an empty cluster answers nothing with yes")
    func empty() throws {
        let nothing = ClusterState(series: false).core
        for question in [
            "ready(all)", "lag(all) < 1s", "leaders == 0", "quorum", "groups <= 1",
            "availability >= 0%", "outage < 1s", "not any(lag(all) > 1s)", "leaders-per-term <= 1",
        ] {
            let answer = Evaluation(of: nothing).value(of: try Expression(parsing: question))
            #expect(answer.verdict == .unknown, "\(question)")
        }
    }
}
