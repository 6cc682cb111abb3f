internal import CLinux
internal import Cluster
internal import Glibc

/// Where captured packets go to: a file that may become so long, or a reader that may be slow. Used by
/// the capture's thread alone, which closes the descriptor.
struct CaptureSink {
    /// What it is, and what bounds it.
    enum Kind {
        /// A file of at most so many bytes, in which each packet stands once: where it arrived, or
        /// where it left if it did not.
        case file(limit: Int)
        /// A non-blocking socket; what its reader does not take is dropped beyond `Capture.patience`.
        /// A packet stands wherever it was seen.
        case live
    }

    let number: Int
    let kind: Kind
    let descriptor: Int32
    /// How many bytes of a packet are kept.
    let snap: Int
    /// Only such packets, if it is told.
    let only: Only?
    private let interfaces: [CaptureInterface]
    /// The interface of each machine by index, -1 where there is none.
    private var places: [Int32] = []
    private var counts: [Count] = []
    private var blocks = Pcapng()
    /// Up to where the blocks were handed to the kernel.
    private var sent = 0
    /// Bytes of the file so far.
    private var size = 0
    /// Whether nothing more is taken.
    private(set) var isFinished = false
    private let start: UInt64
    /// What happened since the last packet.
    private var happened: [String] = []
    /// Packets that this sink lost, and that nobody was told of yet.
    private(set) var untold: UInt64 = 0

    private struct Count {
        var received: UInt64 = 0
        var lost: UInt64 = 0
        /// Lost since the last packet that was kept.
        var gap: UInt64 = 0
        /// What the ring had lost when it was last looked at.
        var ring: UInt64
    }

    /// A sink that begins at `start`, nanoseconds since 1970, with what the ring has lost so far.
    init(
        _ order: CaptureOrder.Sink, interfaces all: [CaptureInterface], heading: CaptureHeading,
        start: UInt64, ring: TapRing
    ) {
        number = order.number
        kind = order.limit.map { .file(limit: $0) } ?? .live
        descriptor = order.descriptor
        snap = order.snap
        only = order.only
        self.start = start
        interfaces = order.node.map { node in all.filter { $0.node == node } } ?? all
        places = [Int32](
            repeating: -1, count: (interfaces.map { Int($0.node.index) }.max() ?? -1) + 1)
        for (index, interface) in interfaces.enumerated() {
            places[Int(interface.node.index)] = Int32(index)
            counts.append(Count(ring: ring.lost(interface.node.index, once: isOnce)))
        }
        blocks.section(
            application: heading.application, system: "Linux", comment: heading.comment)
        for interface in interfaces {
            blocks.interface(
                name: interface.name, about: interface.about, address: interface.address,
                snap: min(snap, Frame.longest))
        }
        blocks.names(all.map { ($0.address, $0.name) })
    }

    /// Whether each packet stands once.
    private var isOnce: Bool {
        if case .file = kind { true } else { false }
    }

    /// The ports at which it shows such a packet leaving and arriving.
    func places(_ record: TapRecord) -> (left: UInt32?, arrived: UInt32?) {
        let arrived = record.arrived ? place(record.to) : nil
        guard isOnce else {
            // A lost one was shown when it left.
            let isShown = record.left && record.kind != .lost
            return (isShown ? place(record.from) : nil, arrived)
        }
        switch record.kind {
        case .passed, .released: return (nil, arrived)
        case .held, .toMany: return (nil, nil)
        default: return (record.left ? place(record.from) : nil, nil)
        }
    }

    /// The interface of a machine, where it has one.
    func place(_ node: UInt16) -> UInt32? {
        guard Int(node) < places.count, places[Int(node)] >= 0 else { return nil }
        return UInt32(places[Int(node)])
    }

