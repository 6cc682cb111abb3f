internal import Glibc

/// A run in one file to be handed on: a tar archive of its folder without the nodes' disks, which any
/// tar opens too.
public struct PackedRun: Sendable {
    /// The file.
    public let path: String

    /// A packed run that is there; `nil` when the file is none.
    public init?(path: String) {
        guard let bytes = try? readWhole(path, limit: Tar.block), Tar.read(bytes) != nil else {
            return nil
        }
        self.path = path
    }

    /// Packs a run; returns the names of the files in it. Throws when anything can't be read or
    /// written; then no file is left.
    @discardableResult
    public static func write(_ folder: RunFolder, to path: String) throws(JournalError) -> [String]
    {
        let draft = path + ".new"
        let out = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if out < 0 { throw JournalError("write", path) }
        defer { close(out) }
        do throws(JournalError) {
            var names: [String] = []
            for name in files(of: folder) {
                try add(folder.path + "/" + name, as: folder.name + "/" + name, to: out)
                names.append(name)
            }
            try put([UInt8](repeating: 0, count: 2 * Tar.block), into: out)
            if rename(draft, path) < 0 { throw JournalError("write", path) }
            return names
        } catch {
            unlink(draft)
            throw error
        }
    }

    /// Ordinary files, sorted; the disks of the nodes and drafts stay behind.
    private static func files(of folder: RunFolder) -> [String] {
        let top = RunFolder.names(in: folder.path).filter { $0 != "data" && !$0.hasSuffix(".new") }
        let below = RunFolder.names(in: folder.logs).map { "logs/" + $0 }
        return (top + below).filter { name in
            var status = stat()
            return lstat(folder.path + "/" + name, &status) == 0
                && status.st_mode & S_IFMT == S_IFREG
        }.sorted()
    }

    private static func add(
        _ path: String, as name: String, to out: Int32
    ) throws(JournalError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 { throw JournalError("open", path) }
        defer { close(file) }
        var status = stat()
        if fstat(file, &status) < 0 { throw JournalError("read", path) }
        let size = Int64(status.st_size)
        guard
            let header = Tar.header(
                name: name, size: size, modified: Int64(status.st_mtim.tv_sec))
        else { throw JournalError("\(name) is too long for an archive") }
        try put(header, into: out)
        // A journal may still grow; the archive holds what it was when it was begun.
        var left = size
        while left > 0 {
            let bytes = try take(Int(min(left, 1 << 20)), from: file, path)
            if bytes.isEmpty { throw JournalError("\(path) became shorter") }
            try put(bytes, into: out)
            left -= Int64(bytes.count)
        }
        let rest = Int(size % Int64(Tar.block))
        if rest > 0 { try put([UInt8](repeating: 0, count: Tar.block - rest), into: out) }
    }

    /// Unpacks into a folder, which must be there; the run. Throws when the file is damaged, or holds
    /// names that lead out of the folder.
    public func unpack(into root: String) throws(JournalError) -> RunFolder {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 { throw JournalError("open", path) }
        defer { close(file) }
        var run: String?
        while true {
            let bytes = try Self.take(Tar.block, from: file, path)
            if bytes.isEmpty || bytes.allSatisfy({ $0 == 0 }) { break }
            guard let entry = Tar.read(bytes) else { throw JournalError("\(path) is damaged") }
            let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
            let isSafe = parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." }
            let isLog = parts.count == 3 && parts[1] == "logs"
            guard entry.isFile, isSafe, parts.count == 2 || isLog,
                run == nil || run.map({ $0 == parts[0] }) == true
            else { throw JournalError("\(path) is no packed run: \(entry.name)") }
            if run == nil {
                mkdir("\(root)/\(parts[0])", 0o755)
                mkdir("\(root)/\(parts[0])/logs", 0o755)
                run = String(parts[0])
            }
            try extract("\(root)/\(entry.name)", entry.size, from: file)
        }
        guard let run else { throw JournalError("\(path) holds no run") }
        let folder = RunFolder(path: "\(root)/\(run)")
        if access(folder.journal, F_OK) < 0 { throw JournalError("\(path) holds no journal") }
        return folder
    }

    private func extract(_ target: String, _ size: Int64, from file: Int32) throws(JournalError) {
        let out = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if out < 0 { throw JournalError("write", target) }
        defer { close(out) }
        var left = size
        while left > 0 {
            let bytes = try Self.take(Int(min(left, 1 << 20)), from: file, path)
            if bytes.isEmpty { throw JournalError("\(path) is cut off") }
            try Self.put(bytes, into: out)
            left -= Int64(bytes.count)
        }
        let rest = Int(size % Int64(Tar.block))
        if rest > 0 { _ = try Self.take(Tar.block - rest, from: file, path) }
    }

    /// So many bytes, fewer only at the end of the file.
    private static func take(
        _ count: Int, from file: Int32, _ path: String
    ) throws(JournalError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let came = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: done), count - done)
            }
            if came < 0, errno == EINTR { continue }
            if came < 0 { throw JournalError("read", path) }
            if came == 0 { break }
            done += came
        }
        bytes.removeSubrange(done...)
        return bytes
    }

    private static func put(_ bytes: [UInt8], into file: Int32) throws(JournalError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { throw JournalError("write", "the archive") }
            done += count
        }
    }
}
