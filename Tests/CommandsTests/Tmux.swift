import Foundation
import Testing

/// A real terminal: tmux with one window, driven by keys and read as a person would.
final class Tmux {
    let socket: String
    let columns: Int
    let rows: Int

    /// Opens a shell in a terminal of this size. `home` keeps runs and sockets of the test apart.
    init(columns: Int, rows: Int, home: String, environment: [String: String] = [:]) throws {
        socket = "squall-test-\(UInt32.random(in: 0 ... .max))"
        self.columns = columns
        self.rows = rows
        let variables = [
            "LANG": "C.UTF-8", "TERM": "xterm-256color", "XDG_STATE_HOME": home + "/state",
            "XDG_RUNTIME_DIR": home + "/run", "PS1": "prompt% ",
            "PATH": Programs.folder + ":/usr/local/bin:/usr/bin:/bin",
        ].merging(environment) { $1 }
        let exports = variables.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        try tmux(
            "new-session", "-d", "-s", "t", "-x", "\(columns)", "-y", "\(rows)",
            "env \(exports) /bin/sh")
        try waitFor("prompt%")
    }

    deinit { _ = try? tmux("kill-server") }

    /// Types text.
    func type(_ text: String) throws { try tmux("send-keys", "-t", "t", "-l", text) }

    /// Presses keys by tmux's names.
    func press(_ keys: String...) throws { try tmux(["send-keys", "-t", "t"] + keys) }

    /// Types a shell line.
    func run(_ line: String) throws {
        try type(line)
        try press("Enter")
    }

    /// The screen as text.
    func screen() throws -> String { try tmux("capture-pane", "-p", "-t", "t") }

    /// Changes the size of the terminal.
    func resize(columns: Int, rows: Int) throws {
        try tmux("resize-window", "-t", "t", "-x", "\(columns)", "-y", "\(rows)")
    }

    /// Waits until the screen shows what is looked for.
    @discardableResult
    func waitFor(
        _ text: String, within seconds: Double = 20, _ location: SourceLocation = #_sourceLocation
    ) throws -> String {
        try waitFor(within: seconds, "'\(text)'", location) { $0.contains(text) }
    }

    /// Waits until the screen fulfils a condition.
    @discardableResult
    func waitFor(
        within seconds: Double = 20, _ what: String,
        _ location: SourceLocation = #_sourceLocation, _ holds: (String) -> Bool
    ) throws -> String {
        let end = ContinuousClock.now + .seconds(seconds)
        var last = ""
        while ContinuousClock.now < end {
            last = try screen()
            if holds(last) { return last }
            // A terminal tells nobody that it was written to.
            usleep(50_000)
        }
        Issue.record(
            "\(what) did not appear within \(seconds) s:\n\(last)", sourceLocation: location)
        throw Missing(what: what)
    }

    struct Missing: Error { var what: String }

    @discardableResult
    func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        try Programs.output(
            "/usr/bin/tmux", ["-u", "-L", socket, "-f", "/dev/null"] + arguments)
    }
}
