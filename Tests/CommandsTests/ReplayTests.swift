import Foundation
import Testing

/// A recording of a real run in the dashboard, driven by keys.
@Suite(.serialized) struct ReplayTests {
    static let topology = """
        squall: 1
        name: short
        nodes:
          n: {count: 3, run: sleep 1000, restart: {policy: always, backoff: 50ms..100ms}, stop: {grace: 1s}}
        scenarios:
          trouble:
            steps:
              - wait until ready(all) within 20s
              - wait 3s
              - cut between n-1 and n-2 for 3s as split
              - wait 5s
              - crash n-3 for 2s as gone
              - wait 5s
            expect:
              - ready(all) within 5s after gone
        """

    @Test func aRecordedRunIsPlayedAndSearchedByKeys() throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 120, rows: 35, home: home)
            try Self.topology.write(
                toFile: home + "/short.yaml", atomically: true, encoding: .utf8)
            try terminal.run("squall run \(home)/short.yaml trouble; echo ra''n with $?")
            try terminal.waitFor("ran with 0", within: 60)
            try terminal.run("clear; squall replay last; echo le''ft with $?")
            try drive(terminal)

            // Its journal, cut off in the middle of a line, is shown up to there.
            let runs = home + "/state/squall/runs"
            let run = try #require(
                FileManager.default.contentsOfDirectory(atPath: runs).first)
            let journal = "\(runs)/\(run)/journal.ndjson"
            let whole = try Data(contentsOf: URL(filePath: journal))
            let text = String(decoding: whole, as: UTF8.self)
            let crash = try #require(text.range(of: "\"name\":\"gone\""))
            let upTo = text[..<crash.lowerBound].utf8.count
            try whole.prefix(upTo).write(to: URL(filePath: journal))
            try terminal.run("clear; squall replay last; echo le''ft with $?")
            try terminal.waitFor("REPLAY")
            try terminal.press("End")
            let end = try terminal.waitFor("the split behind it") { $0.contains("split") }
            #expect(!end.contains("gone"))
            try terminal.press("q")
            try terminal.waitFor("left with 0")
            try terminal.expectWhole()
        }
    }

    @Test func aRecordingIsLookedIntoNotedAndTakenOverByKeys() throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 120, rows: 35, home: home)
            try Self.topology.write(
                toFile: home + "/short.yaml", atomically: true, encoding: .utf8)
            try terminal.run("squall run \(home)/short.yaml trouble; echo ra''n with $?")
            try terminal.waitFor("ran with 0", within: 60)
            try terminal.run("clear; squall replay last --at 5 --speed 25; echo le''ft with $?")
            try terminal.waitFor("five seconds, standing still") { clock($0) == 5 }
            try terminal.waitFor("25×")

            // Chapters: Enter goes to the crash.
            try terminal.press("C")
            try terminal.waitFor("chapters")
            try terminal.press("Home", "Enter")
            try terminal.waitFor("the split") {
                $0.contains("1 fault") && !$0.contains("chapters   ")
            }

            // A note stays beside the recording, and comes back where it was written.
            try terminal.type("a")
            try terminal.type("look at this")
            try terminal.press("Enter")
            try terminal.waitFor("look at this (replay)")
            let runs = home + "/state/squall/runs"
            let run = try #require(FileManager.default.contentsOfDirectory(atPath: runs).first)
            let notes = try String(contentsOfFile: "\(runs)/\(run)/notes.ndjson", encoding: .utf8)
            #expect(notes.contains("look at this"))

            // Search.
            try terminal.type("/")
            try terminal.type("crash n-3")
            try terminal.press("Enter")
            // First the command, then the fault that it made.
            try terminal.type("m")
            try terminal.waitFor("the command in the logs") { $0.contains("› crash n-3 for 2s") }
            try terminal.type("m")
            try terminal.waitFor("the crash in the logs") { screen in
                screen.contains("1 fault")
                    && screen.split(separator: "\n").contains {
                        $0.hasPrefix("▸") && $0.contains("f2 crash n-3 for 2s")
                    }
            }
            try terminal.press("Escape")
            try terminal.type("1")

            // What cannot be started is told where one was, in a terminal that is whole.
            let topology = "\(runs)/\(run)/topology.yaml"
            let text = try String(contentsOfFile: topology, encoding: .utf8)
            let broken = "needs: [no-such-program]\n" + text
            try broken.write(toFile: topology, atomically: true, encoding: .utf8)
            try terminal.type("T")
            try terminal.waitFor("data is not restored")
            try terminal.press("Enter")
            let refused = try terminal.waitFor("no-such-program")
            #expect(refused.contains("REPLAY"), "\(refused)")

            // With what it needs it starts, with the fault of this moment.
            try text.write(toFile: topology, atomically: true, encoding: .utf8)
            try terminal.type("T")
            try terminal.press("Enter")
            try terminal.waitFor(within: 60, "the fault set again") {
                $0.contains("1 fault of ") && $0.contains("set again") && $0.contains("REC")
                    && $0.contains("crash n-3 for ")
            }
            try terminal.stopsLab()
            try terminal.expectWhole()
        }
    }

    private func drive(_ terminal: Tmux) throws {
        // It plays from the beginning, until it is told to stand still.
        try terminal.waitFor("REPLAY")
        try terminal.waitFor("time to pass") { clock($0).map { $0 >= 1 } ?? false }
        try terminal.press("Space")
        let stopped = try still(terminal)

        // A second on and back, ten on and back.
        try terminal.press("Right")
        try terminal.waitFor("a second on") { clock($0) == stopped + 1 }
        try terminal.press("Left")
        try terminal.waitFor("a second back") { clock($0) == stopped }
        try terminal.press("S-Right")
        try terminal.waitFor("ten seconds on") { clock($0) == stopped + 10 }
        try terminal.press("S-Left")
        try terminal.waitFor("ten seconds back") { clock($0) == stopped }

        // From event to event: the split is shown where it is, and not before it.
        try terminal.press("Home")
        try terminal.waitFor("the beginning") { clock($0) == 0 }
        try terminal.waitFor("no fault yet") { !$0.contains("1 fault") }
        try seek(terminal, "}", until: "1 fault")
        let during = try terminal.screen()
        #expect(during.contains("split"), "\(during)")
        try seek(terminal, "{", until: "no fault")

        // Other screens show the same moment.
        try terminal.type("5")
        try terminal.waitFor("the timeline") { $0.contains(" events ") }
        try terminal.type("1")
        try terminal.waitFor("the overview") { !$0.contains(" events ") }

        // To a time, faster and slower.
        try terminal.type("t")
        try terminal.type("0:06")
        try terminal.press("Enter")
        try terminal.waitFor("the sixth second") { clock($0) == 6 }
        try terminal.type(":")
        try terminal.type("goto 9.5")
        try terminal.press("Enter")
        try terminal.waitFor("the ninth second") { clock($0) == 9 }
        try terminal.type("+")
        try terminal.waitFor("2×")
        try terminal.type("-")
        try terminal.waitFor("1×")

        // Another size shows the same moment.
        let before = try still(terminal)
        try terminal.resize(columns: 80, rows: 24)
        try terminal.waitFor("the same moment at another size") { screen in
            clock(screen) == before && screen.split(separator: "\n").count <= 24
        }
        try terminal.resize(columns: 120, rows: 35)

        // To the end; commands are refused with a word; it is left as any dashboard.
        try terminal.press("End")
        try terminal.waitFor("the end") { (clock($0) ?? 0) > before }
        try terminal.type(":")
        try terminal.type("crash n-1")
        try terminal.press("Enter")
        try terminal.waitFor("this is a recording")
        try terminal.press("Escape")
        try terminal.press("q")
        try terminal.waitFor("left with 0")
        try terminal.expectWhole()
    }

    /// Presses a key until the screen shows something.
    private func seek(_ terminal: Tmux, _ key: String, until text: String) throws {
        for _ in 0..<40 {
            if try terminal.screen().contains(text) { return }
            let before = try terminal.screen()
            try terminal.type(key)
            // At an end of the recording nothing moves any more.
            _ = try? terminal.waitFor(within: 2, "something else") { $0 != before }
        }
        try terminal.waitFor(text, within: 1)
    }

    /// The whole seconds that the header's clock shows, once it stands still.
    private func still(_ terminal: Tmux) throws -> Int {
        var last: Int?
        let screen = try terminal.waitFor("a clock that stands still") { screen in
            defer { last = clock(screen) }
            return last != nil && last == clock(screen)
        }
        return try #require(clock(screen))
    }

    /// `▶ REPLAY 00:03.2` as whole seconds.
    private func clock(_ screen: String) -> Int? {
        guard let badge = screen.range(of: "REPLAY ") else { return nil }
        let parts = screen[badge.upperBound...].prefix { $0.isNumber || $0 == ":" || $0 == "." }
            .split(separator: ":")
        guard parts.count >= 2, let seconds = Double(parts[parts.count - 1]),
            let minutes = Int(parts[parts.count - 2])
        else { return nil }
        return minutes * 60 + Int(seconds)
    }
}
