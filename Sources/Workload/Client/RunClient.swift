internal import Dispatch
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Runs a client until its standard input ends: a process of its own in the client's machine, so that its
/// connections come from there and its clock is disturbed by nobody.
///
/// - The first line of `input` is a `ClientConfiguration`, each later one a `ClientOrder`. Where a history
///   is kept, `input` is a socket, and the history goes the other way (see `HistorySender`).
/// - Each line of `output` is a `ClientReport`. When nobody reads, reports are not lost: the next one that
///   can be written covers the longer interval.
///
/// Blocks the calling thread, which may be the main thread.
/// - Returns: an exit status: 0, or 64 when the configuration cannot be used (a line on standard error says
///   why).
public func runClient(input: Int32 = 0, output: Int32 = 1) -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    var lines = LineReader(descriptor: input)
    guard let first = lines.next(), let configuration = ClientConfiguration(line: first) else {
        return refuse("the first line is no configuration of a client")
    }
    if let problem = configuration.problem { return refuse(problem) }
    do {
        try serve(configuration, &lines, input, output)
    } catch {
        return refuse("\(error)")
    }
    return 0
}

private func refuse(_ why: String) -> Int32 {
    FileHandle.standardError.write(Data("client: \(why)\n".utf8))
    return 64
}

private func serve(
    _ configuration: ClientConfiguration, _ lines: inout LineReader, _ input: Int32,
    _ output: Int32
) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let writer = ReportWriter(descriptor: output)
    let client = try loop.submit {
        let history =
            configuration.history
            ? try HistorySender(configuration, loop: loop, descriptor: input) : nil
        let client = try Client(configuration, loop: loop, history: history) { writer.write($0) }
        client.start()
        return NIOLoopBound(client, eventLoop: loop)
    }.wait()
    while let line = lines.next() {
        guard let order = ClientOrder(line: line) else { continue }
        loop.execute { client.value.obey(order) }
    }
    try loop.submit { client.value.stop() }.wait()
    writer.finish()
    // What the kernel does not take soon, the lab finds in the history's memory.
    let limit = DispatchTime.now() + 0.5
    while try !loop.submit({ client.value.historyIsWritten }).wait(), .now() < limit {
        usleep(2_000)
    }
    try group.syncShutdownGracefully()
}

/// Writes reports on a thread of its own, one at a time, so that a reader who is late holds up nothing.
private final class ReportWriter: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "client-reports")
    private let isBusy = Mutex(false)

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// False: the one before is still being written.
    func write(_ report: ClientReport) -> Bool {
        let taken = isBusy.withLock { isBusy in
            defer { isBusy = true }
            return !isBusy
        }
        guard taken else { return false }
        queue.async {
            writeAll(report.line, to: self.descriptor)
            self.isBusy.withLock { $0 = false }
        }
        return true
    }

    /// Waits a moment for the last report to be written.
    func finish() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + 0.2)
    }
}

/// Lines of a descriptor, each at most 1 MiB; blocks.
private struct LineReader {
    private static let longest = 1 << 20

    private let descriptor: Int32
    private var unread: [UInt8] = []
    private var isAtEnd = false

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The next line without its end; nil at the end, or when a line is too long.
    mutating func next() -> [UInt8]? {
        while true {
            if let end = unread.firstIndex(of: 10) {
                let line = Array(unread[..<end])
                unread.removeFirst(end + 1)
                return line
            }
            guard !isAtEnd, unread.count < Self.longest else { return nil }
            fill()
        }
    }

    private mutating func fill() {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { return }
        if count <= 0 { isAtEnd = true } else { unread += chunk[..<count] }
    }
}
