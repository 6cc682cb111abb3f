import Dispatch
import Glibc
import Synchronization
import Testing

/// A real `redis-server` on the loopback, for the time of a test.
final class RedisServer: Sendable {
    let port: UInt16
    private let pid: pid_t
    private let hasEnded = Atomic<Bool>(false)
    /// A file to take away at the end.
    private let file: String?

    /// Starts one; it keeps nothing on disk.
    init(port: UInt16, replicaOf primary: UInt16? = nil) throws {
        var arguments = [
            "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp",
            "--loglevel", "warning", "--repl-diskless-sync-delay", "0",
        ]
        if let primary { arguments += ["--replicaof", "127.0.0.1 \(primary)"] }
        self.port = port
        file = nil
        pid = try launch("redis-server", arguments, package: "redis-server")
    }

    /// Starts one that only watches; it watches nobody. Its configuration is a file that it writes
    /// itself.
    init(sentinel port: UInt16) throws {
        let path = "/tmp/sentinel-\(getpid())-\(port).conf"
        let text = "port \(port)\nbind 127.0.0.1\ndir /tmp\n"
        let descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0, "\(path) can't be written: error \(errno)")
        let count = write(descriptor, text, text.utf8.count)
        close(descriptor)
        try #require(count == text.utf8.count)
        self.port = port
        file = path
        pid = try launch("redis-server", [path, "--sentinel"], package: "redis-server")
    }

    /// Sends a signal to its process.
    func signal(_ number: Int32) {
        guard !hasEnded.load(ordering: .relaxed) else { return }
        kill(pid, number)
    }

    /// Ends it and waits for its end; once, since its number may be another process's then.
    func end() {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        if let file { unlink(file) }
    }

    /// Runs a command many times by `redis-cli`.
    func command(_ words: String..., times: Int = 1) async throws {
        let pid = try launch(
            "redis-cli", ["-p", "\(port)", "-r", "\(times)"] + words, package: "redis-tools")
        // On a thread that may wait: a test's own may not.
        let status: Int32 = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                continuation.resume(returning: status)
            }
        }
        try #require(status == 0, "redis-cli \(words)")
    }
}

/// Starts a program with its output thrown away. A program that is missing fails the test.
private func launch(_ program: String, _ arguments: [String], package: String) throws -> pid_t {
    let path = ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + program }
        .first { access($0, X_OK) == 0 }
    let found = try #require(path, "\(program) is missing: apt-get install \(package)")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([found] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var pid: pid_t = 0
    let code = posix_spawn(&pid, found, &actions, nil, words, environ)
    try #require(code == 0, "\(program) does not start: error \(code)")
    return pid
}
