import Cluster
import Glibc
import Testing

@testable import Journal

@Suite struct `The folder of a run` {
    /// 2026-11-23T03:12:09.118204Z
    private let wall = WallTime(microseconds: 1_795_403_529_118_204)

    @Test func `the calendar is right, leap years and all`() {
        #expect(wall.text == "2026-11-23T03:12:09.118204Z")
        #expect(wall.nameText == "2026-11-23T03-12-09Z")
        #expect(WallTime(microseconds: 0).text == "1970-01-01T00:00:00.000000Z")
        #expect(WallTime(microseconds: -1).text == "1969-12-31T23:59:59.999999Z")
        #expect(WallTime(microseconds: 951_782_400_000_000).text == "2000-02-29T00:00:00.000000Z")
        #expect(WallTime(microseconds: 4_107_542_400_000_000).text == "2100-03-01T00:00:00.000000Z")
        let now = WallTime.now
        var seconds = time_t(now.microseconds / 1_000_000)
        var calendar = tm()
        gmtime_r(&seconds, &calendar)
        #expect(now.text.hasPrefix("\(calendar.tm_year + 1_900)-"))
    }

    @Test func `its name says when and what, and never hits another one`() throws {
        let folder = try ScratchFolder()
        let root = folder.file("deep/er/runs")
        let first = try RunFolder.create(in: root, topology: "kv", at: wall)
        let second = try RunFolder.create(in: root, topology: "kv", at: wall)
        #expect(first.name.hasPrefix("2026-11-23T03-12-09Z-kv-"))
        #expect(first.name.utf8.count == "2026-11-23T03-12-09Z-kv-7f3a".utf8.count)
        #expect(first.name != second.name)
        #expect(access(first.logs, W_OK) == 0)
        #expect(first.log(of: "kv-1") == first.path + "/logs/kv-1.log")
        let odd = try RunFolder.create(in: root, topology: "../ä b", at: wall)
        #expect(odd.path.hasPrefix(root + "/2026") && !odd.name.contains("/"))
        #expect(RunFolder.list(in: root).count == 3)
    }

    @Test func `last is the newest, and a name's end is enough`() throws {
        let folder = try ScratchFolder()
        let root = folder.file("runs")
        #expect(throws: JournalError.self) { try RunFolder.find("last", in: root) }
        var later = wall
        let old = try RunFolder.create(in: root, topology: "kv", at: wall)
        later.microseconds += 60_000_000
        let new = try RunFolder.create(in: root, topology: "redis", at: later)
        mkdir(root + "/something-else", 0o755)
        #expect(RunFolder.list(in: root) == [new, old])
        #expect(try RunFolder.find("last", in: root) == new)
        #expect(try RunFolder.find(old.name, in: root) == old)
        #expect(try RunFolder.find(String(old.name.suffix(7)), in: root) == old)
        #expect(throws: JournalError.self) { try RunFolder.find("mysql", in: root) }
        #expect(throws: JournalError.self) { try RunFolder.find(old.path, in: root) }
        try old.write([], to: old.journal)
        #expect(try RunFolder.find(old.path + "/", in: root) == old)
        #expect(try RunFolder.find(old.journal, in: root) == old)
    }

    @Test func `pruning keeps the newest, and every run that goes on`() throws {
        let folder = try ScratchFolder()
        let root = folder.file("runs")
        var moment = wall
        var runs: [RunFolder] = []
        for _ in 0..<5 {
            runs.append(try RunFolder.create(in: root, topology: "kv", at: moment))
            moment.microseconds += 1_000_000
        }
        try runs[1].write([1], to: runs[1].log(of: "kv-1"))
        let writer = try JournalWriter(
            path: runs[0].journal, run: RunDescription(run: "r", topology: "kv", seed: 1)
        ) { .zero }
        symlink("/etc", runs[1].path + "/link")
        #expect(runs[0].isInUse && !runs[1].isInUse)
        #expect(RunFolder.prune(in: root, keeping: 2) == [runs[2], runs[1]])
        #expect(RunFolder.list(in: root) == [runs[4], runs[3], runs[0]])
        #expect(access("/etc/passwd", F_OK) == 0)
        writer.finish()
        withExtendedLifetime(writer) {}
    }

    @Test func `a run's facts come back as they were written`() throws {
        let folder = try ScratchFolder()
        let run = try RunFolder.create(in: folder.file("runs"), topology: "kv", at: wall)
        #expect(RunInfo(of: run) == nil)
        var info = RunInfo()
        info["run"] = .text("a \"quoted\"\nname")
        info["seed"] = .number(-42)
        info["passed"] = .flag(true)
        info["seed"] = .number(43)
        info.addMachine()
        try run.write(info.bytes, to: run.info)
        let back = try #require(RunInfo(of: run))
        #expect(back == info)
        #expect(back.number("seed") == 43 && back.text("run") == "a \"quoted\"\nname")
        #expect(back.number("cores") ?? 0 > 0 && back.text("kernel")?.isEmpty == false)
        #expect(RunInfo(bytes: Array("[1]".utf8)) == nil)
    }
}
