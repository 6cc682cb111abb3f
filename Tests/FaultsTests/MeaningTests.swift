import Cluster
import Faults
import Testing

@Suite("What link effects mean")
struct MeaningTests {
    private func complaint(_ line: String) throws -> String? {
        guard case .fault(.link(let effect, _, _), _) = try Command(parsing: line) else {
            Issue.record("'\(line)' is no link effect")
            return nil
        }
        return effect.complaint
    }

    private func parts(_ line: String) throws -> [Meaning.Part] {
        guard case .fault(.link(let effect, _, _), _) = try Command(parsing: line) else {
            Issue.record("'\(line)' is no link effect")
            return []
        }
        return try Meaning(of: effect).parts
    }

    @Test(
        "what contradicts itself is refused with the reason",
        arguments: [
            ("loss between a and b 90% burst 2", "at least 9 packets"),
            ("loss between a and b ramp 1% to 80% over 5s burst 3", "at least 4 packets"),
            ("loss between a and b 5% burst 0.5", "1 packet or more"),
            ("delay between a and b by 10ms correlation 30%", "jitter"),
            ("limit between a and b 0B/s", "'cut'"),
            ("reorder between a and b 5% within 0ms", "no time"),
            ("delay between a and b by sine 1ms to 2ms every 0s", "no time"),
            ("loss between a and b trace x.txt", "trace"),
        ])
    func refusals(line: String, words: String) throws {
        let why = try #require(try complaint(line), "\(line)")
        #expect(why.contains(words), "\(why)")
    }

    @Test(
        "what can be is not refused",
        arguments: [
            "loss between a and b 90% burst 9", "loss between a and b 100% burst 2",
            "loss between a and b 50% burst 1", "hold from a to b",
            "refuse between a and b only tcp",
            "delay between a and b by 10ms jitter 5ms pareto correlation 25% only port 80",
            "limit between a and b ramp 0B/s to 1MB/s over 5s burst 10kB queue 1s",
            "mtu between a and b 1400 silent", "profile between a and b ocean",
            "corrupt between a and b 1% checksum right only udp",
            "reorder between a and b square 1% to 5% every 2s within 3ms",
            "duplicate to b sine 0% to 10% every 10s",
        ])
    func fine(line: String) throws { #expect(try complaint(line) == nil) }

    @Test("what is not said is as the reference says")
    func defaults() throws {
        #expect(
            try parts("limit between a and b 1MB/s").map(\.effect) == [
                .limit(
                    Limit(
                        Bandwidth(bitsPerSecond: 8_000_000), burst: ByteCount(bytes: 0),
                        queue: .milliseconds(200)))
            ])
        #expect(
            try parts("reorder between a and b 5%").map(\.effect) == [
                .reorder(Share(billionths: 50_000_000), within: .milliseconds(10))
            ])
        #expect(
            try parts("corrupt between a and b 5%").map(\.effect) == [
                .corrupt(Share(billionths: 50_000_000), right: false)
            ])
    }

    @Test("a profile is a delay, and farther away a loss as well")
    func profiles() throws {
        #expect(try parts("profile between a and b region").count == 1)
        let ocean = try parts("profile between a and b ocean").map(\.effect)
        #expect(
            ocean == [
                .delay(Delay(.milliseconds(75), jitter: .milliseconds(5), bell: .normal)),
                .loss(Share(billionths: 500_000)),
            ])
    }
}
