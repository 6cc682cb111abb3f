import CLinux

/// Packets as the tests make them, and plain references for what the switch computes cleverly.
struct Wire: Equatable {
    /// The virtio header, then the IP packet.
    var bytes: [UInt8]

    /// The IP packet.
    var ip: ArraySlice<UInt8> { bytes.dropFirst(10) }

    static func put16(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    static func put32(_ value: UInt32) -> [UInt8] {
        put16(Int(value >> 16)) + put16(Int(value & 0xffff))
    }

    static func get16(_ bytes: some Collection<UInt8>, _ at: Int) -> Int {
        let bytes = Array(bytes.dropFirst(at).prefix(2))
        return Int(bytes[0]) << 8 | Int(bytes[1])
    }

    static func get32(_ bytes: some Collection<UInt8>, _ at: Int) -> UInt32 {
        UInt32(get16(bytes, at)) << 16 | UInt32(get16(bytes, at + 2))
    }

    /// The Internet checksum, word by word as RFC 1071 writes it.
    static func checksum(_ bytes: some Collection<UInt8>, adding start: UInt32 = 0) -> UInt16 {
        var sum = start
        var high: UInt8?
        for byte in bytes {
            if let first = high {
                sum += UInt32(first) << 8 | UInt32(byte)
                while sum > 0xffff { sum = (sum & 0xffff) + sum >> 16 }
                high = nil
            } else {
                high = byte
            }
        }
        if let first = high { sum += UInt32(first) << 8 }
        while sum > 0xffff { sum = (sum & 0xffff) + sum >> 16 }
        return ~UInt16(sum)
    }

    /// The address of machine 0, 1, …
    static func address(_ node: Int) -> UInt32 { 0x0a42_0002 + UInt32(node) }

    static func ipHeader(
        from: UInt32, to: UInt32, transport: UInt8, length: Int, id: Int = 7, options: Int = 0
    ) -> [UInt8] {
        var header: [UInt8] = [UInt8(0x45 + options), 0]
        header += put16(20 + options * 4 + length) + put16(id) + put16(0x4000)
        header += [64, transport, 0, 0] + put32(from) + put32(to)
        header += [UInt8](repeating: 1, count: options * 4)
        let sum = checksum(header)
        header.replaceSubrange(10..<12, with: put16(Int(sum)))
        return header
    }

    static func pseudo(_ ip: some Collection<UInt8>, _ length: Int) -> UInt32 {
        let ip = Array(ip)
        let addresses = (0..<4).reduce(UInt32(0)) { $0 + UInt32(get16(ip, 12 + $1 * 2)) }
        return addresses + UInt32(ip[9]) + UInt32(length)
    }

    /// A TCP packet, its checksum left open as a kernel leaves it, of several segments when the payload
    /// is longer than `segment`.
    static func tcp(
        from: UInt32, to: UInt32, payload: [UInt8], segment: Int = 1_448, sequence: UInt32 = 1,
        flags: UInt8 = 0x10, ports: (Int, Int) = (40_000, 6_379), options: Int = 3,
        ipOptions: Int = 0,
        id: Int = 7
    ) -> Wire {
        var header = put16(ports.0) + put16(ports.1) + put32(sequence) + put32(0x0102_0304)
        header += [UInt8((5 + options) << 4), flags] + put16(500) + [0, 0, 0, 0]
        header += [UInt8](repeating: 1, count: options * 4)
        let length = header.count + payload.count
        let ip = ipHeader(
            from: from, to: to, transport: 6, length: length, id: id, options: ipOptions)
        let seed = ~checksum([], adding: pseudo(ip, length))
        header.replaceSubrange(16..<18, with: put16(Int(seed)))
        let many = payload.count > segment
        let gso: UInt8 = many ? (flags & 0x80 != 0 ? 0x81 : 1) : 0
        let virtio =
            [1, gso] + native(many ? ip.count + header.count : 0) + native(many ? segment : 0)
            + native(ip.count) + native(16)
        return Wire(bytes: virtio + ip + header + payload)
    }

    static func udp(
        from: UInt32, to: UInt32, payload: [UInt8], segment: Int? = nil,
        ports: (Int, Int) = (5_000, 53)
    ) -> Wire {
        let length = 8 + payload.count
        let ip = ipHeader(from: from, to: to, transport: 17, length: length)
        let seed = ~checksum([], adding: pseudo(ip, length))
        let header = put16(ports.0) + put16(ports.1) + put16(length) + put16(Int(seed))
        let virtio =
            [1, segment == nil ? 0 : 5] + native(segment == nil ? 0 : 28) + native(segment ?? 0)
            + native(20) + native(6)
        return Wire(bytes: virtio + ip + header + payload)
    }

    static func icmp(from: UInt32, to: UInt32, payload: [UInt8]) -> Wire {
        var body: [UInt8] = [8, 0, 0, 0, 0, 1, 0, 1] + payload
        body.replaceSubrange(2..<4, with: put16(Int(checksum(body))))
        let ip = ipHeader(from: from, to: to, transport: 1, length: body.count)
        return Wire(bytes: [UInt8](repeating: 0, count: 10) + ip + body)
    }

    static func native(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt16(truncatingIfNeeded: value)) { Array($0) }
    }

