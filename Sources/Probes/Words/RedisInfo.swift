internal import Cluster

/// What `INFO` says, as far as health and lag need it. Sections and lines of other versions and
/// other engines that speak this protocol are passed over.
struct RedisInfo: Equatable, Sendable {
    /// `standalone`, `sentinel`, `cluster`.
    private(set) var mode = ""
    /// Another one for each process.
    private(set) var run = ""
    /// `master` or `slave`; empty when the section is missing.
    private(set) var role = ""
    /// `up` or `down`; only a replica has one.
    private(set) var linkStatus: String?
    /// Seconds since the primary was heard; negative when the link is down.
    private(set) var lastHeard: Int64?
    /// Seconds since the link is down.
    private(set) var downSince: Int64?
    private(set) var isSyncing = false
    private(set) var isLoading = false
    /// Names the stream of writes that the offsets count.
    private(set) var stream: String?
    /// The stream before a failover, valid up to `earlierTo`.
    private(set) var earlier: String?
    private(set) var earlierTo: UInt64?
    private(set) var primaryOffset: UInt64?
    private(set) var replicaOffset: UInt64?
    private(set) var commands: Double?
    private(set) var errors: Double?

    /// Reads the text of a reply; `nil` when no line of it is one of `INFO`.
    init?(_ text: [UInt8]) {
        let known = text.withUnsafeBufferPointer { text in
            var known = 0
            var start = 0
            while start < text.count {
                var colon: Int?
                var end = start
                while end < text.count, text[end] != 10 {
                    if colon == nil, text[end] == 58 { colon = end }
                    end += 1
                }
                if let colon, Self.mayBeKey(text[start], length: colon - start) {
                    let last = text[end - 1] == 13 ? end - 1 : end
                    let key = String(decoding: text[start..<colon], as: UTF8.self)
                    let value = String(
                        decoding: text[(colon + 1)..<max(last, colon + 1)], as: UTF8.self)
                    if set(key, value) { known += 1 }
                }
                start = end + 1
            }
            return known
        }
        if known == 0 { return nil }
    }

    /// Most lines are about something else: seen by their first letter and the length of their key,
    /// before a string is made of them.
    private static func mayBeKey(_ first: UInt8, length: Int) -> Bool {
        "lmrst".utf8.contains(first) && length < 32 && 1 << length & lengths != 0
    }

    private static let lengths = [
        "redis_mode", "run_id", "role", "master_link_status", "master_last_io_seconds_ago",
        "master_link_down_since_seconds", "master_sync_in_progress", "loading", "master_replid",
        "master_replid2", "second_repl_offset", "master_repl_offset", "slave_repl_offset",
        "total_commands_processed", "total_error_replies",
    ].reduce(0) { $0 | 1 << $1.utf8.count }

    private mutating func set(_ key: String, _ value: String) -> Bool {
        switch key {
        case "redis_mode": mode = value
        case "run_id": run = value
        case "role": role = value
        case "master_link_status": linkStatus = value
        case "master_last_io_seconds_ago": lastHeard = Int64(value)
        case "master_link_down_since_seconds": downSince = Int64(value)
        case "master_sync_in_progress": isSyncing = value == "1"
        case "loading": isLoading = value == "1"
        case "master_replid": stream = value
        case "master_replid2": earlier = value.allSatisfy { $0 == "0" } ? nil : value
        case "second_repl_offset": earlierTo = UInt64(value)
        case "master_repl_offset": primaryOffset = UInt64(value)
        case "slave_repl_offset": replicaOffset = UInt64(value)
        case "total_commands_processed": commands = Double(value)
        case "total_error_replies": errors = Double(value)
        default: return false
        }
        return true
    }

    /// Why a node that answers so is not ready; `nil` when it is.
    var trouble: String? {
        if isLoading { return "loading its data" }
        guard let linkStatus, linkStatus != "up" else { return nil }
        return isSyncing
            ? "a full copy from the primary is under way" : "its link to the primary is down"
    }

    /// What the node told, in the words of all probes.
    var reading: Reading {
        var reading = Reading()
        if mode == "sentinel" {
            reading.role = .observer
            reading.roleWord = mode
        } else {
            reading.role = Role(word: role)
            reading.roleWord = role
        }
        reading.position = replicaOffset ?? primaryOffset
        reading.requests = commands
        reading.errors = errors
        if let stream {
            reading.stream = .init(
                name: stream, continued: earlierTo == nil ? nil : earlier,
                continuedTo: earlierTo ?? 0, link: link)
        }
        return reading
    }

    private var link: Reading.Link? {
        guard let linkStatus else { return nil }
        let isUp = linkStatus == "up"
        let silence = isUp ? lastHeard : downSince
        return .init(isUp: isUp, silence: silence.flatMap { $0 < 0 ? nil : Double($0) })
    }
}
