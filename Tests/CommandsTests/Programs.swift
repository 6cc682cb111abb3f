import Foundation
import Testing

/// The programs that were built with these tests.
enum Programs {
    /// Where `squall`, `squall-host` and `squall-node` lie: beside the test bundle.
    static let folder: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().path
    }()

    /// The built program.
    static var squall: String { folder + "/squall" }

    /// What a program prints; fails when it ends otherwise than with 0.
    static func output(_ program: String, _ arguments: [String]) throws -> String {
        let (text, status) = try run(program, arguments)
        guard status == 0 else {
            throw Failed(line: "\(program) \(arguments.joined(separator: " "))", text: text)
        }
        return text
    }

    /// Runs a program to its end: what it printed, errors among it, and its exit status.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (text: String, status: Int32) {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failed(line: program, text: "is not installed (apt install tmux?)")
        }
        // By hand: Foundation's Process also waits for whatever the program leaves behind, and tmux
        // leaves a server behind. For the same reason the output goes to a file, not to a pipe.
        let path = "/tmp/squall-output-\(UInt64.random(in: 0 ... .max))"
        defer { unlink(path) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The threads of tests block most signals, and tmux's server ends itself by one of them.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var lines = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for copy in words + lines { free(copy) } }
        var pid = pid_t()
        let failure = posix_spawn(&pid, program, &actions, &attributes, &words, &lines)
        guard failure == 0 else {
            throw Failed(line: program, text: String(cString: strerror(failure)))
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let data = FileManager.default.contents(atPath: path) ?? Data()
        let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        return (String(decoding: data, as: UTF8.self), code)
    }

    struct Failed: Error {
        var line: String
        var text: String
    }

    /// A folder of a test's own, removed with what is in it.
    static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = "/tmp/squall-test-\(UInt64.random(in: 0 ... .max))"
        let files = FileManager.default
        try files.createDirectory(
            atPath: folder + "/run", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer {
            // A test that failed half-way leaves its lab running, with nobody to end it.
            let home = ["XDG_STATE_HOME": folder + "/state", "XDG_RUNTIME_DIR": folder + "/run"]
            while let (_, status) = try? run(squall, ["down"], environment: home), status == 0 {}
            try? files.removeItem(atPath: folder)
        }
        return try body(folder)
    }

    /// Processes that were started in the test's own home.
    static func processes(of home: String) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard let pid = pid_t(name),
                let variables = FileManager.default.contents(atPath: "/proc/\(name)/environ")
            else { return nil }
            return String(decoding: variables, as: UTF8.self).contains(home) ? pid : nil
        }
    }

    /// Processes with exactly this command line that belong to the test's own home.
    static func processes(named line: String, home: String) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard let pid = pid_t(name),
                let command = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"),
                let variables = FileManager.default.contents(atPath: "/proc/\(name)/environ")
            else { return nil }
            let words = command.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            let isHere = String(decoding: variables, as: UTF8.self).contains(home)
            return words.joined(separator: " ") == line && isHere ? pid : nil
        }
    }
}
