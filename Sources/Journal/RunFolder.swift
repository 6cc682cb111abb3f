internal import Glibc

/// The folder that a run leaves behind.
///
/// `run.json`, `topology.yaml`, `journal.ndjson`, `history.ndjson`, `logs/NODE.log`. Its name is
/// `2026-11-23T03-12-09Z-kv-7f3a`: sorting by name is sorting by time.
public struct RunFolder: Equatable, Sendable {
    /// The folder.
    public let path: String

    /// A folder that is there.
    public init(path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The run's name.
    public var name: String { String(path.split(separator: "/").last ?? "") }
    /// Everything that happened.
    public var journal: String { path + "/journal.ndjson" }
    /// What the clients did and were told, one line a finished operation; not every run has one.
    public var history: String { path + "/history.ndjson" }
    /// What, when, where.
    public var info: String { path + "/run.json" }
    /// The topology as it was started.
    public var topology: String { path + "/topology.yaml" }
    /// The packets, where they were captured.
    public var capture: String { path + "/capture.pcapng" }
    /// What the nodes printed.
    public var logs: String { path + "/logs" }
    /// What one node printed.
    public func log(of node: String) -> String { "\(logs)/\(node).log" }

    /// Where runs are kept: `$XDG_STATE_HOME/squall/runs`, or the same under `~/.local/state`; or
    /// `chosen`, as `--runs` says. Throws when there is no home.
    public static func root(chosen: String? = nil) throws(JournalError) -> String {
        if let chosen { return chosen }
        // The standard says that a relative path here is to be ignored.
        if let state = getenv("XDG_STATE_HOME").map({ String(cString: $0) }), state.hasPrefix("/") {
            return state + "/squall/runs"
        }
        if let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") {
            return home + "/.local/state/squall/runs"
        }
        throw JournalError("there is no HOME to keep runs in: say --runs DIR")
    }

    /// A new folder with an empty `logs`. Throws when it can't be made.
    public static func create(
        in root: String, topology: String, at wall: WallTime = .now
    ) throws(JournalError) -> RunFolder {
        try makeFolders(root)
        while true {
            let suffix = String(UInt16.random(in: 0 ... .max), radix: 16)
            let padding = String(repeating: "0", count: 4 - suffix.count)
            let folder = RunFolder(
                path: "\(root)/\(wall.nameText)-\(fileName(topology))-\(padding)\(suffix)")
            if mkdir(folder.path, 0o755) == 0 {
                try makeFolders(folder.logs)
                return folder
            }
            if errno != EEXIST { throw JournalError("make", folder.path) }
        }
    }

    private static func fileName(_ text: String) -> String {
        let safe = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" }
        return safe.isEmpty ? "run" : String(safe.prefix(40))
    }

    private static func makeFolders(_ path: String) throws(JournalError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw JournalError("make", path)
        }
        try makeFolders(String(path[..<slash]))
        if mkdir(path, 0o755) < 0, errno != EEXIST { throw JournalError("make", path) }
    }

    /// All runs, newest first; none when there is no such folder.
    public static func list(in root: String) -> [RunFolder] {
        names(in: root).filter(isRunName).sorted { a, b in
            // A name tells the second.
            let (one, other) = (a.prefix(20), b.prefix(20))
            if one != other { return one > other }
            return (began("\(root)/\(a)"), a) > (began("\(root)/\(b)"), b)
        }.map { RunFolder(path: "\(root)/\($0)") }
    }

    /// When a run was begun, in nanoseconds since 1970: what says how is written once.
    private static func began(_ path: String) -> Int {
        var status = stat()
        guard stat(RunFolder(path: path).info, &status) == 0 else { return 0 }
        return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }

    /// The run that a person means: `last`, a name, the end of a name (`kv-7f3a`), or a path to the
    /// folder or its journal. Throws when there is none, or more than one.
    public static func find(_ text: String, in root: String) throws(JournalError) -> RunFolder {
        if text.contains("/") || text == "." {
            let folder = RunFolder(
                path: text.hasSuffix("/journal.ndjson") ? String(text.dropLast(15)) : text)
            if access(folder.journal, F_OK) == 0 { return folder }
            throw JournalError("no journal.ndjson in \(folder.path)")
        }
        let runs = list(in: root)
        if text == "last" {
            if let newest = runs.first { return newest }
            throw JournalError("no run yet in \(root)")
        }
        let meant = runs.filter { $0.name == text || $0.name.hasSuffix("-" + text) }
        if let run = meant.first, meant.count == 1 { return run }
        throw JournalError(
            meant.isEmpty
                ? "no run \(text) in \(root)"
                : "\(text) may be any of \(meant.map(\.name).joined(separator: ", "))")
    }

    /// `2026-11-23T03-12-09Z-…`
    private static func isRunName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let pattern = Array("0000-00-00T00-00-00Z-".utf8)
        return bytes.count > pattern.count
            && zip(bytes, pattern).allSatisfy { $1 == .zero ? $0.isDigit : $0 == $1 }
    }

    /// Whether a lab is writing it now.
    public var isInUse: Bool {
        let file = open(journal, O_RDONLY | O_CLOEXEC)
        if file < 0 { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK
    }

    /// Removes all but the newest `count` runs, never one that is in use. Returns those removed.
    @discardableResult
    public static func prune(in root: String, keeping count: Int) -> [RunFolder] {
        list(in: root).dropFirst(max(0, count)).filter { !$0.isInUse && $0.remove() }
    }

    /// Removes the folder with all in it; links are not followed. Returns whether it is gone.
    @discardableResult
    public func remove() -> Bool { Self.remove(path) }

    private static func remove(_ path: String) -> Bool {
        if unlink(path) == 0 { return true }
        for name in names(in: path) { _ = remove("\(path)/\(name)") }
        return rmdir(path) == 0
    }

    /// What lies in a folder, in no order; nothing when it can't be read.
    static func names(in folder: String) -> [String] {
        guard let entries = opendir(folder) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Writes a file of the folder whole: readers see the old one or the new one. Throws when it
    /// can't be written.
    public func write(_ bytes: [UInt8], to path: String) throws(JournalError) {
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if file < 0 { throw JournalError("write", path) }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { throw JournalError("write", path) }
            done += count
        }
        if rename(draft, path) < 0 { throw JournalError("write", path) }
    }
}
