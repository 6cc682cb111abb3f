internal import CLinux
internal import Cluster
internal import Faults
internal import Glibc

/// The capture's thread: many times a second it reads the ring, makes wire packets of what is in it,
/// and hands blocks to its sinks.
struct CaptureTurn {
    private let office: CaptureOffice
    private let heading: CaptureHeading
    private let ring: TapRing
    private let interfaces: [CaptureInterface]
    private var sinks: [CaptureSink] = []
    private var names: [UInt32: String] = [:]
    private var wires: WirePackets
    /// What happened and was not told yet, by time.
    private var marks: ArraySlice<CaptureOrder.Mark> = []
    private var lost: UInt64 = 0
    private var nextNews: Int64 = 0

    /// Between two looks at the ring, in milliseconds.
    private static let pause: Int32 = 20
    /// How long a reader may take nothing when the capture stops, in milliseconds.
    private static let lastPatience: Int32 = 1_000
    /// Between two reports of losses, in nanoseconds.
    private static let newsEvery: Int64 = 1_000_000_000

    init(
        office: CaptureOffice, heading: CaptureHeading, interfaces: [CaptureInterface],
        ring: TapRing
    ) {
        self.office = office
        self.heading = heading
        self.interfaces = interfaces
        self.ring = ring
        wires = WirePackets()
    }

    /// Goes on until told to stop.
    mutating func run() {
        defer { wires.free() }
        while true {
            wait()
            _ = squall_event_take(office.wake)
            let order = office.take()
            let now = squall_monotonic_ns()
            for sink in order.sinks {
                sinks.append(
                    CaptureSink(
                        sink, interfaces: interfaces, heading: heading, start: heading.wall(now),
                        ring: ring))
            }
            for (fault, name) in order.names { names[fault.number] = name }
            marks = order.marks.sorted { $0.at < $1.at }[...]
            read()
            tellMarks(upTo: .max)
            hand(isLast: order.isStop)
            report(isLast: order.isStop)
            if order.isStop { return }
        }
    }

    private func wait() {
        var watched = [pollfd(fd: office.wake, events: Int16(POLLIN), revents: 0)]
        for sink in sinks {
            guard case .live = sink.kind else { continue }
            let wanted = sink.waiting > 0 ? POLLOUT : 0
            // A reader that is gone or shuts its side down is told without being asked for.
            watched.append(pollfd(fd: sink.descriptor, events: Int16(wanted), revents: 0))
        }
        poll(&watched, nfds_t(watched.count), sinks.isEmpty ? -1 : Self.pause)
    }

    // MARK: Reading

    private mutating func read() {
        ring.read { take($0) }
        for index in sinks.indices { sinks[index].addLost(of: ring) }
    }

    private mutating func take(_ place: UnsafeMutableRawPointer) {
        let record = place.load(as: TapRecord.self)
        if let first = marks.first, first.at <= record.at { tellMarks(upTo: record.at) }
        switch record.kind {
        case .skip: return
        case .emptied: tellEmptied(record)
        default:
            let frame = (place + TapRecord.room).assumingMemoryBound(to: UInt8.self)
            guard let packet = Packet.parse(frame, available: Int(record.length)) else { return }
            let remarks = remarks(record, packet)
            for index in sinks.indices {
                guard sinks[index].only?.matches(packet) ?? true else { continue }
                tell(record, packet, frame, remarks, index)
            }
        }
    }

    private mutating func tell(
        _ record: TapRecord, _ packet: Packet, _ frame: FramePointer, _ remarks: Pcapng.Remarks,
        _ index: Int
    ) {
        let (left, arrived) = sinks[index].places(record)
        guard left != nil || arrived != nil else { return }
        let at = heading.wall(record.at)
        var remarks = remarks
        wires.each(packet, frame) { wire in
            if let left {
                sinks[index].take(left, at: at, wire, outbound: true, remarks)
            }
            if let arrived {
                sinks[index].take(arrived, at: at, wire, outbound: false, remarks)
            }
            remarks.id += 1
        }
    }

