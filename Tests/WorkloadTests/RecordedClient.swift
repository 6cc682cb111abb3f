internal import Foundation
internal import Synchronization
internal import Testing
internal import Workload

/// A client whose history is written to a file, as a lab does it.
final class RecordedClient {
    let client: RunningClient
    let path = NSTemporaryDirectory() + UUID().uuidString + ".ndjson"
    private let recorder: HistoryRecorder
    private let memory = NSTemporaryDirectory() + UUID().uuidString
    private let news = Mutex<[HistoryRecorder.News]>([])

    init(
        _ configuration: ClientConfiguration, operations: Int = 1_000_000
    ) throws {
        var configuration = configuration
        configuration.history = true
        configuration.historyMemory = memory
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let zero = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        configuration.zero = zero
        recorder = try HistoryRecorder(
            path: path,
            plan: .init(
                run: "test", kind: configuration.kind, seed: configuration.seed,
                keys: configuration.keys, operations: operations, bytes: 1 << 30),
            clock: {
                var time = timespec()
                clock_gettime(CLOCK_MONOTONIC, &time)
                return (Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) - zero) / 1_000
            },
            tell: { _ in })
        client = try RunningClient(configuration)
        recorder.add(client: 1, descriptor: dup(client.near.fileDescriptor), memory: memory)
    }

    deinit {
        unlink(path)
        unlink(memory)
    }

    /// Ends the load and the history; its lines, read by a parser that is not ours.
    func end() async throws -> RecordedHistory {
        try client.tell(ClientOrder(rate: 0, ends: true))
        await recorder.finish(patience: .seconds(5))
        _ = try await client.end()
        return try RecordedHistory(String(contentsOfFile: path, encoding: .utf8))
    }
}

/// A history as it was written.
struct RecordedHistory {
    struct Line {
        var invoked: Int
        var returned: Int?
        var op: String
        var key: String?
        var value: Any
        var outcome: String
        var node: String?
    }

    var header: [String: Any] = [:]
    var lines: [Line] = []
    var dropped: Set<String> = []
    var end: [String: Int] = [:]

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            switch try JSONSerialization.jsonObject(with: Data(line.utf8)) {
            case let cells as [Any]:
                try #require(cells.count == 8)
                lines.append(
                    Line(
                        invoked: try #require(cells[0] as? Int), returned: cells[1] as? Int,
                        op: try #require(cells[3] as? String), key: cells[4] as? String,
                        value: cells[5], outcome: try #require(cells[6] as? String),
                        node: cells[7] as? String))
            case let object as [String: Any]:
                if let end = object["end"] as? [String: Int] {
                    self.end = end
                } else if let keys = object["dropped"] as? [String] {
                    dropped.formUnion(keys)
                } else {
                    header = object
                }
            default: Issue.record("\(line)")
            }
        }
    }

    /// What was answered with ok, of an operation.
    func ok(_ op: String) -> [Any] {
        lines.filter { $0.op == op && $0.outcome == "ok" }.map(\.value)
    }

    /// Everything that may have been given to an operation.
    func given(_ op: String) -> Set<Int> {
        Set(lines.filter { $0.op == op && $0.outcome != "refused" }.compactMap { $0.value as? Int })
    }
}
