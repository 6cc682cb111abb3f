import Foundation
import Testing

/// A real terminal: a tmux server of our own with one pane.
struct Tmux {
    /// Path of its socket.
    private let server: String

    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    /// Starts a shell in a pane. Throws when tmux is not there.
    init(columns: Int = 80, rows: Int = 24, term: String = "xterm-256color") throws {
        server = NSTemporaryDirectory() + "squall-tmux-\(UUID().uuidString)"
        do {
            _ = try Program.run("tmux", ["-V"])
        } catch {
            throw Missing(description: "tmux is needed: install the package tmux")
        }
        try tmux([
            "-f", "/dev/null", "-u", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
            "env TERM=\(term) LANG=C.UTF-8 PS1='ready$ ' bash --norc --noprofile",
        ])
        try wait("a prompt") { $0.contains("ready$") }
    }

    func end() {
        _ = try? tmux(["kill-server"])
        unlink(server)
    }

    func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }

    func key(_ name: String) throws { try tmux(["send-keys", name]) }

    func run(_ line: String) throws {
        try type(line)
        try key("Enter")
    }

    func paste(_ text: String) throws {
        try tmux(["set-buffer", text])
        try tmux(["paste-buffer", "-p"])
    }

    func resize(_ columns: Int, _ rows: Int) throws {
        try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    var screen: String { get throws { try tmux(["capture-pane", "-p"]) } }

    /// What an application left on or off.
    var isWhole: Bool {
        get throws {
            let flags = try tmux([
                "display", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}#{keypad_flag}",
            ])
            return flags.hasPrefix("0010")
        }
    }

    /// Waits until the screen is as wanted, ten seconds at most.
    @discardableResult
    func wait(_ what: String, until isThere: (String) throws -> Bool) throws -> String {
        let deadline = Date().addingTimeInterval(10)
        var last = ""
        while Date() < deadline {
            last = try screen
            if try isThere(last) { return last }
            usleep(20_000)
        }
        Issue.record("no \(what) after ten seconds; the screen is\n\(last)")
        return last
    }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let result = try Program.run("tmux", ["-S", server] + arguments)
        return result.output
    }
}
