import Foundation
import Testing

/// The dashboard as a person meets it: a real terminal, a real cluster.
@Suite(.serialized) struct DashboardTests {
    @Test func aMachineIsLookedIntoAndTheMouseCuts() throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 150, rows: 40, home: home)
            try terminal.run("squall up kv; echo le''ft with $?")
            try terminal.waitFor("HEALTHY", within: 60)

            // From inside: its processes, its disk, its environment.
            try terminal.press("4")
            try terminal.waitFor("its processes") { screen in
                screen.contains("2 processes") && screen.contains("squall-node kv")
            }
            try terminal.type("ee")
            try terminal.waitFor("its disk, the youngest first")
            try terminal.type("e")
            try terminal.waitFor("SQUALL_NODE=kv-1")

            // Pressed over one cell of the matrix, let go over another one.
            try terminal.press("2")
            let matrix = try terminal.waitFor("from ╲ to")
            let lines = matrix.split(separator: "\n", omittingEmptySubsequences: false)
            let title = try #require(lines.firstIndex { $0.contains("from ╲ to") })
            func column(of name: String) throws -> Int {
                let range = try #require(lines[title].range(of: name))
                return lines[title].distance(from: lines[title].startIndex, to: range.lowerBound)
            }
            func row(of name: String) throws -> Int {
                try #require(
                    lines.indices.dropFirst(title + 1).first {
                        lines[$0].trimmingCharacters(in: .whitespaces).hasPrefix(name)
                    })
            }
            let press = "\u{1B}[<0;\(try column(of: "kv-2") + 2);\(try row(of: "kv-1") + 1)M"
            let release = "\u{1B}[<0;\(try column(of: "kv-3") + 2);\(try row(of: "kv-1") + 1)m"
            try terminal.type(press)
            try terminal.type(release)
            try terminal.waitFor("cut from kv-1 to kv-2,kv-3")
            try terminal.waitFor("the cut") { $0.contains("✕ cut") && $0.contains("1 fault") }
            try terminal.press("u")
            try terminal.waitFor("no fault")

            // The same as a map.
            try terminal.type("v")
            try terminal.waitFor("a map") { $0.contains("╭─ kv ") && $0.contains("L kv-1") }

            // A scenario, a step at a time.
            try terminal.type("9")
            try terminal.type("s")
            try terminal.waitFor("stands still before its next step")
            try terminal.type("S")
            try terminal.waitFor("leader-crash   stopped")
            try terminal.stopsLab()
            try terminal.expectWhole()
        }
    }

    @Test func aNewcomerBreaksHealsAndLeavesAndTheTerminalIsWhole() throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 120, rows: 35, home: home)
            try terminal.run("squall up kv; echo le''ft with $?")
            try terminal.waitFor("HEALTHY", within: 60)
            try terminal.waitFor("leader kv-1")
            try terminal.waitFor("press c on the leader")

            // Inject by key, see the effect, undo.
            try terminal.press("c")
            try terminal.waitFor("crash kv-1 for 10s")
            try terminal.waitFor("DEGRADED")
            try terminal.waitFor("kv-1 crashed")
            try terminal.press("u")
            try terminal.waitFor("heal f1")
            try terminal.waitFor("HEALTHY", within: 30)

            // Move, and break a follower through the palette; heal everything.
            try terminal.press("Down")
            try terminal.waitFor("the cursor on kv-2") { screen in
                screen.split(separator: "\n").contains { $0.contains("▸") && $0.contains("kv-2") }
            }
            try terminal.type(":")
            try terminal.type("delay between kv-1 and kv-2 by 100ms")
            try terminal.press("Enter")
            try terminal.waitFor("round trip +200 ms: felt +20")
            try terminal.press("!")
            try terminal.waitFor("no fault")

            // The matrix, and the logs with a filter.
            try terminal.press("n")
            try terminal.waitFor("from ╲ to")
            try terminal.press("3")
            try terminal.waitFor("leading in term")
            try terminal.type("/")
            try terminal.type("following")
            try terminal.press("Enter")
            try terminal.waitFor("only what was looked for") { screen in
                screen.contains("following") && !screen.contains("leading in term")
            }
            try terminal.press("Escape")
            try terminal.press("1")

            // Help.
            try terminal.type("?")
            try terminal.waitFor("heal all")
            try terminal.press("Escape")

            // Resize to the smallest and back.
            try terminal.resize(columns: 40, rows: 10)
            try terminal.waitFor("40 columns") { $0.contains("kv-3") && $0.contains("HEALTHY") }
            try terminal.resize(columns: 120, rows: 35)
            try terminal.waitFor("voters 3/3")

            // Leave: the ordinary terminal keeps the script.
            let left = try terminal.stopsLab()
            #expect(left.contains("You did this"))
            #expect(left.contains("crash kv-1 for 10s"))
            #expect(left.contains("squall replay"))
            try terminal.expectWhole()
        }
    }

    @Test func aSuspendedPainterLeavesTheClusterAloneAndComesBack() throws {
        try Programs.withFolder { home in
            // Job control needs a shell that has it.
            let terminal = try Tmux(columns: 80, rows: 24, home: home)
            try terminal.run("set -m; squall up kv")
            try terminal.waitFor("HEALTHY", within: 60)
            try terminal.press("C-z")
            try terminal.waitFor("prompt%")
            try terminal.expectWhole()
            try terminal.run("clear; squall ask 'ready(all)'")
            try terminal.waitFor("true")
            try terminal.run("fg")
            try terminal.waitFor("HEALTHY")
            try terminal.press("q")
            try terminal.press("s")
            try terminal.waitFor("Look at it", within: 30)
            try terminal.expectWhole()
        }
    }

    @Test(arguments: ["KILL", "TERM", "HUP", "SEGV", "TRAP"])
    func aPainterThatDiesLeavesTheClusterAndAttachTakesItUp(signal: String) throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 100, rows: 30, home: home)
            try terminal.run("squall up kv; echo en''ded")
            try terminal.waitFor("HEALTHY", within: 60)
            let painters = try Programs.processes(named: "squall up kv", home: home)
            let painter = try #require(painters.first)
            kill(painter, Self.number(of: signal))
            // A trap prints where it was, which takes its time.
            try terminal.waitFor("ended", within: 60)
            // A SIGKILL cannot be answered; after everything else the terminal is whole by itself.
            if signal == "KILL" {
                try terminal.type("stty sane; printf '\\033[?1049l\\033[?25h'")
                try terminal.press("C-j")
            }
            try terminal.run("clear")
            try terminal.expectWhole()
            try terminal.run("clear; squall ask 'ready(all)'")
            try terminal.waitFor("true")
            try terminal.run("clear; squall attach; echo le''ft with $?")
            try terminal.waitFor("HEALTHY")
            try terminal.stopsLab()
        }
    }

    private static func number(of signal: String) -> Int32 {
        ["KILL": SIGKILL, "TERM": SIGTERM, "HUP": SIGHUP, "SEGV": SIGSEGV, "TRAP": SIGTRAP][signal]
            ?? SIGTERM
    }
}

extension Tmux {
    /// Leaves the dashboard of a command that says `left with` and its code, and ends its lab; what the
    /// terminal shows then.
    @discardableResult
    func stopsLab() throws -> String {
        try press("q")
        try waitFor("it ends; the recording stays")
        try press("s")
        return try waitFor("left with 0", within: 30)
    }

    /// The terminal echoes, breaks lines and shows its cursor, on its ordinary screen.
    func expectWhole(_ location: SourceLocation = #_sourceLocation) throws {
        try run("stty -a")
        let text = try waitFor("isig", within: 10, location)
        #expect(text.contains(" echo ") && text.contains(" icanon "), sourceLocation: location)
        #expect(!text.contains("-icrnl") && !text.contains("-opost"), sourceLocation: location)
        let flags = try tmux("display", "-p", "-t", "t", "#{alternate_on}#{cursor_flag}")
        #expect(flags.hasPrefix("01"), sourceLocation: location)
    }
}
