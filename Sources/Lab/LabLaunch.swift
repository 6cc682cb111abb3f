internal import CLinux
internal import Glibc

/// Starts the lab as a process of its own: same program, own session, so that nothing the terminal
/// does to the painter reaches it.
public enum LabLaunch {
    /// The hidden subcommand that a lab is started with.
    public static let subcommand = "__lab"
    /// The descriptor on which a lab says that it runs, or why not.
    public static let reportDescriptor: Int32 = 3

    /// Starts a lab on a run's folder and returns its process id once it listens.
    ///
    /// - Throws: `LabError` with the lab's own words and exit code when it could not start.
    public static func start(executable: String, folder: String) throws(LabError) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard squall_pipe(&ends) == 0 else { throw failure("pipe") }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, folder + "/lab.log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_adddup2(&actions, ends[1], reportDescriptor)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The dashboard ignores and blocks signals that a lab has to hear.
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSID_FLAG | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var process = pid_t()
        let status = withArguments([executable, subcommand, folder]) { arguments in
            posix_spawn(&process, executable, &actions, &attributes, arguments, environ)
        }
        close(ends[1])
        guard status == 0 else {
            throw LabError("cannot start \(executable): \(String(cString: strerror(status)))")
        }
        try awaitReport(ends[0], process)
        return process
    }

    /// Called by the lab: it listens, or it could not start.
    public static func report(_ failure: LabError?) {
        let line = failure.map { "\($0.code) \($0.description)" } ?? "ok"
        _ = line.withCString { write(reportDescriptor, $0, strlen($0)) }
        close(reportDescriptor)
    }

    private static func awaitReport(_ descriptor: Int32, _ process: pid_t) throws(LabError) {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            text += buffer[..<count]
        }
        let line = String(decoding: text, as: UTF8.self)
        if line == "ok" { return }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let code = Int32(parts[0]) else {
            throw LabError("the lab ended before it ran; see lab.log in the run's folder")
        }
        throw LabError(String(parts[1]), code: code)
    }

    private static func failure(_ call: String) -> LabError {
        LabError("\(call): \(String(cString: strerror(errno)))")
    }

    /// A NULL-terminated argument vector for the time of a call.
    private static func withArguments<Result>(
        _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = words.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("never empty") }
            return body(base)
        }
    }
}

/// `POSIX_SPAWN_SETSID`, which the Glibc module does not export.
private let POSIX_SPAWN_SETSID_FLAG: Int32 = 0x80
