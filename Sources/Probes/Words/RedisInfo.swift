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
        var known = 0
        for line in text.split(separator: 10) {
            guard line.first != UInt8(ascii: "#"), let colon = line.firstIndex(of: 58) else {
                continue
            }
            let end = line.last == 13 ? line.endIndex - 1 : line.endIndex
            guard colon < end else { continue }
            let key = String(decoding: line[..<colon], as: UTF8.self)
            let value = String(decoding: line[(colon + 1)..<end], as: UTF8.self)
            if set(key, value) { known += 1 }
        }
        if known == 0 { return nil }
    }

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
