internal import Dispatch
internal import Foundation
internal import NIOCore

/// A client's side of the history: hands the line of every finished operation to the lab, over a stream of
/// its own. Never waits for the lab: what finds no room is counted, by key, and told.
///
/// The stream, line by line:
/// - `=FINISHED KEY LINE`: an operation has ended at this microsecond of the run; `-` for no single key;
/// - `~TIME`: everything that had ended before this microsecond was told;
/// - `!KEY COUNT`: so many lines of a key (`-`: of no single key) are missing for ever;
/// - `.OPEN`: nothing more follows; so many were under way and were told as unknown.
///
/// Lives on one event loop.
final class HistorySender {
    /// From one handing over to the next, in nanoseconds.
    static let interval: Int64 = 20_000_000

    private let loop: any EventLoop
    private let queue = DispatchQueue(label: "client-history")
    private let descriptor: Int32
    private let memory: HistoryMemory
    private var line: HistoryLine
    private var share: HistoryShare
    private var lost: [Int: Int] = [:]
    private var flushedAt: Int64 = 0
    private var hasFinished = false
    /// By connection.
    private let targets: [Int]
    private static let noKey = -1

    /// - Parameter descriptor: where the stream goes; a write to it may block.
    init(_ configuration: ClientConfiguration, loop: any EventLoop, descriptor: Int32) throws {
        self.loop = loop
        self.descriptor = descriptor
        memory = try HistoryMemory(
            path: configuration.historyMemory, slots: configuration.connections)
        line = HistoryLine(
            zero: configuration.zero, client: configuration.name,
            nodes: configuration.targets.map(\.node))
        share = HistoryShare(seed: configuration.seed)
        targets = (0..<configuration.connections).map { configuration.target(of: $0) }
    }

    /// The lab has given up keys.
    func keep(level: Int) { share.level = max(share.level, level) }

    /// An operation goes over a connection now. What only reads is not worth a line if nobody hears how
    /// it ended.
    func sent(_ operation: Operation, over connection: Int, now: Int64) {
        guard operation.isWrite, operation.action.key.map(share.keeps) ?? true else { return }
        line.bytes.removeAll(keepingCapacity: true)
        write(operation, .unknown, invoked: now, returned: now, connection: connection)
        memory.began(connection, line.bytes)
    }

    /// An operation has ended.
    func ended(_ end: Dispatcher.Ended, now: Int64) {
        if let connection = end.connection { memory.ended(connection) }
        let key = end.operation.action.key
        guard !hasFinished, key.map(share.keeps) ?? true else { return }
        line.bytes.removeAll(keepingCapacity: true)
        line.byte("=")
        line.integer((now - line.zero) / 1_000)
        line.byte(" ")
        write(
            end.operation, end.outcome, invoked: end.sent ?? min(end.operation.intended, now),
            returned: now, connection: end.connection)
        if !memory.append(line.bytes) { lost[key ?? Self.noKey, default: 0] += 1 }
    }

    /// Hands over what has come together.
    func flush(now: Int64, atOnce: Bool = false) {
        guard !hasFinished, atOnce || now - flushedAt >= Self.interval else { return }
        tellLost()
        tell("~", (now - line.zero) / 1_000)
        flushedAt = now
        send()
    }

    /// Everything has ended; `open` of it were told as unknown.
    func finish(open: Int, now: Int64) {
        guard !hasFinished else { return }
        flush(now: now, atOnce: true)
        tell(".", Int64(open))
        hasFinished = true
        send()
    }

    /// Whether all of it is with the kernel.
    var isWritten: Bool { hasFinished && memory.isEmpty }

    // MARK: Bytes

    private func write(
        _ operation: Operation, _ outcome: Outcome, invoked: Int64, returned: Int64,
        connection: Int?
    ) {
        if let key = operation.action.key { line.integer(Int64(key)) } else { line.byte("-") }
        line.byte(" ")
        line.write(
            operation.action, outcome, invoked: invoked, returned: returned,
            node: connection.map { targets[$0] })
    }

    private func tell(_ mark: Unicode.Scalar, _ number: Int64) {
        line.bytes.removeAll(keepingCapacity: true)
        line.byte(mark)
        line.integer(number)
        line.bytes.append(10)
        // Without room the next one will say it.
        _ = memory.append(line.bytes)
    }

    private func tellLost() {
        for (key, count) in lost {
            let told = Array("!\(key == Self.noKey ? "-" : "\(key)") \(count)\n".utf8)
            guard memory.append(told) else { return }
            lost[key] = nil
        }
    }

    private func send() {
        guard let bytes = memory.take() else { return }
        let descriptor = descriptor
        let me = NIOLoopBound(self, eventLoop: loop)
        let loop = loop
        queue.async {
            writeAll(bytes, to: descriptor)
            loop.execute {
                me.value.memory.wasWritten()
                if me.value.hasFinished { me.value.send() }
            }
        }
    }
}

/// Writes everything, or as much as the reader takes before it is gone.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = Foundation.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            if written <= 0 { return }
            rest = rest.dropFirst(written)
        }
    }
}
