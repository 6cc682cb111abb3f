internal import Checkers
internal import Cluster
internal import Foundation
internal import Synchronization
internal import Workload

/// Judges a run while it goes on: reads the history as it grows, on a thread of its own, and tells when a
/// key stops being linearizable. A paused client is waited for: what it did may explain what others saw.
final class LiveCheck: Sendable {
    /// What the lab has to know.
    enum News: Equatable, Sendable {
        /// The first answers were judged, and are well.
        case begun
        /// A key is broken.
        case broken(key: String, operation: String, at: Stamp)
        /// No key can be judged any more.
        case lost(String)
    }

    private let state = Mutex<(isOver: Bool, waiting: [CheckedContinuation<Void, Never>])>(
        (false, []))
    private let isEnding = Atomic(false)

    /// From one look to the next.
    private static let rhythm: UInt32 = 200_000
    /// What was sent before the horizon by so much has ended, also by hand.
    private let slack: Int64

    /// - Parameters:
    ///   - path: the history.
    ///   - timeout: the longest that an operation of a client takes.
    ///   - horizon: microseconds of the run up to which everything that ended is in the file.
    ///   - tell: is called on the thread.
    init(
        path: String, timeout: Duration, horizon: @escaping @Sendable () -> Int64,
        tell: @escaping @Sendable (News) -> Void
    ) {
        slack = max(timeout, .seconds(3)).microseconds + 200_000
        let thread = Thread { [self] in
            var reader = LiveReader(path: path, tell: tell)
            while !isEnding.load(ordering: .acquiring) {
                let told = horizon()
                reader.look(through: told - slack)
                usleep(Self.rhythm)
            }
            reader.close()
            finished()
        }
        thread.name = "squall-live-check"
        thread.start()
    }

    /// Ends the thread.
    func end() async {
        isEnding.store(true, ordering: .releasing)
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiting.append(continuation) }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    private func finished() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What the thread does; nobody else sees it.
private struct LiveReader {
    private let path: String
    private let tell: @Sendable (LiveCheck.News) -> Void
    private var file: Int32 = -1
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var header: [UInt8] = []
    private var unread: [UInt8] = []
    private var check = LiveLinearizability()
    private var toldBroken = 0
    private var hasBegun = false
    private var isBlind = false

    init(path: String, tell: @escaping @Sendable (LiveCheck.News) -> Void) {
        self.path = path
        self.tell = tell
    }

    mutating func look(through time: Int64) {
        guard !isBlind else { return }
        do {
            // Only when all that is in the file was read may everything before the horizon be judged.
            while try readOn() {}
            if time > 0 { check.advance(through: time) }
        } catch {
            isBlind = true
            return tell(.lost("the history cannot be read while it grows: \(error)"))
        }
        report()
    }

    mutating func close() {
        if file >= 0 { Foundation.close(file) }
        file = -1
    }

    /// Reads some more. False: there is no more now.
    private mutating func readOn() throws -> Bool {
        if file < 0 { file = open(path, O_RDONLY | O_CLOEXEC) }
        let count = file < 0 ? -1 : read(file, &buffer, buffer.count)
        if count < 0, errno == EINTR { return true }
        if count < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        unread += buffer[..<count]
        guard let end = unread.lastIndex(of: 10) else { return count > 0 }
        var lines = unread[...end]
        if header.isEmpty, let first = lines.firstIndex(of: 10) {
            header = Array(lines[...first])
            lines = lines[(first + 1)...]
        }
        if !lines.isEmpty { try take(History(reading: header + lines)) }
        unread.removeFirst(end + 1)
        return count > 0
    }

    private mutating func take(_ history: History) {
        for row in 0..<history.count {
            if let operation = LiveOperation(history, row) { check.add(operation) }
        }
        for key in history.dropped { check.forget(history.values.told(key)) }
    }

    private mutating func report() {
        if !hasBegun, check.answers > 0 {
            hasBegun = true
            tell(.begun)
        }
        for broken in check.broken.dropFirst(toldBroken) {
            tell(
                .broken(
                    key: broken.key, operation: broken.operation.client,
                    at: Stamp(microseconds: broken.at)))
        }
        toldBroken = check.broken.count
        if check.answers > 0, check.isBlind {
            isBlind = true
            tell(.lost("every key has more open operations than can be followed"))
        }
    }
}
