import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// A machine that is too busy to keep the times that were asked for.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct DisturbedTests {
        static let topology = """
            squall: 1
            name: busy
            nodes:
              redis:
                run: redis-server --bind {ip} --port 6379 --save "" --protected-mode no
                ports: {redis: 6379}
                probe: {kind: redis}
                stop: {signal: KILL}
            workload: {kind: register, driver: redis, traffic: 2000/s, clients: 1, connections: 400, history: none}
            """

        @Test func `a switch that stood still says so, while the run lasts and at its end`()
            async throws
        {
            try Programs.need("redis-server", package: "redis-server")
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(Self.topology, "busy"))
            try await lab.wait(for: "all ready", within: .seconds(30)) { $0.core.allReadyAt != nil }
            // Hundreds of packets are under way at any moment: those are late when the switch stands still.
            _ = try await lab.inject("delay between clients and redis by 100ms as slow")
            let before = lab.state.core.clients.total.ok
            try await lab.wait(for: "delayed operations") {
                $0.core.clients.total.ok > before + 200
            }
            kill(lab.id, SIGSTOP)
            usleep(700_000)
            kill(lab.id, SIGCONT)
            try await lab.wait(for: "the word that times are not kept") { _ in
                lab.entries.contains { entry in
                    if case .note(let text, "switch") = entry.event {
                        text.hasPrefix("timing: disturbed: ")
                    } else {
                        false
                    }
                }
            }
            try await lab.end()
            try lab.catchUp()
            #expect(lab.state.core.ended?.timing.hasPrefix("disturbed: ") == true)
        }
    }
}
