import Foundation

/// Packets as machines send them, for the fuzzer to begin with.
enum Seeds {
    /// One file for each packet under each set of faults.
    static func write(to folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (number, packet) in packets.enumerated() {
            for faults in 0..<UInt8(Target.tables) {
                let length = UInt16(packet.count)
                let input = [faults, UInt8(length >> 8), UInt8(length & 255)] + packet
                try Data(input).write(to: URL(filePath: "\(folder)/\(number)-\(faults)"))
            }
        }
    }

    private static var packets: [[UInt8]] {
        let (a, b) = (Wire.address(0), Wire.address(1))
        let large = [UInt8](repeating: 5, count: 9_000)
        let question: [UInt8] =
            [UInt8](repeating: 0, count: 22) + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1]
            + [2, 0] + Wire.put32(a) + Wire.put32(a) + [0, 0, 0, 0, 0, 0] + Wire.put32(b)
        let plain = [
            Wire.tcp(from: a, to: b, payload: [1, 2, 3]),
            Wire.tcp(from: a, to: b, payload: large, flags: 0x9b, ipOptions: 2),
            Wire.udp(from: a, to: b, payload: [1]),
            Wire.udp(from: a, to: 0xe000_0001, payload: large, segment: 700),
            Wire.icmp(from: a, to: b, payload: [1, 2]),
        ]
        return plain.map { framed($0.bytes) } + [question]
    }

    /// With the Ethernet header that machine 0's port speaks; its checksum is counted from there.
    private static func framed(_ bytes: [UInt8]) -> [UInt8] {
        var header = Array(bytes.prefix(10))
        if header[0] & 1 != 0 { header[6] += 14 }
        return header + [UInt8](repeating: 2, count: 12) + [8, 0] + bytes.dropFirst(10)
    }
}
