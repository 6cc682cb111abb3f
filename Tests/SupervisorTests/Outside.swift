internal import CLinux
internal import Glibc
import Testing

/// Ids of all processes of the host whose command line or environment holds a text, zombies left out.
func processes(marked mark: String) -> [Int32] {
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    var found: [Int32] = []
    while let entry = readdir(directory) {
        guard let id = Int32(text(of: entry)), id != getpid() else { continue }
        if contents("/proc/\(id)/cmdline").contains(mark)
            || contents("/proc/\(id)/environ").contains(mark)
        {
            found.append(id)
        }
    }
    return found
}

/// The text of a file of the host; empty when it cannot be read.
func contents(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(contentsOf: buffer.prefix(count))
    }
}

/// Expects that all such processes end in time; each is waited for by its own end.
func noProcess(marked mark: String, within limit: Duration) async {
    let deadline = ContinuousClock.now + limit
    while let id = processes(marked: mark).first {
        guard await ended(id, by: deadline) else {
            Issue.record("process \(id) was left behind: \(contents("/proc/\(id)/cmdline"))")
            return
        }
    }
}

/// Waits for the end of any process by its descriptor; false when the deadline comes first.
func ended(_ id: Int32, by deadline: ContinuousClock.Instant) async -> Bool {
    let descriptor = squall_process_descriptor(id)
    guard descriptor >= 0 else { return descriptor == -ESRCH }
    defer { close(descriptor) }
    let left = ContinuousClock.now.duration(to: deadline)
    let milliseconds = Int32(clamping: Int64(left / .milliseconds(1)))
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, max(milliseconds, 0)) == 1
}

/// A fresh directory of the host, which all may enter.
func temporaryFolder() -> String? {
    var template = Array("/tmp/squall-tests-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { return nil }
    chmod(path, 0o755)
    return String(cString: path)
}

/// Removes a directory of the host with all that lies in it, as far as this process may.
func remove(_ path: String) {
    if let directory = opendir(path) {
        while let entry = readdir(directory) {
            let name = text(of: entry)
            if name != "." && name != ".." { remove(path + "/" + name) }
        }
        closedir(directory)
    }
    _ = Glibc.remove(path)
}

/// The name of a directory's entry.
private func text(of entry: UnsafeMutablePointer<dirent>) -> String {
    withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
}

/// Writes a file of the host with exactly this mode.
func make(_ path: String, mode: mode_t, text: String) -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { return false }
    defer { close(file) }
    return write(file, text, text.utf8.count) == text.utf8.count && fchmod(file, mode) == 0
}

/// Expects a text; says what it is instead. (What an expectation compares is not told across the end
/// of an exit test; a comment is.)
func expect(
    _ actual: String, is wanted: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual != wanted else { return }
    Issue.record(
        "\(actual.debugDescription) is not \(wanted.debugDescription)",
        sourceLocation: sourceLocation)
}

/// Mounts an empty file system over a directory, seen by this process only. As root. (Neither call is
/// in the C library's Swift module.)
func hide(_ path: String) -> Bool {
    typealias Unshare = @convention(c) (Int32) -> Int32
    typealias Mount =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UInt,
            UnsafeRawPointer?
        ) -> Int32
    guard let unshare = dlsym(nil, "unshare"), let mount = dlsym(nil, "mount") else { return false }
    let newMounts: Int32 = 0x20000
    let privately: UInt = 1 << 18 | 1 << 14
    let call = unsafeBitCast(mount, to: Mount.self)
    return unsafeBitCast(unshare, to: Unshare.self)(newMounts) == 0
        && call(nil, "/", nil, privately, nil) == 0
        && call("tmpfs", path, "tmpfs", 0, nil) == 0
}