    /// What stands beside the packets of a record.
    private func remarks(_ record: TapRecord, _ packet: Packet) -> Pcapng.Remarks {
        var remarks = Pcapng.Remarks(id: record.id)
        guard let comment = comment(record, packet) else { return remarks }
        remarks.comments = [comment.text]
        if record.kind != .released { remarks.dropped = record.cause }
        return remarks
    }

    private func comment(_ record: TapRecord, _ packet: Packet) -> CaptureComment? {
        let waited = max(0, record.at - record.since)
        switch record.kind {
        case .dropped:
            let fault = record.cause == 0 ? "a fault" : label(record.cause)
            return packet.isToMany
                ? .copyDropped(for: name(record.to), by: fault) : .dropped(by: fault)
        case .queueFull: return .queueFull
        case .refused: return .refused(name(record.to))
        case .stray: return .stray
        case .lost: return .lost(from: name(record.from), waited)
        case .released: return .late(from: name(record.from), waited)
        case .passed, .held, .toMany, .emptied, .skip: return nil
        }
    }

    private mutating func tellEmptied(_ record: TapRecord) {
        let text =
            "\(record.id) packets that waited between \(name(record.from)) and "
            + "\(name(record.to)) were lost"
        for index in sinks.indices
        where sinks[index].place(record.from) ?? sinks[index].place(record.to) != nil {
            sinks[index].take(mark: text, at: heading.wall(record.at))
        }
    }

    private mutating func tellMarks(upTo time: Int64) {
        while let mark = marks.first, mark.at <= time {
            marks.removeFirst()
            for index in sinks.indices {
                sinks[index].take(mark: mark.text, at: heading.wall(mark.at))
            }
        }
    }

    private func label(_ fault: UInt32) -> String { names[fault] ?? "f\(fault)" }

    private func name(_ node: UInt16) -> String {
        interfaces.first { $0.node.index == node }?.name ?? "machine \(node)"
    }

    // MARK: Handing over

    private mutating func hand(isLast: Bool) {
        for index in sinks.indices.reversed() {
            var outcome = sinks[index].flush()
            if case .file(let limit) = sinks[index].kind, outcome == .full {
                office.tell(.full(limit: limit))
            }
            let isAsked = isLast || sinks[index].isLeft
            if outcome == .full || outcome == .goesOn && isAsked && !sinks[index].isFinished {
                sinks[index].finish(at: heading.wall(squall_monotonic_ns()))
                outcome = sinks[index].flush()
            }
            if isLast { outcome = sinks[index].flush(patience: Self.lastPatience) }
            if case .failed(let code) = outcome {
                office.tell(.failed(String(cString: strerror(code))))
            }
            let isDone = sinks[index].isFinished && sinks[index].waiting == 0
            if outcome != .goesOn || isDone { drop(index) }
        }
    }

    private mutating func drop(_ index: Int) {
        lost += sinks[index].takeUntold()
        squall_close(sinks[index].descriptor)
        office.forget(sinks[index].number)
        sinks.remove(at: index)
    }

    /// Tells what was lost, not too often.
    private mutating func report(isLast: Bool) {
        for index in sinks.indices { lost += sinks[index].takeUntold() }
        let now = squall_monotonic_ns()
        guard lost > 0, isLast || now >= nextNews else { return }
        office.tell(.lost(lost))
        lost = 0
        nextNews = now + Self.newsEvery
    }
}

extension Only {
    /// Whether it is about such a packet.
    fileprivate func matches(_ packet: Packet) -> Bool {
        switch transport {
        case .none: break
        case .tcp: if packet.facts.transport != 6 { return false }
        case .udp: if packet.facts.transport != 17 { return false }
        case .icmp: if packet.facts.transport != 1 { return false }
        }
        guard let port else { return true }
        return packet.facts.source == port || packet.facts.destination == port
    }
}
