import Foundation
import Testing

/// Programs that read our formats and are not ours. What is missing fails the test with the line that
/// installs it.
enum ForeignReader {
    /// A Python script of the readers' environment; `input` is its standard input. What it printed.
    static func python(
        _ script: String, _ input: String, _ arguments: [String] = [],
        _ location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let python = root + "/.build/readers/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Missing(
                what: "apt install python3-venv; python3 -m venv .build/readers && "
                    + ".build/readers/bin/pip install -r Tests/readers.txt")
        }
        return try run(python, ["-c", script] + arguments, input, location)
    }

    /// A perl script.
    static func perl(
        _ script: String, _ input: String, _ location: SourceLocation = #_sourceLocation
    ) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/perl") else {
            throw Missing(what: "apt install perl")
        }
        return try run("/usr/bin/perl", ["-e", script], input, location)
    }

    /// Debian's asciinema, playing a film all at once. What it wrote to the terminal.
    static func asciinema(
        _ film: String, _ location: SourceLocation = #_sourceLocation
    ) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/asciinema") else {
            throw Missing(what: "apt install asciinema")
        }
        // It wants a terminal and a file.
        let play = """
            film=$(mktemp) && cat > "$film"
            LC_ALL=C.UTF-8 script -qec "asciinema cat $film" /dev/null < /dev/null
            code=$?; rm "$film"; exit $code
            """
        return try run("/bin/sh", ["-c", play], film, location)
    }

    /// The checkout.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path()
        .replacing(/\/$/, with: "")

    private static func run(
        _ program: String, _ arguments: [String], _ input: String, _ location: SourceLocation
    ) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "squall-reader-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (given, told) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: told)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: given)
        let out = try FileHandle(forWritingTo: told)
        process.standardOutput = out
        process.standardError = out
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: told, encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(text)", sourceLocation: location)
        return text
    }

    struct Missing: Error, CustomStringConvertible {
        var what: String
        var description: String { "a reader is missing: \(what)" }
    }
}
