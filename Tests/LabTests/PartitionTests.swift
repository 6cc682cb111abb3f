import Cluster
import Foundation
import Testing

extension LabTests {
    /// Partitions on real machines: who reaches whom, asked by a program inside.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct PartitionTests {
        private static let topology = """
            squall: 1
            name: parts
            nodes:
              n:
                count: 4
                run: sleep 1000
            """

        @Test
        func `partitions that overlap heal independently, and shapes are what they are called`()
            async throws
        {
            try Programs.need("perl", package: "perl")
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(Self.topology))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            #expect(try await reached(lab) == ["1234", "1234", "1234", "1234"])

            for (line, wanted) in [
                ("partition n-1,n-2 / rest as one", ["12", "12", "34", "34"]),
                ("partition n-1,n-3 / rest as two", ["1", "2", "3", "4"]),
            ] {
                let id = try await lab.inject(line)
                let proof = try await lab.proof(of: id)
                // Of the second, pairs may be asked that the first had cut already.
                #expect(proof.verdict != .noEffect, "\(proof.words)")
                #expect(try await reached(lab) == wanted, "\(line)")
            }
            try await lab.do("heal one")
            #expect(try await reached(lab) == ["13", "24", "13", "24"])
            try await lab.do("heal two")
            #expect(try await reached(lab) == ["1234", "1234", "1234", "1234"])

            for (line, wanted) in [
                ("partition ring of n-1,n-2,n-3,n-4 as ring", ["124", "123", "234", "134"]),
                ("partition bridge of n-4,n-1,n-3,n-2 as bridge", ["134", "23", "1234", "134"]),
                ("partition halves of n-1,n-2,n-3 as some", ["14", "234", "234", "1234"]),
            ] {
                let id = try await lab.inject(line)
                let proof = try await lab.proof(of: id)
                #expect(proof.verdict == .proved, "\(line): \(proof.words)")
                #expect(try await reached(lab) == wanted, "\(line)")
                try await lab.do("heal \(lab.fault(id)?.record.name ?? "")")
            }
            #expect(try await reached(lab) == ["1234", "1234", "1234", "1234"])
            try await lab.end()
        }

        /// Whom each machine reaches by TCP: a port that nobody listens on is refused at once by who is
        /// there.
        private func reached(_ lab: LiveLab) async throws -> [String] {
            let script = """
                use IO::Socket::INET; use Errno;
                for my $n (1..4) {
                  my $s = IO::Socket::INET->new(PeerAddr => "n-$n", PeerPort => 9, Timeout => 1);
                  print $n if $s or $!{ECONNREFUSED};
                }
                """
            var running: [Started] = []
            for number in 1...4 {
                running.append(
                    try lab.home.start(["exec", "n-\(number)", "perl", "-e", script]))
            }
            var all: [String] = []
            for one in running { all.append(try await one.end().output) }
            return all
        }
    }
}