    // MARK: Reading

    var segmentSize: Int { Int(bytes[4]) | Int(bytes[5]) << 8 }
    var isWhole: Bool { bytes[1] == 0 }
    var ipLength: Int { Self.get16(ip, 2) }
    var ipHeaderLength: Int { Int(bytes[10] & 15) * 4 }
    var transport: ArraySlice<UInt8> { ip.dropFirst(ipHeaderLength) }
    var isTCP: Bool { bytes[19] == 6 }
    var headerLength: Int { isTCP ? Int(transport[transport.startIndex + 12] >> 4) * 4 : 8 }
    var payload: [UInt8] { Array(transport.dropFirst(headerLength)) }
    var sequence: UInt32 { Self.get32(transport, 4) }
    var flags: UInt8 { transport[transport.startIndex + 13] }
    var identification: Int { Self.get16(ip, 4) }
    var from: UInt32 { Self.get32(ip, 12) }
    var to: UInt32 { Self.get32(ip, 16) }

    /// How many wire packets it stands for.
    var segments: Int { isWhole ? 1 : (payload.count + segmentSize - 1) / segmentSize }

    /// The packet with its checksum completed by the plain method; one segment only.
    var completed: Wire {
        guard bytes[0] & 1 != 0 else { return self }
        var copy = self
        let start = Int(bytes[6]) | Int(bytes[7]) << 8
        let field = start + (Int(bytes[8]) | Int(bytes[9]) << 8)
        var sum = Int(Self.checksum(ip.dropFirst(start)))
        if sum == 0, !isTCP { sum = 0xffff }
        copy.bytes.replaceSubrange(10 + field..<12 + field, with: Self.put16(sum))
        copy.bytes.replaceSubrange(0..<10, with: [UInt8](repeating: 0, count: 10))
        return copy
    }

    /// Whether IP header and (completed) transport checksum are right.
    var isValid: Bool {
        let done = completed
        let header = Array(done.ip.prefix(ipHeaderLength))
        guard Self.checksum(header) == 0, ipLength == ip.count else { return false }
        let rest = Array(done.transport)
        return Self.checksum(rest, adding: Self.pseudo(done.ip, rest.count)) == 0
    }

    /// The wire packets that it stands for, cut apart one by one the plain way.
    var wirePackets: [Wire] {
        guard !isWhole else { return [self] }
        return (0..<segments).map { number in
            let range = number * segmentSize..<min((number + 1) * segmentSize, payload.count)
            let last = number == segments - 1
            if isTCP {
                var flags = flags
                if !last { flags &= ~0x09 }
                if number > 0 { flags &= ~0x80 }
                return Wire.tcp(
                    from: from, to: to, payload: Array(payload[range]), segment: segmentSize,
                    sequence: sequence &+ UInt32(range.lowerBound), flags: flags,
                    ports: (Self.get16(transport, 0), Self.get16(transport, 2)),
                    options: headerLength / 4 - 5, ipOptions: ipHeaderLength / 4 - 5,
                    id: (identification + number) & 0xffff)
            }
            var packet = Wire.udp(
                from: from, to: to, payload: Array(payload[range]),
                ports: (Self.get16(transport, 0), Self.get16(transport, 2)))
            packet.setIdentification((identification + number) & 0xffff)
            return packet
        }
    }

    private mutating func setIdentification(_ id: Int) {
        bytes.replaceSubrange(14..<16, with: Self.put16(id))
        bytes.replaceSubrange(20..<22, with: [0, 0])
        let sum = Self.checksum(Array(ip.prefix(ipHeaderLength)))
        bytes.replaceSubrange(20..<22, with: Self.put16(Int(sum)))
    }
}

/// Random choices of a property test, from a seed that failures print.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    /// SplitMix64.
    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(bits() % UInt64(bound)) }
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: bits() >> 32) }
    }
}
