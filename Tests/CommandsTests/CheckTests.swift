import Foundation
import Testing

/// `squall check` as a shell meets it: what it prints, and its exit code.
@Suite struct CheckTests {
    private static let header =
        #"{"squall":1,"history":1,"run":"r","kind":"register","seed":1,"columns":["invoked","#
        + #""returned","client","op","key","value","outcome","node"]}"#
    private static let write =
        #"[1000000,1200000,"client-4","write","k17",842,"ok","redis-1"]"#
    private static let end = #"{"end":{"at":60000000,"ok":2,"refused":0,"unknown":0,"open":0}}"#

    private func read(_ value: String) -> String {
        #"[3000000,3100000,"client-1","read","k17",\#(value),"ok","redis-2"]"#
    }

    /// Runs it over a file with these lines; `PATH` stands for the file.
    private func check(_ lines: [String], _ options: String...) throws -> (String, Int32) {
        let folder = "/tmp/squall-check-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/history"
        try lines.map { $0 + "\n" }.joined().write(
            toFile: path, atomically: true, encoding: .utf8)
        let found = try Programs.run(Programs.squall, ["check", path] + options)
        return (found.text.replacing(path, with: "PATH"), found.status)
    }

    @Test("a history that keeps its promises passes, with 0")
    func passes() throws {
        let (text, code) = try check([Self.header, Self.write, read("842"), Self.end])
        #expect(code == 0)
        #expect(text.hasPrefix("PATH: register, 2 operations\n"))
        #expect(text.hasSuffix("PASSED\n"))
    }

    @Test("a lost write is told: who wrote what when, acknowledged by whom, what was read; with 1")
    func fails() throws {
        let (text, code) = try check([Self.header, Self.write, read("null"), Self.end])
        #expect(code == 1)
        #expect(
            text.contains(
                "k17 = 842, acknowledged by redis-1 at 00:01.200 to client-4, is gone: nothing was "
                    + "read instead   (at 00:03.100)"))
        #expect(
            text.contains(
                "client-4 wrote 842 to k17 through redis-1, 00:01.000 to 00:01.200, acknowledged"))
        #expect(text.hasSuffix("FAILED\n"))
    }

    @Test("without its end, or without time, nobody knows, with 2")
    func unknown() throws {
        let torn = try check([Self.header, Self.write, read("842")])
        #expect(torn.1 == 2)
        #expect(torn.0.contains("? no-lost-writes   unknown: the history has no end"))
        let hurried = try check(
            [Self.header, Self.write, read("842"), Self.end], "--budget", "0")
        #expect(hurried.1 == 2)
        #expect(hurried.0.hasSuffix("UNKNOWN\n"))
    }

    @Test("a file that is no history is refused with its line and 65, a wrong word with 64")
    func refused() throws {
        let bad = try check([Self.header, #"[1,2,"a","fly","k",1,"ok",null]"#])
        #expect(bad.1 == 65)
        #expect(bad.0.hasPrefix("squall: PATH:2: no operation fly on a register"))
        #expect(try check([Self.header], "--model", "magic").1 == 64)
        #expect(try check([Self.header, Self.write], "--model", "bank-total").1 == 65)
        #expect(try check([Self.header, Self.end], "--model", "linearizable,counter").1 == 64)
        let gone = try Programs.run(Programs.squall, ["check", "/nowhere/at/all"])
        #expect(gone.status == 65)
    }

    @Test("a run's folder is enough to find its history")
    func ofRun() throws {
        let runs = "/tmp/squall-check-\(UInt64.random(in: 0 ... .max))"
        let folder = runs + "/2026-11-23T03-12-09Z-kv-7f3a"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: runs) }
        let none = try Programs.run(Programs.squall, ["check", "last", "--runs", runs])
        #expect(none.status == 65)
        #expect(none.text.hasPrefix("squall: no history in this run"))
        let lines = [Self.header, Self.write, read("842"), Self.end].map { $0 + "\n" }.joined()
        try lines.write(
            toFile: folder + "/history.ndjson", atomically: true, encoding: .utf8)
        let found = try Programs.run(Programs.squall, ["check", "last", "--runs", runs])
        #expect(found.status == 0)
    }

    @Test("--json tells the same to programs, and is JSON")
    func json() throws {
        let (text, code) = try check(
            [Self.header, Self.write, read("null"), Self.end], "--json")
        #expect(code == 1)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["code"] as? Int == 1)
        let checks = try #require(object["checks"] as? [[String: Any]])
        #expect(checks.map { $0["verdict"] as? String } == ["broken", "broken"])
        let violations = try #require(checks[0]["violations"] as? [[String: Any]])
        #expect(violations.first?["at"] as? Int == 3_100_000)
    }
}
