import Foundation
import Journal
import Testing

@Suite struct PackedRunTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = "/tmp/squall-pack-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func run(in root: String) throws -> RunFolder {
        let folder = try RunFolder.create(in: root + "/runs", topology: "kv")
        for (name, size) in [
            ("journal.ndjson", 1_300_000), ("run.json", 0), ("topology.yaml", 512),
            ("logs/kv-1.log", 513), ("history.ndjson", 1_048_576),
        ] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try folder.write(bytes, to: folder.path + "/" + name)
        }
        try FileManager.default.createDirectory(
            atPath: folder.path + "/data/kv-1", withIntermediateDirectories: true)
        try folder.write([1], to: folder.path + "/data/kv-1/disk")
        return folder
    }

    @Test func `what was packed comes out as it was, without the disks`() throws {
        try withFolder { root in
            let folder = try run(in: root)
            let names = try PackedRun.write(folder, to: root + "/run.tar")
            #expect(
                names == [
                    "history.ndjson", "journal.ndjson", "logs/kv-1.log", "run.json",
                    "topology.yaml",
                ])
            let pack = try #require(PackedRun(path: root + "/run.tar"))
            let opened = try pack.unpack(into: root)
            #expect(opened.name == folder.name && opened.path != folder.path)
            for name in names {
                let (old, new) = ("\(folder.path)/\(name)", "\(opened.path)/\(name)")
                #expect(FileManager.default.contentsEqual(atPath: old, andPath: new), "\(name)")
            }
            #expect(!FileManager.default.fileExists(atPath: opened.path + "/data"))
        }
    }

    @Test func `tar opens a packed run, and a run that tar packed can be opened`() throws {
        try withFolder { root in
            let folder = try run(in: root)
            try PackedRun.write(folder, to: root + "/run.tar")
            try tar(["-xf", root + "/run.tar", "-C", root])
            #expect(
                FileManager.default.contentsEqual(
                    atPath: folder.journal, andPath: "\(root)/\(folder.name)/journal.ndjson"))
            let files = ["journal.ndjson", "logs/kv-1.log"].map { "\(folder.name)/\($0)" }
            try tar(
                ["--format=ustar", "-cf", root + "/theirs.tar", "-C", root + "/runs"] + files)
            try FileManager.default.createDirectory(
                atPath: root + "/there", withIntermediateDirectories: false)
            let opened = try #require(PackedRun(path: root + "/theirs.tar"))
                .unpack(into: root + "/there")
            #expect(
                FileManager.default.contentsEqual(atPath: folder.journal, andPath: opened.journal))
        }
    }

    @Test(arguments: ["../evil", "/etc/evil", "run/../../evil", "run/logs/../../evil", "run/a/b/c"])
    func `a name that leads out of the folder is refused`(name: String) throws {
        try withFolder { root in
            try FileManager.default.createDirectory(
                atPath: root + "/in", withIntermediateDirectories: false)
            let file = root + "/x"
            try Data("evil".utf8).write(to: URL(filePath: file))
            // Names as they are (-P), rewritten to the hostile one.
            try tar([
                "--format=ustar", "-P", "--transform", "s|.*|\(name)|", "-cf", root + "/evil.tar",
                file,
            ])
            let pack = try #require(PackedRun(path: root + "/evil.tar"))
            #expect(throws: JournalError.self) { try pack.unpack(into: root + "/in") }
            #expect(!FileManager.default.fileExists(atPath: root + "/evil"))
        }
    }

    @Test func `an archive that is cut off anywhere, or no archive, is told`() throws {
        try withFolder { root in
            let folder = try run(in: root)
            try PackedRun.write(folder, to: root + "/run.tar")
            let whole = try Data(contentsOf: URL(filePath: root + "/run.tar"))
            for cut in [600, 5_000, 1_048_576, 1_400_000] {
                try whole.prefix(cut).write(to: URL(filePath: root + "/cut.tar"))
                let target = "\(root)/at-\(cut)"
                try FileManager.default.createDirectory(
                    atPath: target, withIntermediateDirectories: false)
                let pack = try #require(PackedRun(path: root + "/cut.tar"))
                #expect(throws: JournalError.self, "\(cut)") { try pack.unpack(into: target) }
            }
            #expect(PackedRun(path: folder.journal) == nil)
            #expect(PackedRun(path: root + "/none") == nil)
        }
    }

    private func tar(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/tar")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
