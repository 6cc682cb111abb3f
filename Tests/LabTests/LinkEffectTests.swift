import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Every effect of links by its command, and faults that stand from the first packet on.
    @Suite(.serialized, .timeLimit(.minutes(4)))
    struct LinkEffectTests {
        static let topology = """
            squall: 1
            name: links
            nodes:
              a: {run: sleep 3600}
              b: {run: "redis-server --bind {ip} --port 6379 --save '' --protected-mode no", ports: {redis: 6379}}
              c: {run: sleep 3600}
            probe: {kind: redis}
            weather:
              - delay between a and c by 30ms as far
              - loss from c to a 30% only udp
            """

        @Test
        func `every effect of links is injected by its command, proved, and taken back`()
            async throws
        {
            let home = try Home(#require(Who.all.first))
            let lab = try await LiveLab(home, home.topology(Self.topology))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            for line in [
                "hold between a and b", "delay from a to b by 20ms jitter 4ms exponential",
                "delay between a and b by 20ms jitter 5ms normal correlation 30%",
                "delay between a and b by ramp 0ms to 80ms over 1s",
                "loss between a and b 30% burst 2", "duplicate from a to b 30%",
                "reorder from a to b 30% within 20ms", "corrupt between a and b 30%",
                "corrupt from a to b 30% checksum right", "limit between a and b 500kB/s",
                "mtu between a and b 1000", "mtu from a to b 600 silent", "refuse from a to b",
                "profile between a and b continent", "cut between a and b only port 6379",
                "delay between a and b by 40ms only tcp", "refuse from a to b only tcp port 6379",
            ] {
                let id = try await lab.inject(line)
                let proof = try await lab.proof(of: id)
                #expect(proof.verdict == .proved, "\(line): \(proof.words)")
                try await lab.do("heal \(id)")
            }
            let counted = try await lab.inject("loss between a and b 5% only udp")
            let proof = try await lab.proof(of: counted)
            #expect(proof.verdict == .notProvable && proof.words.contains("UDP"))
            try await lab.end()
        }

        @Test
        func `weather is felt before anything runs, outlives healing all, and ends by its name`()
            async throws
        {
            let home = try Home(#require(Who.all.first))
            let lab = try await LiveLab(home, home.topology(Self.topology))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            let faults = lab.entries.firstIndex { entry in
                if case .faultBegan = entry.event { true } else { false }
            }
            let started = lab.entries.firstIndex { entry in
                if case .nodeChanged(_, let change) = entry.event {
                    change.phase == .started
                } else {
                    false
                }
            }
            #expect(try #require(faults) < #require(started))
            let proof = try await lab.proof(of: FaultID(1))
            #expect(proof.verdict == .proved, "\(proof.words)")
            let cut = try await lab.inject("cut between a and b as gone")
            try await lab.do("heal all")
            try await lab.wait(for: "the cut's end") { _ in lab.fault(cut)?.ended != nil }
            #expect(
                lab.fault(FaultID(1))?.isActive == true && lab.fault(FaultID(2))?.isActive == true)
            try await lab.do("heal far")
            try await lab.wait(for: "the end of far") { _ in lab.fault(FaultID(1))?.ended != nil }
            try await lab.do("heal weather")
            try await lab.wait(for: "the end of all") { _ in lab.fault(FaultID(2))?.ended != nil }
            try await lab.end()
        }
    }
}
