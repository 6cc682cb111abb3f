internal import ArgumentParser
internal import CLinux
internal import Dispatch
internal import Foundation
internal import Glibc
internal import Lab

/// `squall exec NODE PROGRAM …`: a program inside a node's machine.
struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run a program inside a node's machine, e.g. `squall exec primary redis-cli info`.",
        discussion: "Its input and output are this terminal's; its exit status is the command's.")

    @OptionGroup var choice: LabChoice

    @Argument(help: "The node.")
    var node: String

    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
    var program: [String]

    func run() throws {
        let arguments = program.first == "--" ? Array(program.dropFirst()) : program
        guard !arguments.isEmpty else { throw failure("exec needs a program", code: Code.usage) }
        let code = try execute(
            arguments, on: node, in: RunningLab(choice), by: "exec", descriptors: [0, 1, 2])
        if code != 0 { throw ExitCode(code) }
    }
}

/// `squall shell NODE`: a shell inside a node's machine, with job control.
struct Shell: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a shell inside a node's machine.")

    @OptionGroup var choice: LabChoice

    @Argument(help: "The node.")
    var node: String

    func run() throws {
        let lab = try RunningLab(choice)
        guard isatty(0) == 1, isatty(1) == 1 else {
            throw failure("shell needs a terminal; use `squall exec`", code: Code.usage)
        }
        guard let relay = TerminalRelay() else {
            throw failure("no pseudo-terminal can be had", code: Code.unavailable)
        }
        relay.start()
        defer { relay.restore() }
        let shell = access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh"
        let inner = relay.inner
        let code = try execute(
            [shell], on: node, in: lab, by: "shell", descriptors: [inner, inner, inner])
        relay.finish()
        if code != 0 { throw ExitCode(code) }
    }
}

/// Runs a program in a machine of a lab and waits for its end.
private func execute(
    _ arguments: [String], on node: String, in lab: RunningLab, by: String, descriptors: [Int32]
) throws -> Int32 {
    do {
        let reply = try ControlClient(path: lab.socket).ask(
            ControlRequest(verb: .exec, text: node, by: by, arguments: arguments),
            passing: descriptors)
        guard reply.ok else { throw failure(reply.text, code: 1) }
        return reply.code ?? 0
    } catch let error as LabError {
        throw failure(error.description, code: error.code)
    }
}

/// This terminal in raw mode, joined to the outer end of a pseudo-terminal whose inner end a program
/// in a machine gets: so ^C and job control reach that program and not this one.
private final class TerminalRelay {
    /// What the program gets as its terminal.
    let inner: Int32
    private let outer: Int32
    private let saved: termios
    private let shown = DispatchSemaphore(value: 0)
    private var resizing: (any DispatchSourceSignal)?

    init?() {
        var state = termios()
        var size = winsize()
        guard tcgetattr(0, &state) == 0 else { return nil }
        _ = ioctl(0, UInt(TIOCGWINSZ), &size)
        var ends: (near: Int32, far: Int32) = (-1, -1)
        guard squall_open_terminal(&ends.near, &ends.far) == 0 else { return nil }
        (outer, inner) = ends
        tcsetattr(inner, TCSANOW, &state)
        _ = ioctl(inner, UInt(TIOCSWINSZ), &size)
        saved = state
    }

    /// Begins to copy both ways.
    func start() {
        var raw = saved
        cfmakeraw(&raw)
        tcsetattr(0, TCSADRAIN, &raw)
        let (outer, shown) = (outer, shown)
        Self.copy(from: 0, to: outer) {}
        Self.copy(from: outer, to: 1) { shown.signal() }
        let resizing = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
        resizing.setEventHandler {
            var size = winsize()
            // The kernel tells the program inside.
            if ioctl(0, UInt(TIOCGWINSZ), &size) == 0 { _ = ioctl(outer, UInt(TIOCSWINSZ), &size) }
        }
        resizing.resume()
        self.resizing = resizing
    }

    /// The program has ended: waits until its last words are shown, and not for what it left running.
    func finish() {
        close(inner)
        _ = shown.wait(timeout: .now() + .milliseconds(500))
    }

    /// Gives the terminal back as it was.
    func restore() {
        var state = saved
        tcsetattr(0, TCSADRAIN, &state)
    }

    private static func copy(from: Int32, to: Int32, _ end: @escaping @Sendable () -> Void) {
        let thread = Thread {
            defer { end() }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = read(from, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                var done = 0
                while done < count {
                    let written = buffer.withUnsafeBytes {
                        write(to, $0.baseAddress?.advanced(by: done), count - done)
                    }
                    guard written > 0 else { return }
                    done += written
                }
            }
        }
        thread.start()
    }
}
