internal import CLinux
internal import Foundation
internal import Glibc

/// A program on a terminal that nobody sees: what it writes is counted, keys are pressed.
final class Onlooker {
    private let near: Int32
    private let process: pid_t
    private var isOver = false

    /// `POSIX_SPAWN_SETSID` of <spawn.h>, which only GNU has: a session of its own.
    private static let setsid: Int16 = 0x80

    /// Starts a program on a terminal of this size. Throws `BenchError` when it can't be.
    init(_ command: [String], columns: Int, rows: Int) throws {
        var (near, far): (Int32, Int32) = (-1, -1)
        let refusal = squall_open_terminal(&near, &far)
        guard refusal == 0 else {
            throw BenchError("no terminal can be made: \(String(cString: strerror(refusal)))")
        }
        defer { close(far) }
        var size = winsize(
            ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(far, UInt(TIOCSWINSZ), &size)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in 0...2 { posix_spawn_file_actions_adddup2(&actions, far, Int32(stream)) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Self.setsid)
        var environment = ProcessInfo.processInfo.environment
        environment["TERM"] = "xterm-256color"
        environment["LINES"] = nil
        environment["COLUMNS"] = nil
        if environment["LANG"]?.uppercased().contains("UTF") != true {
            environment["LC_ALL"] = "C.UTF-8"
        }
        var words = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var process = pid_t()
        let code = posix_spawnp(&process, command[0], &actions, &attributes, &words, &variables)
        guard code == 0 else {
            close(near)
            throw BenchError("\(command[0]) can't be started: \(String(cString: strerror(code)))")
        }
        self.near = near
        self.process = process
    }

    deinit { end() }

    /// Ends the program.
    func end() {
        guard !isOver else { return }
        isOver = true
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        close(near)
    }

    /// What it wrote within some seconds, in bytes.
    func bytes(within seconds: Double) -> Int {
        let end = squall_monotonic_ns() + Int64(seconds * 1e9)
        var count = 0
        while true {
            let left = end - squall_monotonic_ns()
            guard left > 0, let some = read(within: left) else { return count }
            count += some
        }
    }

    /// Reads until it has written nothing for some seconds; at most `most` seconds. Whether it came to rest.
    @discardableResult
    func rests(for seconds: Double, atMost most: Double) -> Bool {
        let end = squall_monotonic_ns() + Int64(most * 1e9)
        while squall_monotonic_ns() < end {
            guard read(within: Int64(seconds * 1e9)) != nil else { return true }
        }
        return false
    }

    /// Presses a key; seconds until the first byte that answers it. `nil` when none came within a second.
    func answer(to keys: String) -> Double? {
        while read(within: 0) != nil {}
        let start = squall_monotonic_ns()
        press(keys)
        guard read(within: 1_000_000_000) != nil else { return nil }
        let answer = Double(squall_monotonic_ns() - start) / 1e9
        // The rest of the frame.
        while read(within: 1_000_000) != nil {}
        return answer
    }

    /// Presses keys.
    func press(_ keys: String) {
        _ = Array(keys.utf8).withUnsafeBytes { write(near, $0.baseAddress, $0.count) }
    }

    /// Time on a core that all its threads took so far, in seconds.
    var processorTime: Double {
        let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
        let taken = (threads ?? []).compactMap { thread -> Double? in
            guard
                let bytes = FileManager.default.contents(
                    atPath: "/proc/\(process)/task/\(thread)/schedstat")
            else { return nil }
            return String(decoding: bytes, as: UTF8.self).split(separator: " ").first
                .flatMap { Double($0) }
        }
        return taken.reduce(0, +) / 1e9
    }

    /// Bytes that came; `nil` when there were none in time, or there never will be.
    private func read(within nanoseconds: Int64) -> Int? {
        var waited = pollfd(fd: near, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
        guard poll(&waited, 1, milliseconds) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(near, &buffer, buffer.count)
        return count > 0 ? count : nil
    }
}
