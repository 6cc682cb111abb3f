internal import Foundation
internal import NodeKit
internal import Testing

/// The contract of `KV.swift`, against real processes.
@Suite("kv over HTTP", .serialized) struct KVContractTests {
    @Test("a write is seen at the leader at once and at every follower soon")
    func replicates() async throws {
        let kv = try KVProcesses()
        for index in 1...3 { try await kv.start(index) }
        let put = try await kv.send(1, "PUT", "/kv/x", "{\"value\":5}")
        #expect(put.status == 200 && put.text == "{\"position\":1}")
        let read = try await kv.get(1, "/kv/x")
        #expect(read.status == 200 && read.text == "{\"position\":1,\"value\":5}")
        for follower in 2...3 {
            try await eventually("kv-\(follower) has x") {
                try await kv.get(follower, "/kv/x").text == "{\"position\":1,\"value\":5}"
            }
        }
        let handedOn = try await kv.send(3, "PUT", "/kv/y", "{\"value\":\"two\"}")
        #expect(handedOn.status == 200 && handedOn.text == "{\"position\":2}")
        #expect(try await kv.get(1, "/kv/y").text == "{\"position\":2,\"value\":\"two\"}")
    }

    @Test("compare-and-set answers what it found instead")
    func compareAndSet() async throws {
        let kv = try KVProcesses(count: 2)
        for index in 1...2 { try await kv.start(index) }
        for index in 1...2 {
            let path = "/kv/c\(index)/cas"
            let make = try await kv.send(index, "POST", path, "{\"expect\":null,\"value\":1}")
            #expect(make.status == 200)
            let again = try await kv.send(index, "POST", path, "{\"expect\":null,\"value\":2}")
            #expect(again.status == 409)
            #expect(again.text.contains("\"position\":\(index * 2 - 1),\"value\":1"))
            let change = try await kv.send(index, "POST", path, "{\"expect\":1.0,\"value\":true}")
            #expect(change.status == 200)
        }
    }

    @Test(
        "what is not in the contract is refused in words",
        arguments: [
            ("PUT", "/kv/x", "", 400), ("PUT", "/kv/x", "{\"value\":null}", 400),
            ("PUT", "/kv/x", "{\"value\":[1]}", 400), ("PUT", "/kv/x", "[]", 400),
            ("PUT", "/kv/x", "{\"value\":1", 400), ("PUT", "/kv/%20", "{\"value\":1}", 400),
            ("PUT", "/kv/" + String(repeating: "k", count: 129), "{\"value\":1}", 400),
            ("POST", "/kv/x/cas", "{\"value\":1}", 400),
            ("POST", "/kv/x/cas", "{\"expect\":1}", 400),
            ("PUT", "/kv/x", "{\"value\":\"" + String(repeating: "v", count: 8_193) + "\"}", 413),
            ("PUT", "/kv/x", "{\"value\":\"" + String(repeating: "v", count: 70_000) + "\"}", 413),
            ("GET", "/kv/%20", "", 400), ("GET", "/kv/absent", "", 404), ("GET", "/no", "", 404),
            ("DELETE", "/kv/x", "", 404), ("GET", "/log?after=x", "", 400),
            ("GET", "/log?after=1&identity=a&limit=0&wait=1", "", 400),
        ])
    func refused(method: String, path: String, body: String, status: Int) async throws {
        let kv = try KVProcesses(count: 1)
        try await kv.start(1)
        let answer = try await kv.send(1, method, path, body)
        #expect(answer.status == status)
        let problem = try JSON.read([String: String].self, answer.body)
        #expect(try #require(problem["error"]).count > 5)
        let isWrite = method != "GET" && method != "DELETE"
        #expect(problem["outcome"] == (isWrite ? "refused" : nil))
        #expect(try await kv.get(1, "/health").status == 200)
    }

