import Cluster
import Testing

@testable import Dashboard

/// What is looked for in logs, how serious their lines are, and going from event to event.
@Suite struct LogsTests {
    @Test(
        "A filter keeps what contains a text or matches a pattern, or what does not",
        arguments: [
            ("sdown", "+SDOWN redis-1", true), ("!sdown", "+SDOWN redis-1", false),
            ("~[+-](s|o)down", "+odown redis-1", true), ("~[+-](s|o)down", "down", false),
            ("!~[+-](s|o)down", "+odown", false), ("!~^a", "ba", true), ("~^a", "ba", false),
            ("~", "anything", true), ("", "anything", true), ("~é+", "café", true),
            ("a.c", "abc", false), ("~a.c", "abc", true),
        ])
    func keeps(_ filter: String, _ line: String, _ isKept: Bool) {
        #expect(Filter(filter).keeps(line) == isKept)
    }

    @Test(
        "What is no pattern says why, and filters nothing",
        arguments: [
            "~(", "~[", "~a{2", "~(a*)\\1", "~a{999}", "~\(String(repeating: "a", count: 201))",
        ])
    func mistakes(_ text: String) {
        let filter = Filter(text)
        #expect(filter.problem?.isEmpty == false && filter.isEmpty && filter.keeps("x"))
    }

    @Test("Whatever is typed as a pattern, matching ends soon and never splits a character")
    func hostile() {
        for seed in 0..<400 {
            var dice = Dice(seed: UInt64(seed))
            let parts = ["(", ")", "a*", "+", "[a-z]", "|", "{2,9}", ".", "é", "\\", "^", "$", "x"]
            let pattern = (0..<dice.below(12)).map { _ in parts[dice.below(parts.count)] }.joined()
            let filter = Filter("~" + pattern)
            let line = dice.text() + String(repeating: "a", count: dice.below(300)) + dice.text()
            var end = line.startIndex
            for range in filter.matches(in: line) {
                #expect(range.lowerBound >= end && !range.isEmpty, "seed \(seed)")
                end = range.upperBound
            }
        }
        #expect(!Filter("~(x+x+)+y").keeps(String(repeating: "x", count: 400)))
    }

    @Test(
        "The usual spellings of how serious a line is",
        arguments: [
            ("2026-11-28 ERROR could not write", LogLevel.error),
            (#"{"level":"warn","ts":"2026","msg":"slow fdatasync"}"#, .warning),
            (#"{"level":"info","msg":"error"}"#, .error),
            ("E1128 15:11:33.745 server.go:12] lost", .error), ("W1128 15:11 x", .warning),
            ("I1128 15:11:33.745 fine", .ordinary),
            ("2:M 28 Nov 2026 15:11:33.745 # WARN overcommit", .warning),
            ("2:M 28 Nov 2026 15:11:33.745 # Server initialized", .warning),
            ("2:M 28 Nov 2026 15:11:33.745 * Ready", .ordinary),
            ("level=warning msg=slow", .warning), ("[panic] x", .error),
            ("terrors and warnings", .ordinary), ("", .ordinary),
        ])
    func levels(_ line: String, _ level: LogLevel) {
        #expect(LogLevel(of: line) == level)
    }

    @Test("e leaves only warnings and errors, then errors; braces go from event to event")
    func keys() {
        var interaction = Interaction(view: Screens.now)
        let state = Screens.sentinel
        func press(_ scalar: Unicode.Scalar) {
            _ = interaction.on(.character(scalar), state: state)
        }
        press("3")
        let all = MergedLog(state.core, interaction.view)
        press("e")
        let some = MergedLog(state.core, interaction.view)
        #expect(interaction.view.least == .warning && some.rows.count < all.rows.count)
        // What happened stays.
        #expect(some.rows.count(where: \.isEvent) == all.rows.count(where: \.isEvent))
        press("e")
        #expect(interaction.view.least == .error)
        press("e")
        #expect(interaction.view.least == nil)

        let events = all.rows.indices.filter { all.rows[$0].isEvent }
        var seen: [Int] = []
        for _ in 0..<(events.count + 3) {
            press("{")
            seen.append(all.rows.count - 1 - interaction.view.scrolled)
        }
        let before = events.reversed().filter { $0 < all.rows.count - 1 }
        #expect(Array(seen.prefix(before.count)) == before)
        #expect(seen.last == events.first)
        press("}")
        #expect(all.rows.count - 1 - interaction.view.scrolled == events[1])
        for _ in events { press("}") }
        #expect(interaction.view.scrolled == 0)
    }
}
