/// One machine's view of a capture of all: what `tcpdump` on that machine would have shown. In the
/// capture a packet stands once, where it arrived; here it stands where this machine saw it, when it saw
/// it, in that order: what it sent is outbound at the moment when it left.
public struct PcapngView {
    private let bytes: UnsafeRawBufferPointer
    private let name: String
    private var interfaces: [Interface] = []
    private var own: UInt32?
    private var entries: [Entry] = []
    /// Packets to many machines that were met already, by number.
    private var copies: Set<UInt64> = []

    private struct Interface {
        var name = ""
        var address: UInt32 = 0
    }

    /// A block of the view, and when it was.
    private struct Entry {
        var at: UInt64
        var block: Range<Int>
        var isOutbound = false
    }

    /// The view of the machine of this name; `nil` when the capture knows none. The bytes must stay
    /// where they are as long as the view is used; a capture that was cut off is read up to there.
    public init?(of bytes: UnsafeRawBufferPointer, machine name: String) {
        self.bytes = bytes
        self.name = name
        var at = 0
        while bytes.count - at >= 12 {
            let length = Int(number(at + 4))
            guard length >= 12, length % 4 == 0, at + length <= bytes.count else { break }
            meet(at..<at + length)
            at += length
        }
        guard own != nil else { return nil }
        // What happens at one moment stays in its order.
        let sorted = entries.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }
        entries = sorted.map(\.element)
    }

    /// Calls `body` with piece after piece of the view as a capture, until it answers false.
    public func write(_ body: ([UInt8]) -> Bool) {
        var pieces = Pcapng()
        for entry in entries {
            emit(entry, &pieces)
            guard pieces.bytes.count >= 1 << 20 else { continue }
            guard body(pieces.bytes) else { return }
            pieces.bytes.removeAll(keepingCapacity: true)
        }
        if !pieces.bytes.isEmpty { _ = body(pieces.bytes) }
    }

    // MARK: Reading

    private mutating func meet(_ block: Range<Int>) {
        switch number(block.lowerBound) {
        case Pcapng.Kind.interface: meetInterface(block)
        case Pcapng.Kind.packet: meetPacket(block)
        // Its counts are of another view.
        case Pcapng.Kind.statistics: break
        case Pcapng.Kind.journal: entries.append(Entry(at: journalTime(block), block: block))
        default: entries.append(Entry(at: 0, block: block))
        }
    }

    private mutating func meetInterface(_ block: Range<Int>) {
        var interface = Interface()
        options(block, from: 16) { code, value in
            if code == 2 { interface.name = String(decoding: bytes[value], as: UTF8.self) }
            if code == 4, value.count >= 4 { interface.address = address(value.lowerBound) }
        }
        if interface.name == name, own == nil {
            own = UInt32(interfaces.count)
            entries.append(Entry(at: 0, block: block))
        }
        interfaces.append(interface)
    }

    private mutating func meetPacket(_ block: Range<Int>) {
        guard let own, let packet = packet(block), Int(packet.interface) < interfaces.count else {
            return
        }
        let waited = packet.remarks.comments.compactMap(CaptureComment.waited).first ?? 0
        let before = packet.at - min(packet.at, UInt64(waited))
        if packet.interface == own {
            // What was lost while it waited had left before.
            entries.append(
                Entry(
                    at: packet.isOutbound ? before : packet.at, block: block,
                    isOutbound: packet.isOutbound))
        } else if packet.data.count >= 20, !packet.isOutbound,
            address(packet.data.lowerBound + 12) == interfaces[Int(own)].address
        {
            let to = address(packet.data.lowerBound + 16)
            let isToMany = to != interfaces[Int(packet.interface)].address
            guard !isToMany || copies.insert(packet.remarks.id).inserted else { return }
            entries.append(Entry(at: before, block: block, isOutbound: true))
        }
    }

    private struct Seen {
        var interface: UInt32
        var at: UInt64
        var data: Range<Int>
        var length: Int
        var isOutbound = false
        var remarks = Pcapng.Remarks()
    }

    private func packet(_ block: Range<Int>) -> Seen? {
        let start = block.lowerBound
        guard block.count >= 32 else { return nil }
        let kept = Int(number(start + 20))
        guard start + 28 + kept <= block.upperBound - 4 else { return nil }
        var seen = Seen(
            interface: number(start + 8),
            at: UInt64(number(start + 12)) << 32 | UInt64(number(start + 16)),
            data: start + 28..<start + 28 + kept, length: Int(number(start + 24)))
        options(block, from: 28 + (kept + 3) & ~3) { code, value in
            switch code {
            case 1: seen.remarks.comments.append(String(decoding: bytes[value], as: UTF8.self))
            case 2: seen.isOutbound = bytes[value.lowerBound] & 3 == 2
            case 4 where value.count == 8: seen.remarks.lost = UInt64(number(value.lowerBound))
            case 5 where value.count == 8:
                seen.remarks.id =
                    UInt64(number(value.lowerBound + 4)) << 32 | UInt64(number(value.lowerBound))
            case 7 where value.count == 5: seen.remarks.dropped = number(value.lowerBound + 1)
            default: break
            }
        }
        return seen
    }

    /// Nanoseconds since 1970 of an entry of the journal, which begins with them in microseconds.
    private func journalTime(_ block: Range<Int>) -> UInt64 {
        let body = bytes[block.lowerBound + 8..<block.upperBound - 4]
        let line = String(decoding: body.prefix { $0 != 10 }, as: UTF8.self)
        return (line.split(separator: "=").last.flatMap { UInt64($0) } ?? 0) * 1_000
    }

    // MARK: Writing

    private func emit(_ entry: Entry, _ pieces: inout Pcapng) {
        guard number(entry.block.lowerBound) == Pcapng.Kind.packet, let seen = packet(entry.block)
        else {
            pieces.bytes.append(contentsOf: bytes[entry.block])
            return
        }
        var remarks = seen.remarks
        if entry.isOutbound, !seen.isOutbound {
            let name = interfaces[Int(seen.interface)].name
            remarks.comments = remarks.comments.map { comment in
                CaptureComment.waited(comment).map { CaptureComment.arrived(at: name, $0).text }
                    ?? comment
            }
        }
        pieces.packet(
            0, at: entry.at, data: UnsafeRawBufferPointer(rebasing: bytes[seen.data]),
            length: seen.length, outbound: entry.isOutbound, remarks)
    }

    // MARK: Bytes

    private func options(_ block: Range<Int>, from start: Int, _ body: (Int, Range<Int>) -> Void) {
        var at = block.lowerBound + start
        let end = block.upperBound - 4
        while at + 4 <= end {
            let code = Int(bytes[at]) | Int(bytes[at + 1]) << 8
            let length = Int(bytes[at + 2]) | Int(bytes[at + 3]) << 8
            guard code != 0, at + 4 + length <= end else { return }
            body(code, at + 4..<at + 4 + length)
            at += 4 + (length + 3) & ~3
        }
    }

    private func number(_ at: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }

    private func address(_ at: Int) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }
}