    /// Takes one wire packet at one port.
    mutating func take(
        _ place: UInt32, at: UInt64, _ packet: UnsafeRawBufferPointer, outbound: Bool,
        _ remarks: Pcapng.Remarks
    ) {
        guard !isFinished else { return }
        counts[Int(place)].received += 1
        guard hasRoom else {
            counts[Int(place)].lost += 1
            counts[Int(place)].gap += 1
            untold += 1
            return
        }
        var remarks = remarks
        remarks.comments = happened + remarks.comments
        remarks.lost = counts[Int(place)].gap
        happened = []
        counts[Int(place)].gap = 0
        blocks.packet(
            place, at: at, data: UnsafeRawBufferPointer(rebasing: packet.prefix(snap)),
            length: packet.count, outbound: outbound, remarks)
    }

    /// Takes something that happened: a line of its own, and a comment beside the next packet.
    mutating func take(mark text: String, at: UInt64) {
        guard !isFinished, hasRoom else { return }
        blocks.journal(at: at, text)
        if happened.count < Self.mostComments { happened.append(text) }
    }

    private static let mostComments = 16

    /// Adds what the ring has lost meanwhile to the ports' counts.
    mutating func addLost(of ring: TapRing) {
        guard !isFinished else { return }
        for (index, interface) in interfaces.enumerated() {
            let lost = ring.lost(interface.node.index, once: isOnce)
            let more = lost - counts[index].ring
            guard more > 0 else { continue }
            counts[index].ring = lost
            counts[index].received += more
            counts[index].lost += more
            counts[index].gap += more
            untold += more
        }
    }

    /// How many were lost since the last call.
    mutating func takeUntold() -> UInt64 {
        defer { untold = 0 }
        return untold
    }

    // MARK: Writing

    /// Whether the file may become longer, or the reader keeps up.
    private var hasRoom: Bool {
        switch kind {
        case .file(let limit):
            return size + blocks.bytes.count + Pcapng.longest + closing <= limit
        case .live: return waiting < Capture.patience
        }
    }

    /// Bytes that are handed over but not taken.
    var waiting: Int { blocks.bytes.count - sent }

    /// What the statistics at the end take, at most.
    private var closing: Int { interfaces.count * 96 }

    /// What became of handing over.
    enum Outcome: Equatable {
        case goesOn
        /// The file has its length, or would pass it with the next packet.
        case full
        /// The reader is gone.
        case gone
        /// The kernel refused, with this errno.
        case failed(Int32)
    }

    /// Hands over what there is: a file takes all of it, a reader what it takes now.
    mutating func flush() -> Outcome {
        while waiting > 0 {
            let count = blocks.bytes.withUnsafeBytes { all in
                let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
                return switch kind {
                case .file: Glibc.write(descriptor, rest.baseAddress, rest.count)
                case .live:
                    send(
                        descriptor, rest.baseAddress, rest.count,
                        Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                }
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0, case .live = kind {
                return errno == EAGAIN ? .goesOn : .gone
            }
            guard count > 0 else { return fail(errno) }
            sent += count
        }
        size += blocks.bytes.count
        blocks.bytes.removeAll(keepingCapacity: true)
        sent = 0
        return isFinished || hasRoom ? .goesOn : .full
    }

    /// Hands everything over, also to a reader that takes its time: not longer than so many
    /// milliseconds without any progress.
    mutating func flush(patience: Int32) -> Outcome {
        while true {
            let outcome = flush()
            guard outcome == .goesOn, waiting > 0 else { return outcome }
            var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&watched, 1, patience) == 1 else { return .gone }
        }
    }

    /// A file that could not be written ends with its last whole block.
    private func fail(_ code: Int32) -> Outcome {
        ftruncate(descriptor, off_t(size))
        return .failed(code)
    }

    /// Adds the statistics; nothing is taken afterwards.
    mutating func finish(at end: UInt64) {
        isFinished = true
        for (index, count) in counts.enumerated() {
            blocks.statistics(
                UInt32(index), from: start, to: end, received: count.received, lost: count.lost)
        }
    }

    /// Whether its reader has said that it wants no more, or is gone.
    var isLeft: Bool {
        guard case .live = kind else { return false }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) == 0
    }
}
