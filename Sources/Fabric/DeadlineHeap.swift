/// What leaves next: links that have something waiting, the one whose first packet leaves first on top.
/// A link's queue is in it at most once, with the deadline of its first packet: deadlines never decrease
/// along a queue, so that its order is kept and the heap stays as small as the number of links. Only
/// packets that stand outside of their link's queue are in it one by one (`Stray.swift`).
/// Four children to a parent: half the depth of a binary heap, and the children share a cache line.
struct DeadlineHeap: ~Copyable {
    struct Entry: BitwiseCopyable {
        /// When the link's first packet is to leave.
        var deadline: Int64
        /// When that came, for links with the same deadline.
        var order: UInt64
        /// Which link.
        var link: UInt32
        /// The packet, where it stands outside of the link's queue.
        var slot = Slab.none

        func isBefore(_ other: Entry) -> Bool {
            deadline != other.deadline ? deadline < other.deadline : order < other.order
        }
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var room: Int
    private(set) var count = 0

    init() {
        room = 64
        entries = .allocate(capacity: room)
    }

    deinit { entries.deallocate() }

    /// The link that is due next. Only when `count` is above zero.
    var top: Entry { entries[0] }

    mutating func removeAll() { count = 0 }

    mutating func insert(_ entry: Entry) {
        if count == room {
            let more = UnsafeMutablePointer<Entry>.allocate(capacity: room * 2)
            more.update(from: entries, count: count)
            entries.deallocate()
            entries = more
            room *= 2
        }
        var at = count
        count += 1
        while at > 0 {
            let parent = (at - 1) / 4
            if !entry.isBefore(entries[parent]) { break }
            entries[at] = entries[parent]
            at = parent
        }
        entries[at] = entry
    }

    mutating func removeTop() {
        count -= 1
        if count > 0 { sink(entries[count]) }
    }

    /// The same link's next packet.
    mutating func replaceTop(_ entry: Entry) { sink(entry) }

    private func sink(_ entry: Entry) {
        var at = 0
        while true {
            let first = at * 4 + 1
            if first >= count { break }
            var least = first
            let end = min(first + 4, count)
            var child = first + 1
            while child < end {
                if entries[child].isBefore(entries[least]) { least = child }
                child += 1
            }
            if !entries[least].isBefore(entry) { break }
            entries[at] = entries[least]
            at = least
        }
        entries[at] = entry
    }
}
