public import Cluster
internal import Glibc

/// The entries of a journal, finished or still growing: what every viewer reads. It does no waiting
/// of its own; `poll` returns at once, and the caller decides when it is worth asking again.
public final class FileFeed {
    /// The file.
    public let path: String
    /// Whether the run's end was read: nothing more will come.
    public private(set) var isFinished = false

    private let descriptor: Int32
    private var decoder = JournalDecoder()
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private var watch: Int32 = -1

    /// Opens a journal. Throws `JournalError` when it can't be opened.
    public init(path: String) throws(JournalError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw JournalError("open", path) }
    }

    deinit {
        close(descriptor)
        if watch >= 0 { close(watch) }
    }

    /// The header, once it was read.
    public var header: JournalHeader? { decoder.header }
    /// Lines that made no sense and were skipped.
    public var brokenLines: UInt64 { decoder.brokenLines }
    /// Kinds that this version does not know, and how often they came.
    public var unknownKinds: [String: UInt64] { decoder.unknownKinds }
    /// Bytes after the last newline: torn when the file is finished.
    public var unfinishedBytes: Int { decoder.unfinishedBytes }

    /// The entries written since the last call, in order; empty when there are none yet. Reads at
    /// most `limit` bytes, so that a painter stays awake while it catches up: it has caught up when
    /// nothing comes. Throws when the file can't be read, or has a newer format.
    public func poll(limit: Int = 4 << 20) throws(JournalError) -> [Entry] {
        drainWatch()
        var entries: [Entry] = []
        var taken = 0
        while taken < limit {
            let count = try fill()
            if count == 0 { break }
            taken += count
            buffer.withUnsafeBufferPointer { bytes in
                decoder.decode(UnsafeBufferPointer(rebasing: bytes.prefix(count)), into: &entries)
            }
            try checkVersion()
        }
        if !isFinished {
            isFinished = entries.contains { if case .runEnded = $0.event { true } else { false } }
        }
        return entries
    }

    private func fill() throws(JournalError) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            if errno != EINTR { throw JournalError("read", path) }
        }
    }

    private func checkVersion() throws(JournalError) {
        guard let header = decoder.header, header.version > JournalFormat.version else { return }
        throw JournalError(
            "\(path) has journal format \(header.version); this squall reads \(JournalFormat.version)"
        )
    }

    /// A descriptor that is readable when the file may have grown (inotify); the next `poll` makes it
    /// quiet again. Made at the first call, closed with the feed. Throws when the kernel refuses.
    public func wakeDescriptor() throws(JournalError) -> Int32 {
        if watch >= 0 { return watch }
        let made = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        if made < 0 { throw JournalError("watch", path) }
        if inotify_add_watch(made, path, UInt32(IN_MODIFY)) < 0 {
            let code = errno
            close(made)
            throw JournalError("watch", path, errno: code)
        }
        watch = made
        return made
    }

    private func drainWatch() {
        guard watch >= 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 8) { bytes in
            while read(watch, bytes.baseAddress, bytes.count) > 0 {}
        }
    }
}
