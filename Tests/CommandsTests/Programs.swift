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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // A file, not a pipe: a server that the program leaves behind would keep a pipe open.
        let path = "/tmp/squall-output-\(UInt64.random(in: 0 ... .max))"
        try Data().write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        process.standardOutput = file
        process.standardError = file
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
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
        defer { try? files.removeItem(atPath: folder) }
        return try body(folder)
    }
}
