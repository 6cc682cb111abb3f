import Foundation
import Testing

/// The terminal is whole again whatever ends or stops the process that held it.
@Suite(.serialized) struct GuardTests {
    private static let probe: Result<String, any Error> = Result { try build() }

    private static let path = NSTemporaryDirectory() + "squall-terminal-probe-\(getpid())"

    /// The C side alone, with a program around it that holds a terminal.
    private static func build() throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let source = tests.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/CTerminal")
        let path = Self.path
        atexit {
            unlink(GuardTests.path)
            unlink(GuardTests.path + ".modes")
        }
        let result = try Program.run(
            "cc",
            [
                "-I", source.appending(path: "include").path(),
                source.appending(path: "terminal.c").path(),
                tests.appending(path: "Probe/probe.c").path(), "-o", path, "-lncursesw", "-ltinfo",
            ])
        guard result.code == 0 else { throw Tmux.Missing(description: result.output) }
        return path
    }

    /// A pane in which the probe holds the terminal, and the probe's process id.
    private func started(_ term: String = "xterm-256color") throws -> (Tmux, pid_t) {
        let tmux = try Tmux(term: term)
        let path = try Self.probe.get()
        // Dash leaves the terminal's modes as it finds them; bash would mend them.
        let modes = "stty -a | tr \" ;\" \"\\n\\n\" >\(path).modes"
        try tmux.run("sh -c '\(path); \(modes); echo it is ov\"\"er'")
        try tmux.wait("probe") { $0.contains("probe is up") && $0.contains("size 80x24") }
        // The path is this process's own, and the tests run one after the other.
        let list = try Program.run("pgrep", ["-n", "-x", "-f", path])
        let id = pid_t(list.output.trimmingCharacters(in: .whitespacesAndNewlines))
        return (tmux, try #require(id))
    }

    private func expectWhole(_ tmux: Tmux, _ what: String) throws {
        try tmux.wait("whole terminal after \(what)") { _ in try tmux.isWhole }
        try tmux.wait("end after \(what)") { $0.contains("it is over") }
        let path = try Self.probe.get() + ".modes"
        let modes = Set(
            try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline))
        for mode: Substring in ["icanon", "echo", "isig", "icrnl", "opost"] {
            #expect(modes.contains(mode), "\(mode) after \(what)")
        }
        unlink(path)
    }

    @Test(
        "Any signal that ends it leaves the terminal whole",
        arguments: [
            SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTRAP,
            SIGSYS,
        ])
    func signals(_ signal: Int32) throws {
        let (tmux, id) = try started()
        defer { tmux.end() }
        #expect(try !tmux.isWhole)
        #expect(kill(id, signal) == 0)
        try expectWhole(tmux, "signal \(signal)")
    }

    @Test("A quit and an abort leave it whole, and what was complained about is told afterwards")
    func quits() throws {
        for key in ["Q", "A"] {
            let (tmux, _) = try started()
            defer { tmux.end() }
            try tmux.type(key)
            let text = try tmux.wait("complaint") { $0.contains("a library complains") }
            #expect(!text.contains("probe is up"), "the ordinary screen is back")
            try expectWhole(tmux, key)
        }
    }

    @Test("^Z gives the terminal back, fg takes it again and paints everything")
    func suspend() throws {
        let (tmux, id) = try started()
        defer { tmux.end() }
        for stop in ["key", "signal"] {
            if stop == "key" { try tmux.key("C-z") } else { kill(id, SIGTSTP) }
            try tmux.wait("whole terminal") { _ in try tmux.isWhole }
            // A signal stops the probe alone; its shell waits for it. ^Z stops both.
            if stop == "key" {
                try tmux.wait("shell") { $0.contains("Stopped") }
                try tmux.run("fg")
            } else {
                kill(id, SIGCONT)
            }
            try tmux.wait("probe") { $0.contains("probe is up") }
            #expect(try !tmux.isWhole)
        }
        try tmux.type("Q")
        try expectWhole(tmux, "quit after ^Z")
    }

    @Test("A change of size is seen at once")
    func resize() throws {
        let (tmux, _) = try started()
        defer { tmux.end() }
        for (columns, rows) in [(100, 30), (40, 10), (80, 24)] {
            try tmux.resize(columns, rows)
            try tmux.wait("size") { $0.contains("size \(columns)x\(rows)") }
        }
        try tmux.type("Q")
        try expectWhole(tmux, "quit")
    }

    @Test("Keys have names, a lone Esc is one, and pasted text is told from typed")
    func keys() throws {
        let (tmux, _) = try started()
        defer { tmux.end() }
        try tmux.key("Up")
        try tmux.key("F5")
        try tmux.key("BTab")
        try tmux.key("Escape")
        try tmux.wait("keys") { $0.contains("<1><21><15><16>") }
        try tmux.paste("cQ")
        try tmux.wait("pasted text") { $0.contains("[c][Q]") }
        try tmux.type("Q")
        try expectWhole(tmux, "quit")
    }

    @Test(
        "An unknown terminal is tried as xterm-256color, one that cannot move its cursor is refused"
    )
    func terminals() throws {
        let (tmux, _) = try started("xterm-nobody-knows")
        try tmux.type("Q")
        tmux.end()
        let dumb = try Tmux(term: "dumb")
        defer { dumb.end() }
        try dumb.run(try Self.probe.get())
        try dumb.wait("refusal") { $0.contains("refused 3") }
    }

    @Test("Without a terminal nothing is painted")
    func none() throws {
        let result = try Program.run("setsid", ["-w", try Self.probe.get()])
        #expect(result.output == "refused 1\n")
    }
}
