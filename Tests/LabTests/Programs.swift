import Dispatch
import Foundation
import Synchronization
import Testing

/// Who uses squall in a test. Root's tests run as both.
enum Who: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case root
    case ordinary

    /// Those that this test run can be.
    static var all: [Who] { geteuid() == 0 ? [.root, .ordinary] : [.ordinary] }

    /// The user id that an ordinary user has in tests; it needs no line in passwd.
    static let ordinaryID: uid_t = 4242

    var testDescription: String { self == .root ? "root" : "an ordinary user" }

    /// The words before a command line that make it theirs.
    var prefix: [String] {
        guard self == .ordinary, geteuid() == 0 else { return [] }
        let id = "\(Self.ordinaryID)"
        return ["/usr/bin/setpriv", "--reuid=\(id)", "--regid=\(id)", "--clear-groups"]
    }
}

/// What a program left behind.
struct Ran: Sendable {
    var code: Int32
    var output: String
    var errors: String
}

/// The programs under test: beside the test program, or copies where an ordinary user finds them.
enum Programs {
    static let folder: Result<String, any Error> = Result {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let built = own.deletingLastPathComponent()
        let names = ["squall", "squall-host", "squall-node"]
        for name in names {
            try #require(
                access(built.appendingPathComponent(name).path, X_OK) == 0,
                "\(name) is not built beside the tests: swift build")
        }
        if isOpenToAll(built) { return built.path }
        let copies = URL(fileURLWithPath: "/var/tmp/squall-programs-\(getpid())")
        try FileManager.default.createDirectory(at: copies, withIntermediateDirectories: true)
        for name in names {
            try FileManager.default.copyItem(
                at: built.appendingPathComponent(name), to: copies.appendingPathComponent(name))
        }
        return copies.path
    }

    private static func isOpenToAll(_ folder: URL) -> Bool {
        var folder = folder
        while folder.path != "/" {
            var status = stat()
            guard stat(folder.path, &status) == 0, status.st_mode & 0o005 == 0o005 else {
                return false
            }
            folder.deleteLastPathComponent()
        }
        return true
    }

    /// Fails the test when a program that it needs is missing, naming the package.
    static func need(_ program: String, package: String) throws {
        let folders = [
            "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
        ]
        try #require(
            folders.contains { access("\($0)/\(program)", X_OK) == 0 },
            "\(program) is missing: apt install \(package)")
    }
}

/// A folder of the host that the nodes' private /tmp and /run do not hide, with a place for runs and
/// one for sockets, owned by whoever uses squall.
final class Home: Sendable {
    let path: String
    let who: Who
    /// Stands in the environment of everything that is started from here.
    let mark = "\(UInt32.random(in: 100_000_000...999_999_999))"

    var runs: String { path + "/runs" }

    init(_ who: Who = Who.all[0]) throws {
        self.who = who
        var template = Array("/var/tmp/squall-lab-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template).map { String(cString: $0) })
        path = made
        for folder in [made, made + "/runs", made + "/sockets", made + "/topology"] {
            mkdir(folder, 0o755)
            chmod(folder, folder.hasSuffix("sockets") ? 0o700 : 0o755)
            if who == .ordinary, geteuid() == 0 { chown(folder, Who.ordinaryID, Who.ordinaryID) }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a topology and returns its path.
    func topology(_ text: String, _ name: String = "small") throws -> String {
        let file = "\(path)/topology/\(name).yaml"
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        chmod(file, 0o644)
        return file
    }

    /// The environment of a program: nothing of the test's own but PATH.
    func environment(_ more: [String: String] = [:]) -> [String: String] {
        [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": path, "XDG_RUNTIME_DIR": path + "/sockets", "SQUALL_TEST_MARK": mark,
        ].merging(more) { _, new in new }
    }

    /// Starts `squall` with these words.
    func start(
        _ words: [String], environment: [String: String] = [:], prefix: [String] = [],
        input: FileHandle = .nullDevice
    ) throws -> Started {
        try Started(
            who.prefix + prefix + [Programs.folder.get() + "/squall"] + words,
            environment: self.environment(environment), folder: path, input: input)
    }

    /// Runs `squall` to its end.
    func squall(
        _ words: String..., environment: [String: String] = [:], prefix: [String] = [],
        within limit: Duration = .seconds(60)
    ) async throws -> Ran {
        try await start(words, environment: environment, prefix: prefix).end(within: limit)
    }
}

/// A program that runs.
final class Started: Sendable {
    let id: pid_t
    private let outputs: (String, String)
    private let status = Status()
    private let words: String

    private final class Status: Sendable {
        let code = Mutex<Int32>(-1)
        let done = DispatchSemaphore(value: 0)
    }

    init(
        _ words: [String], environment: [String: String], folder: String,
        input: FileHandle = .nullDevice
    ) throws {
        let name = folder + "/" + UUID().uuidString
        outputs = (name + ".out", name + ".err")
        self.words = words.joined(separator: " ")
        for file in [outputs.0, outputs.1] {
            _ = FileManager.default.createFile(atPath: file, contents: nil)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = environment
        process.standardInput = input
        process.standardOutput = FileHandle(forWritingAtPath: outputs.0)
        process.standardError = FileHandle(forWritingAtPath: outputs.1)
        let status = status
        process.terminationHandler = { process in
            let code =
                process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus
            status.code.withLock { $0 = code }
            status.done.signal()
        }
        try process.run()
        id = process.processIdentifier
    }

    /// What it printed so far.
    var output: String { (try? String(contentsOfFile: outputs.0, encoding: .utf8)) ?? "" }

    /// Waits until what it printed is so; `nil` when the time is over, or it ended before.
    func output(within limit: Duration, _ holds: (String) -> Bool) async throws -> String? {
        let watch = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        defer { close(watch) }
        try #require(inotify_add_watch(watch, outputs.0, UInt32(IN_MODIFY)) >= 0)
        let deadline = ContinuousClock.now + limit
        while true {
            let hasEnded = status.code.withLock { $0 } >= 0
            let output = output
            if holds(output) { return output }
            guard !hasEnded, ContinuousClock.now < deadline else { return nil }
            await onThread {
                // A program that ends writes nothing more: look again now and then.
                var watched = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
                poll(&watched, 1, 500)
                var events = [UInt8](repeating: 0, count: 4_096)
                while read(watch, &events, events.count) > 0 {}
            }
        }
    }

    /// Waits for its end; one that takes too long is killed, and the test fails.
    func end(within limit: Duration = .seconds(60)) async throws -> Ran {
        let status = status
        let seconds = limit / .seconds(1)
        let ended = await onThread { status.done.wait(timeout: .now() + seconds) == .success }
        if !ended {
            kill(id, SIGKILL)
            Issue.record("took longer than \(limit): \(words)\n\(output)")
        }
        return Ran(
            code: status.code.withLock { $0 }, output: output,
            errors: (try? String(contentsOfFile: outputs.1, encoding: .utf8)) ?? "")
    }
}

/// Runs something that blocks on a thread where it may.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}