    @Test("a follower tells a leader that is gone from one that does not answer")
    func outcomes() async throws {
        let kv = try KVProcesses(count: 2)
        for index in 1...2 { try await kv.start(index) }
        _ = try await kv.send(2, "PUT", "/kv/x", "{\"value\":1}")
        kv.signal(1, SIGSTOP)
        let paused = try await kv.send(2, "PUT", "/kv/x", "{\"value\":2}")
        #expect(paused.status == 503 && paused.text.contains("\"outcome\":\"unknown\""))
        // Its kernel still takes connections, so the outcome stays unknown however long it is paused.
        kv.signal(1, SIGCONT)
        kv.end(1, SIGKILL)
        let gone = try await kv.send(2, "PUT", "/kv/x", "{\"value\":3}")
        #expect(gone.status == 503 && gone.text.contains("\"outcome\":\"refused\""))
        #expect(try await kv.get(2, "/kv/x").status == 200)
    }

    @Test("a follower refuses soon once it should have heard its leader")
    func doubts() async throws {
        let leader = try BlackHole()
        let kv = try KVProcesses(count: 2, peers: ["kv-1=127.0.0.1:\(leader.port)"])
        try await kv.start(2)
        try await eventually("the leader is silent") {
            try await kv.metric(2, "kv_lag_seconds").map { $0 > 1.5 } ?? false
        }
        let began = ContinuousClock.now
        let answer = try await kv.send(2, "PUT", "/kv/x", "{\"value\":1}")
        #expect(answer.status == 503 && answer.text.contains("\"outcome\":\"refused\""))
        #expect(answer.text.contains("no connection in time"))
        #expect(began.duration(to: .now) < .milliseconds(600))
    }

    @Test("metrics tell role, term, positions, lag and what was asked")
    func metrics() async throws {
        let kv = try KVProcesses(count: 2)
        for index in 1...2 { try await kv.start(index) }
        for number in 1...5 { _ = try await kv.send(1, "PUT", "/kv/x", "{\"value\":\(number)}") }
        _ = try await kv.send(1, "PUT", "/kv/x", "nonsense")
        #expect(try await kv.metric(1, "kv_role{role=\"leader\"}") == 1)
        #expect(try await kv.metric(2, "kv_role{role=\"leader\"}") == 0)
        #expect(try await kv.metric(2, "kv_role{role=\"follower\"}") == 1)
        #expect(try await kv.metric(1, "kv_lag_seconds") == 0)
        #expect(try await kv.metric(1, "kv_requests_total{op=\"put\"}") == 6)
        #expect(try await kv.metric(1, "kv_errors_total{outcome=\"refused\"}") == 1)
        #expect(try await kv.metric(1, "kv_request_duration_seconds_count") == 6)
        try await eventually("kv-2 has everything") {
            try await kv.metric(2, "kv_applied_index") == 5
        }
        #expect(try await kv.metric(2, "kv_term") == 1)
        try await eventually("kv-2 is fresh") {
            try await kv.metric(2, "kv_lag_seconds").map { $0 < 0.2 } ?? false
        }
        kv.end(1, SIGKILL)
        try await eventually("the lag of kv-2 grows beyond a second") {
            try await kv.metric(2, "kv_lag_seconds").map { $0 > 1 } ?? false
        }
        try await kv.start(1)
        try await eventually("kv-2 is fresh again, in the next term") {
            let lag = try await kv.metric(2, "kv_lag_seconds")
            return try await kv.metric(2, "kv_term") == 2 && (lag ?? 1) < 0.2
        }
    }

    @Test("SIGTERM ends a member within a second, with status 0, idle or busy")
    func stops() async throws {
        let kv = try KVProcesses()
        for index in 1...3 { try await kv.start(index) }
        let client = kv.client(2)
        _ = try await client.send(PeerRequest("GET", "/kv/x"), within: .seconds(5))
        kv.signal(1, SIGSTOP)
        let third = kv.client(3)
        let hanging = Task { try? await third.send(Self.write, within: .seconds(5)) }
        for index in [2, 3] {
            let began = ContinuousClock.now
            #expect(kv.end(index, SIGTERM) == 0)
            #expect(began.duration(to: .now) < Self.farewell)
        }
        kv.signal(1, SIGCONT)
        let began = ContinuousClock.now
        #expect(kv.end(1, SIGTERM) == 0)
        #expect(began.duration(to: .now) < Self.farewell)
        _ = await hanging.value
        #expect(try kv.log(1).contains("stopping: SIGTERM"))
    }

    /// A second, and what a busy machine needs to notice the end.
    private static let farewell: Duration = .milliseconds(1_500)

    private static let write = PeerRequest(
        "PUT", "/kv/x", text: "{\"value\":1}")
}
