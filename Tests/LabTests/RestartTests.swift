import Cluster
import Testing

extension LabTests {
    /// Programs that end, one for each restart policy.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct RestartTests {
        static let topology = """
            squall: 1
            name: endings
            nodes:
              steady: {run: sleep 1000, stop: {grace: 1s}}
              never: {run: sh -c 'exit 3', restart: {policy: never}}
              clean: {run: "true", restart: {policy: on-failure, backoff: 50ms..100ms}}
              failing: {run: sh -c 'exit 4', restart: {policy: on-failure, backoff: 50ms..200ms, limit: 4}}
              always: {run: "true", restart: {policy: always, backoff: 50ms..100ms, limit: 3}}
              once:
                run: sh -c 'test -e came || { touch came; exit 5; }; exec sleep 1000'
                restart: {policy: on-failure, backoff: 50ms..100ms}
                stop: {grace: 1s}
              absent: {run: /no/such/program, restart: {policy: on-failure, backoff: 50ms..100ms, limit: 2}}
              later: {run: sleep 1000, after: {clean: exited}, stop: {grace: 1s}}
              waits: {run: sleep 1000, after: {failing: ready, never: exited}, stop: {grace: 1s}}
              quick:
                count: 12
                run: "false"
                restart: {policy: on-failure, backoff: 1ms..2ms, limit: 10}
            """

        @Test func `every policy does what it says, and each end is told in words`() async throws {
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(Self.topology, "endings"))
            try await lab.wait(for: "everything to have ended or to stay") { state in
                state.core.nodes.allSatisfy {
                    [.ready, .exited, .failed, .waiting].contains($0.phase)
                } && (try? lab.node("failing").change.starts) == 5
                    && (try? lab.node("always").change.starts) == 4
                    && (try? lab.node("absent").phase) == .failed
                    && (try? lab.node("once").phase) == .ready
                    && (1...12).allSatisfy { (try? lab.node("quick-\($0)").phase) == .failed }
            }
            func end(_ name: String) throws -> String {
                let change = try lab.node(name).change
                return "\(change.phase.rawValue) \(change.reason), \(change.starts)"
            }
            #expect(try end("steady") == "ready , 1")
            #expect(try end("never") == "failed exited with status 3, 1")
            #expect(try end("clean") == "exited exited with status 0, 1")
            #expect(try end("failing") == "failed exited with status 4, 5")
            #expect(try end("always") == "exited exited with status 0, 4")
            #expect(try end("once") == "ready , 2")
            #expect(try end("later") == "ready , 1")
            #expect(try lab.node("waits").phase == .waiting)
            #expect(try lab.node("absent").change.reason.contains("/no/such/program"))
            // Not one of many ends at once was missed.
            for index in 1...12 {
                #expect(try end("quick-\(index)") == "failed exited with status 1, 11")
            }

            let pauses = lab.entries.compactMap { entry -> Double? in
                guard case .nodeChanged(let id, let change) = entry.event,
                    id == (try? lab.node("failing").id), let until = change.until
                else { return nil }
                return (until - entry.at).inSeconds * 1_000
            }
            #expect(pauses.count == 4)
            for (pause, base) in zip(pauses, [50.0, 100, 200, 200]) {
                #expect(pause > base * 0.79 && pause < base * 1.21, "\(pauses)")
            }

            // Whoever gave up starts again when asked to.
            try await lab.do("start failing")
            try await lab.wait(for: "another try") { _ in
                (try? lab.node("failing").change.starts) ?? 0 > 5
            }
            try await lab.end()
            #expect(lab.state.core.ended?.code == 143)
        }
    }
}
