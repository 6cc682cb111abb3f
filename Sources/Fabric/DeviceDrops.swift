internal import Glibc

/// What the device of a machine lost by itself, as its own kernel counts it: the switch cannot see a
/// packet that a full device queue dropped before it was ever offered, or after it was handed over.
public enum DeviceDrops {
    /// Packets that the device dropped in both directions since the machine was made, read from
    /// `/proc/PID/net/dev`; `process` is any process of the machine, as the host numbers it. `nil` when
    /// it is gone or has no such device.
    public static func read(process: Int32, device: String = "eth0") -> UInt64? {
        guard let file = fopen("/proc/\(process)/net/dev", "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return parse(String(decoding: bytes.prefix(count), as: UTF8.self), device: device)
    }

    /// The columns of a line are: bytes, packets, errors, drop, fifo, frame, compressed, multicast
    /// received; then bytes, packets, errors, drop, … sent.
    static func parse(_ text: String, device: String) -> UInt64? {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == device else { continue }
            let columns = parts[1].split(separator: " ").compactMap { UInt64($0) }
            return columns.count >= 12 ? columns[3] + columns[11] : nil
        }
        return nil
    }
}
