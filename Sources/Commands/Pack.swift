internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import Journal
internal import Synchronization

/// `squall pack RUN`: a run in one file.
struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pack a run into one file to be handed on; `squall replay FILE` opens it.",
        discussion: "It is a tar archive of the run's folder without the nodes' disks.")

    @Option(name: .shortAndLong, help: "The file; the run's name and .tar when left out.")
    var output: String?

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Argument(help: "A run's name, the end of it, a path, or `last`.")
    var recorded = "last"

    func run() throws {
        let folder = try findRun(recorded, runs)
        let path = output ?? "\(folder.name).tar"
        do {
            let names = try PackedRun.write(folder, to: path)
            print("\(path)   \(names.count) files")
        } catch {
            throw failure(error.description, code: Code.unavailable)
        }
    }
}

/// Packed runs that were opened: they lie in a folder of their own until the command ends.
enum OpenedPack {
    private static let folders = Mutex<[String]>([])

    /// Whether a run's folder is one of them, and goes when the command ends.
    static func holds(_ folder: RunFolder) -> Bool {
        folders.withLock { $0.contains { folder.path.hasPrefix($0 + "/") } }
    }

    /// Unpacks a file; ends the command with 65 when it is damaged.
    static func open(_ pack: PackedRun) throws -> RunFolder {
        var template = Array(NSTemporaryDirectory().utf8CString.dropLast())
        template += Array("/squall-opened-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw failure("there is no room to open \(pack.path)", code: Code.unavailable)
        }
        let path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let isFirst = folders.withLock { known in
            defer { known.append(path) }
            return known.isEmpty
        }
        if isFirst {
            atexit {
                for path in OpenedPack.folders.withLock({ $0 }) {
                    try? FileManager.default.removeItem(atPath: path)
                }
            }
        }
        do {
            return try pack.unpack(into: path)
        } catch {
            throw failure(error.description, code: Code.badInput)
        }
    }
}
