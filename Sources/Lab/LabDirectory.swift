internal import CLinux
internal import Glibc
public import Journal

/// Where running labs listen: one socket each in an owner-only directory, so that another terminal
/// finds them by name.
public enum LabDirectory {
    /// The socket of a run's lab. Makes the directory.
    public static func socket(of folder: RunFolder) throws(LabError) -> String {
        let directory = try directory()
        let link = "\(directory)/\(folder.name).run"
        unlink(link)
        symlink(folder.path, link)
        return "\(directory)/\(folder.name).sock"
    }

    /// The socket of a lab that runs.
    public static func socket(of name: String) throws(LabError) -> String {
        "\(try directory())/\(name).sock"
    }

    /// The folder that a running lab writes to.
    public static func folder(of name: String) throws(LabError) -> RunFolder {
        let link = "\(try directory())/\(name).run"
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count - 1)
        guard count > 0 else {
            throw LabError("cannot find the folder of \(name): \(link) is gone", code: 69)
        }
        return RunFolder(
            path: String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Forgets a lab that has ended.
    static func forget(socket: String) {
        unlink(socket)
        if socket.hasSuffix(".sock") { unlink(String(socket.dropLast(5)) + ".run") }
    }

    /// The names of the labs that run now, newest first. Sockets that a dead lab left are removed.
    public static func running() -> [String] {
        guard let directory = try? directory() else { return [] }
        return names(in: directory).filter { $0.hasSuffix(".sock") }.sorted(by: >).compactMap {
            let descriptor = squall_connect_unix("\(directory)/\($0)")
            guard descriptor >= 0 else {
                if errno == ECONNREFUSED { forget(socket: "\(directory)/\($0)") }
                return nil
            }
            close(descriptor)
            return String($0.dropLast(5))
        }
    }

    /// The lab that a person means: the only one, or the one whose name ends in `word`.
    public static func find(_ word: String?) throws(LabError) -> String {
        let running = running()
        guard let word else {
            if let only = running.first, running.count == 1 { return only }
            throw running.isEmpty
                ? LabError("no lab is running; start one with `squall up`", code: 69)
                : LabError(
                    "several labs run; say --lab with one of: " + running.joined(separator: ", "),
                    code: 64)
        }
        let meant = running.filter {
            $0 == word || $0.hasSuffix("-" + word) || $0.contains("-\(word)-")
        }
        guard let found = meant.first, meant.count == 1 else {
            throw LabError(
                meant.isEmpty
                    ? "no lab called \(word) is running"
                    : "\(word) may be any of " + meant.joined(separator: ", "), code: 64)
        }
        return found
    }

    /// `$XDG_RUNTIME_DIR/squall`, or `/tmp/squall-UID`.
    public static func directory() throws(LabError) -> String {
        let base: String
        if let runtime = getenv("XDG_RUNTIME_DIR").map({ String(cString: $0) }),
            runtime.hasPrefix("/"), access(runtime, W_OK) == 0
        {
            base = runtime + "/squall"
        } else {
            base = "/tmp/squall-\(getuid())"
        }
        if mkdir(base, 0o700) < 0 && errno != EEXIST {
            throw LabError("cannot make \(base): \(String(cString: strerror(errno)))", code: 69)
        }
        var status = stat()
        // Somebody else's directory in /tmp could lead anywhere.
        guard lstat(base, &status) == 0, status.st_uid == getuid(), status.st_mode & 0o077 == 0,
            status.st_mode & S_IFMT == S_IFDIR
        else { throw LabError("\(base) is not an owner-only directory of yours", code: 69) }
        return base
    }

    private static func names(in folder: String) -> [String] {
        guard let entries = opendir(folder) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }
}
