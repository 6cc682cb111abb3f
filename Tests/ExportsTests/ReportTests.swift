import Chaos
import Cluster
import Testing

@testable import Exports

@Suite struct ReportTests {
    @Test func `the figures of a fault are those that its promises were judged by`() throws {
        let run = try Samples.crash()
        let fault = try #require(run.faults.first)
        let core = run.state.core
        // Both from above and from below: the figure and the expression are the same number.
        for (signal, figure) in [
            ("availability before crash", fault.before?.availability),
            ("availability during crash", fault.during?.availability),
            ("availability after crash", fault.after?.availability),
            ("availability", run.clients?.availability),
        ] {
            let hundredths = try #require(figure) * 10_000
            let (low, high) = (hundredths.rounded(.down) / 100, hundredths.rounded(.up) / 100)
            for line in ["\(signal) >= \(low)%", "\(signal) <= \(high)%"] {
                let answer = Evaluation(of: core).value(of: try Expression(parsing: line))
                #expect(answer.verdict == .holds, "\(line): \(answer.words)")
            }
        }
        #expect(fault.recovery == core.recovery("crash")?.inSeconds)
        #expect(abs(try #require(fault.recovery) - 5.65) < 0.005)
        #expect(abs(try #require(fault.detection) - 0.13) < 0.005)
        #expect(fault.detectedBy == "a client" && fault.election == nil)
        #expect(fault.failed == 495)
        let (before, during) = (fault.before?.availability ?? 0, fault.during?.availability ?? 1)
        #expect(during < before)
    }

    @Test func `the first line of a failure is its reason, the last one repeats it`() throws {
        let lines = try Samples.crash().summary
        #expect(
            lines.first
                == "FAILED   availability after crash >= 99% is broken: availability after crash 96.05%"
        )
        #expect(lines.last == "again: squall run kv leader-crash --seed 527313")
        #expect(lines.contains { $0.contains("recovered after 5.65 s") })
        for code in [1, 2, 3, 4, 5, 70, 130] as [Int32] {
            let lines = Samples.hostile(code: code).summary
            #expect(lines.last?.hasPrefix("again: ") == true)
            #expect(lines.first?.contains("\n") == false && lines.first?.contains("   ") == true)
        }
    }

    @Test func `several seeds are told in one sentence`() {
        func report(_ codes: [(UInt64, Int32)]) -> Report {
            Report(
                codes.map { Samples.hostile(code: $1, seed: $0) }, code: 1, program: "squall")
        }
        #expect(report([(1, 0)]).tally.isEmpty)
        #expect(report([(1, 0), (2, 0)]).tally.first?.hasSuffix("2 of 2 passed") == true)
        #expect(
            report([(1, 0), (2, 1), (3, 0)]).tally.first?.hasSuffix("2 of 3 passed; seed 2 fails")
                == true)
        #expect(
            report([(7, 1), (9, 3), (10, 0), (13, 2)]).tally.first?
                .hasSuffix("1 of 4 passed; seeds 7, 9 and 13 fail") == true)
    }

    @Test func `an earlier run stands beside the new one, figure by figure`() throws {
        var run = try Samples.crash()
        run.compare(with: try Samples.crash())
        let words = run.comparison.map(\.words)
        #expect(words.contains("recovery(crash) 5.65 s, was 5.65 s"))
        #expect(words.contains { $0.hasPrefix("availability during crash ") })
        // Another run without these faults has only the whole of the clients in common.
        run.compare(with: Samples.hostile(code: 0))
        #expect(run.comparison.isEmpty)
    }

    @Test func `numbers are told in units and never rounded up to all`() {
        #expect(
            Change(figure: "a", now: 0.99999, before: 1, isShare: true).words
                == "a 99.99 %, was 100 %")
        #expect(
            Change(figure: "r", now: 1.8, before: 0.9, isShare: false).words
                == "r 1.80 s, was 900 ms")
        #expect(
            Change(figure: "r", now: 0.00008, before: 130, isShare: false).words
                == "r 80 us, was 2 min 10 s")
    }
}
