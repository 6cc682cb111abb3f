public import Cluster

/// The newest lines of all nodes, kept in memory for the dashboard: at most 2,000 a node and 64 MB in
/// all; the rest is the file.
public final class LogTail {
    /// Lines kept for each node.
    public static let linesPerNode = 2_000
    /// Bytes of text kept for all nodes.
    public static let bytesInAll = 64 << 20
    /// A node's output is read at most so fast; what is older at a poll is passed over.
    static let bytesPerPoll: UInt64 = 1 << 20

    private struct Follower {
        var reader: LogFileReader?
        var path: String
        var offset: UInt64 = 0
        var lines: [LogLine] = []
        var first = 0
        var passedOver: UInt64 = 0
    }

    private var followers: [NodeID: Follower] = [:]
    /// Lines since the last `takeNew`: at most 8,000, and 8 MB of text.
    private var fresh: [LogLine] = []
    private var freshBytes = 0
    /// Bytes of text in memory.
    public private(set) var bytes = 0

    /// Follows nobody yet.
    public init() {}

    /// Follows a node's log; the file may come later.
    public func follow(_ node: NodeID, path: String) {
        if followers[node] == nil { followers[node] = Follower(path: path) }
    }

    /// Reads what was written since the last call. Returns whether there was anything.
    @discardableResult
    public func poll() -> Bool {
        var isNew = false
        for node in followers.keys.sorted() where read(node) { isNew = true }
        while bytes > Self.bytesInAll { forgetFromLargest() }
        return isNew
    }

    /// Polls, and hands over the lines that came since the last call in the order of time: at most
    /// `linesPerNode`, the newest.
    public func takeNew() -> [LogLine] {
        poll()
        defer {
            fresh = []
            freshBytes = 0
        }
        return fresh.enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element).suffix(Self.linesPerNode)
    }

    /// The lines of a node, oldest first.
    public func lines(of node: NodeID) -> ArraySlice<LogLine> {
        guard let follower = followers[node] else { return [] }
        return follower.lines[follower.first...]
    }

    /// The last `count` lines of some nodes in the order of time, oldest first.
    public func merged(_ nodes: [NodeID], last count: Int) -> [LogLine] {
        var all: [(line: LogLine, order: Int)] = []
        for node in nodes {
            for line in lines(of: node).suffix(count) { all.append((line, all.count)) }
        }
        all.sort { ($0.line.at, $0.order) < ($1.line.at, $1.order) }
        return all.suffix(count).map(\.line)
    }

    /// Bytes of a node's log that came too fast to be read here; they are in the file.
    public func passedOver(_ node: NodeID) -> UInt64 { followers[node]?.passedOver ?? 0 }

    private func read(_ node: NodeID) -> Bool {
        guard var follower = followers.removeValue(forKey: node) else { return false }
        defer { followers[node] = follower }
        if follower.reader == nil {
            follower.reader = try? LogFileReader(path: follower.path, node: node)
        }
        guard let reader = follower.reader else { return false }
        let size = reader.size
        // Truncated by somebody: begin again.
        if size < follower.offset { follower.offset = 0 }
        guard size > follower.offset else { return false }
        var skipping = false
        if size - follower.offset > Self.bytesPerPoll {
            follower.passedOver += size - Self.bytesPerPoll - follower.offset
            follower.offset = size - Self.bytesPerPoll
            skipping = true
        }
        let found = reader.read(follower.offset..<size, skippingFirst: skipping)
        follower.offset = reader.consumed
        for line in found { add(line, to: &follower) }
        return !found.isEmpty
    }

    private func add(_ line: LogLine, to follower: inout Follower) {
        follower.lines.append(line)
        fresh.append(line)
        freshBytes += line.text.utf8.count
        if fresh.count > 4 * Self.linesPerNode || freshBytes > 8 << 20 {
            fresh.removeFirst(fresh.count / 2)
            freshBytes = fresh.reduce(0) { $0 + $1.text.utf8.count }
        }
        bytes += line.text.utf8.count
        if follower.lines.count - follower.first > Self.linesPerNode { forgetFirst(of: &follower) }
    }

    private func forgetFirst(of follower: inout Follower) {
        bytes -= follower.lines[follower.first].text.utf8.count
        follower.lines[follower.first].text = ""
        follower.first += 1
        // Moving the rest costs; do it once in a while.
        if follower.first >= 500 {
            follower.lines.removeFirst(follower.first)
            follower.first = 0
        }
    }

    private func forgetFromLargest() {
        let sizes = followers.mapValues { follower in
            follower.lines[follower.first...].reduce(0) { $0 + $1.text.utf8.count }
        }
        guard let largest = sizes.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
            var follower = followers.removeValue(forKey: largest.key)
        else { return }
        for _ in 0..<max(1, (follower.lines.count - follower.first) / 2)
        where follower.first < follower.lines.count {
            forgetFirst(of: &follower)
        }
        followers[largest.key] = follower
    }
}
