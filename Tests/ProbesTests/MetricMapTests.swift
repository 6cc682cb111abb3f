import Cluster
import Testing

@testable import Probes

@Suite struct MetricMapTests {
    private func read(_ metrics: [String: String], _ page: String, peers: String? = nil) -> Reading
    {
        let map = MetricMap(metrics, peers: peers)
        var reading = Reading()
        map.read(PrometheusPage(Array(page.utf8), names: map.names), into: &reading)
        return reading
    }

    @Test func theSeriesOfValueOneIsTheRole() {
        let page = """
            kv_role{role="leader"} 0
            kv_role{role="follower"} 1
            """
        let reading = read(["role": "kv_role"], page)
        #expect(reading.role == .follower)
        #expect(reading.roleWord == "follower")
        let none = read(["role": "r"], "r{role=\"leader\"} 0\nr{role=\"follower\"} 0\n")
        #expect(none.role == .unknown)
    }

    @Test func anEnginesOwnWordIsKept() {
        let page = "state{node=\"a\",state=\"primary\"} 1\nstate{node=\"a\",state=\"replica\"} 0\n"
        let reading = read(["role": "state{node=\"a\"}"], page)
        #expect(reading.role == .leader)
        #expect(reading.roleWord == "primary")
        let odd = read(["role": "s"], "s{state=\"joining\"} 1\ns{state=\"primary\"} 0\n")
        #expect(odd.role == .unknown)
        #expect(odd.roleWord == "joining")
    }

    @Test(arguments: [("1", Role.leader), ("0", .follower)])
    func aNumberIsARole(value: String, role: Role) {
        #expect(read(["role": "is_leader"], "is_leader \(value)\n").role == role)
        #expect(
            read(["role": "is_leader"], "is_leader{job=\"x\"} \(value)\n").role == role
                || value == "0")
    }

    @Test func amountsAreAddedAndPositionsAreNot() {
        let page = """
            # TYPE requests_total counter
            requests_total{op="get"} 5
            requests_total{op="put"} 7
            requests_total{op="put",code="500"} 2
            # TYPE waiting gauge
            waiting{queue="a"} 3
            waiting{queue="b"} 4
            index{shard="1"} 100
            index{shard="2"} 90
            lag_seconds NaN
            """
        let reading = read(
            [
                "requests": "requests_total", "errors": "requests_total{code=\"500\"}",
                "waiting": "waiting", "puts": "requests_total{op=\"put\"}", "position": "index",
                "lag": "lag_seconds", "term": "missing",
            ], page, peers: "kv")
        #expect(reading.requests == 14)
        #expect(reading.errors == 2)
        #expect(reading.others == ["waiting": 7, "puts": 9])
        #expect(reading.counters == ["puts"])
        #expect(reading.position == 100)
        #expect(reading.lag == nil)
        #expect(reading.term == nil)
        #expect(reading.stream == .init(name: "kv"))
    }

    @Test func withoutAPositionThereIsNoLog() {
        #expect(read(["term": "t"], "t 3\n", peers: "kv").stream == nil)
        #expect(read(["position": "p"], "p 3\n").stream == nil)
    }

    @Test func numbersThatFitNowhereAreNotTold() {
        let reading = read(["position": "p", "behind": "b", "term": "t"], "p -1\nb -3\nt 1e30\n")
        #expect(reading.position == nil)
        #expect(reading.behind == 0)
        #expect(reading.term == nil)
        #expect(read(["position": "p"], "p +Inf\n").position == nil)
    }

    @Test func aPageInJSONIsReadByPointers() throws {
        let map = MetricMap(
            [
                "role": "/state", "term": "/raft/term", "position": "/raft/index",
                "requests": "/requests", "ok": "/ok", "name": "/name",
            ], peers: "etcd")
        let page = try #require(
            JSONPage(
                Array(
                    """
                    {"state": "Leader", "raft": {"term": "7", "index": 9007199254740993},
                     "requests": 12.5, "ok": true, "name": "x"}
                    """.utf8)))
        var reading = Reading()
        map.read(page, into: &reading)
        #expect(reading.role == .leader)
        #expect(reading.roleWord == "Leader")
        #expect(reading.term == 7)
        #expect(reading.position == 9_007_199_254_740_993)
        #expect(reading.requests == 12.5)
        #expect(reading.others == ["ok": 1])
        #expect(reading.stream?.name == "etcd")
    }
}

@Suite struct PageDialogueTests {
    private func take(
        _ status: Int, _ body: String, _ dialogue: inout PageDialogue
    ) -> Dialogue.Step { dialogue.take(status: status, body: Array(body.utf8)) }

    private func page(
        status: Int? = nil, isMetrics: Bool = false, _ metrics: [String: String] = [:]
    ) -> PageDialogue {
        var dialogue = PageDialogue(
            path: "health", status: status, isMetrics: isMetrics,
            map: MetricMap(metrics, peers: nil))
        #expect(dialogue.begin() == .get(path: "/health"))
        return dialogue
    }

    @Test(
        arguments: [
            (200, nil, ""), (204, nil, ""), (503, nil, "status 503"), (301, nil, "status 301"),
            (503, 503, ""), (200, 503, "status 200"),
        ] as [(Int, Int?, String)])
    func theStatusDecides(status: Int, expected: Int?, trouble: String) {
        var dialogue = page(status: expected)
        #expect(take(status, "", &dialogue) == .done(.init(trouble: trouble)))
    }

    @Test func namesAreLookedForOnThePageOfMetrics() {
        var dialogue = page(["requests": "orders_total", "waiting": "/waiting"])
        #expect(take(200, "{\"waiting\": 3}", &dialogue) == .ask(.get(path: "/metrics")))
        var reading = Reading()
        reading.others = ["waiting": 3]
        reading.requests = 5
        #expect(take(200, "orders_total 5\n", &dialogue) == .done(.init(reading: reading)))
    }

    @Test func aPageOfMetricsThatIsMissingIsNoTrouble() {
        var dialogue = page(["requests": "orders_total"])
        #expect(take(200, "fine", &dialogue) == .ask(.get(path: "/metrics")))
        #expect(take(404, "orders_total 5\n", &dialogue) == .done(.init()))
        #expect(dialogue.begin() == .get(path: "/health"))
        #expect(take(500, "", &dialogue) == .done(.init(trouble: "status 500")))
    }

    @Test func metricsComeInEitherForm() {
        var text = page(isMetrics: true, ["requests": "r"])
        var reading = Reading()
        reading.requests = 2
        #expect(take(200, "r 2\n", &text) == .done(.init(reading: reading)))
        var json = page(isMetrics: true, ["requests": "/r"])
        #expect(take(200, " {\"r\": 2}", &json) == .done(.init(reading: reading)))
        var odd = page(isMetrics: true)
        #expect(
            take(200, "<html>\n</html>", &odd)
                == .done(.init(trouble: "its page is not of metrics")))
        #expect(take(200, "# nothing yet\n", &odd) == .done(.init()))
        #expect(take(404, "r 2", &odd) == .done(.init(trouble: "status 404")))
    }
}
