/// A message to `squall-host` or to a machine; the format is in `protocol.h`.
struct Outgoing {
    private(set) var bytes: [UInt8] = []

    init(kind: UInt32, request: UInt32) {
        put(kind)
        put(request)
    }

    mutating func put(_ value: UInt32) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ text: String) {
        // C reads texts in place: what follows a NUL would be lost in silence there.
        let encoded = text.utf8.prefix { $0 != 0 }
        put(UInt32(encoded.count))
        bytes.append(contentsOf: encoded)
        bytes.append(0)
    }

    mutating func put(_ texts: [String]) {
        put(UInt32(texts.count))
        for text in texts { put(text) }
    }
}

/// A message that was received, read field by field. Reading beyond its end gives zeroes: what comes
/// is written by our own program of the same version.
struct Incoming {
    let kind: UInt32
    let request: UInt32
    let descriptors: [Descriptor]
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8], descriptors: [Descriptor]) {
        self.bytes = bytes
        self.descriptors = descriptors
        kind = Self.number(in: bytes, at: 0, size: 4).map { UInt32($0) } ?? 0
        request = Self.number(in: bytes, at: 4, size: 4).map { UInt32($0) } ?? 0
        position = 8
    }

    mutating func u32() -> UInt32 { UInt32(take(size: 4)) }

    mutating func u64() -> UInt64 { take(size: 8) }

    mutating func text() -> String {
        let length = Int(u32())
        guard length < bytes.count - position else { return "" }
        defer { position += length + 1 }
        return String(decoding: bytes[position..<position + length], as: UTF8.self)
    }

    mutating func texts() -> [String] {
        let count = Int(u32())
        guard count <= bytes.count else { return [] }
        return (0..<count).map { _ in text() }
    }

    private mutating func take(size: Int) -> UInt64 {
        defer { position += size }
        return Self.number(in: bytes, at: position, size: size) ?? 0
    }

    private static func number(in bytes: [UInt8], at position: Int, size: Int) -> UInt64? {
        guard position + size <= bytes.count else { return nil }
        return bytes[position..<position + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
