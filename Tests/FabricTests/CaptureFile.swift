import Foundation

/// A capture, read the plain way by what the specification says.
struct CaptureFile {
    var application = ""
    var comment = ""
    var interfaces: [Interface] = []
    var names: [String] = []
    var packets: [Captured] = []
    var marks: [String] = []
    var statistics: [(interface: Int, received: UInt64, lost: UInt64)] = []

    struct Interface {
        var name = ""
        var address: [UInt8] = []
        var resolution: UInt8 = 6
        var snap = 0
        var linkType = 0
    }

    struct Captured {
        var interface = 0
        /// Nanoseconds since 1970.
        var at: UInt64 = 0
        var data: [UInt8] = []
        var length = 0
        var comments: [String] = []
        var isOutbound = false
        var id: UInt64 = 0
        var lost: UInt64 = 0
        var verdict: [UInt8]?
    }

    struct Broken: Error { var at: Int }

    init(path: String) throws { try self.init(Array(Data(contentsOf: URL(filePath: path)))) }

    init(_ bytes: [UInt8]) throws {
        var at = 0
        while at < bytes.count {
            guard bytes.count - at >= 12 else { throw Broken(at: at) }
            let length = Self.number(bytes, at + 4)
            guard length >= 12, length % 4 == 0, at + length <= bytes.count,
                Self.number(bytes, at + length - 4) == length
            else { throw Broken(at: at) }
            read(Self.number(bytes, at), Array(bytes[at + 8..<at + length - 4]))
            at += length
        }
    }

    private mutating func read(_ kind: Int, _ body: [UInt8]) {
        switch kind {
        case 0x0a0d_0d0a:
            for (code, value) in Self.options(body, 16) {
                if code == 1 { comment = Self.text(value) }
                if code == 4 { application = Self.text(value) }
            }
        case 1:
            var interface = Interface()
            interface.linkType = Self.number(body, 0, 2)
            interface.snap = Self.number(body, 4)
            for (code, value) in Self.options(body, 8) {
                if code == 2 { interface.name = Self.text(value) }
                if code == 4 { interface.address = value }
                if code == 9 { interface.resolution = value[0] }
            }
            interfaces.append(interface)
        case 4:
            for (code, value) in Self.options(body, 0) where code == 1 {
                let address = value.prefix(4).map(String.init).joined(separator: ".")
                names.append("\(address) \(Self.text(Array(value.dropFirst(4).dropLast())))")
            }
        case 5:
            var counts: [Int: UInt64] = [:]
            for (code, value) in Self.options(body, 12) where code >= 4 {
                counts[code] = UInt64(Self.number(value, 0, 8))
            }
            statistics.append((Self.number(body, 0), counts[4] ?? 0, counts[5] ?? 0))
        case 6: packets.append(Self.packet(body))
        case 9:
            let text = Self.text(body.filter { $0 != 0 })
            for line in text.split(separator: "\n") where line.hasPrefix("MESSAGE=") {
                marks.append(String(line.dropFirst(8)))
            }
        default: break
        }
    }

    private static func packet(_ body: [UInt8]) -> Captured {
        var packet = Captured()
        packet.interface = number(body, 0)
        packet.at = UInt64(number(body, 4)) << 32 | UInt64(number(body, 8))
        let kept = number(body, 12)
        packet.length = number(body, 16)
        packet.data = Array(body[20..<20 + kept])
        for (code, value) in options(body, 20 + (kept + 3) / 4 * 4) {
            switch code {
            case 1: packet.comments.append(text(value))
            case 2: packet.isOutbound = value[0] & 3 == 2
            case 4: packet.lost = UInt64(number(value, 0, 8))
            case 5: packet.id = UInt64(number(value, 0, 8))
            case 7: packet.verdict = value
            default: break
            }
        }
        return packet
    }

    private static func options(_ body: [UInt8], _ start: Int) -> [(Int, [UInt8])] {
        var all: [(Int, [UInt8])] = []
        var at = start
        while at + 4 <= body.count, number(body, at, 2) != 0 {
            let length = number(body, at + 2, 2)
            all.append((number(body, at, 2), Array(body[at + 4..<at + 4 + length])))
            at += 4 + (length + 3) / 4 * 4
        }
        return all
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int = 4) -> Int {
        bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Packets of one machine, as one sees them on its port.
    func packets(at interface: Int, outbound: Bool) -> [Captured] {
        packets.filter { $0.interface == interface && $0.isOutbound == outbound }
    }
}
