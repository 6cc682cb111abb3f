/// What Redis answers (RESP 2, https://redis.io/docs/latest/develop/reference/protocol-spec), as far as a
/// client of registers needs it.
enum RedisReply: Equatable, Sendable {
    case text(String)
    case error(String)
    case integer(Int64)
    case missing
    case list([RedisReply])

    /// Lists in lists, and the length of texts and lists, end here.
    static let deepest = 8
    static let longest = 8 << 20

    /// These bytes are no answer of Redis.
    struct Malformed: Error, Equatable {}

    /// Reads one reply from the beginning of `bytes`.
    /// - Returns: the reply and how many bytes it took; nil when it is not complete yet.
    static func read(_ bytes: [UInt8], from start: Int = 0) throws(Malformed) -> (RedisReply, Int)?
    {
        try read(bytes, start, depth: 0)
    }

    private static func read(
        _ bytes: [UInt8], _ start: Int, depth: Int
    ) throws(Malformed) -> (RedisReply, Int)? {
        guard depth < deepest else { throw Malformed() }
        guard start < bytes.count else { return nil }
        guard let end = try endOfLine(bytes, start + 1) else { return nil }
        let line = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
        let next = end + 2
        switch bytes[start] {
        case UInt8(ascii: "+"): return (.text(line), next)
        case UInt8(ascii: "-"): return (.error(line), next)
        case UInt8(ascii: ":"):
            guard let number = Int64(line) else { throw Malformed() }
            return (.integer(number), next)
        case UInt8(ascii: "$"): return try bulk(bytes, try length(line), next)
        case UInt8(ascii: "*"): return try list(bytes, try length(line), next, depth)
        default: throw Malformed()
        }
    }

    private static func endOfLine(_ bytes: [UInt8], _ start: Int) throws(Malformed) -> Int? {
        guard let end = bytes[start...].firstIndex(of: 13) else {
            if bytes.count - start > 65_536 { throw Malformed() }
            return nil
        }
        guard end + 1 < bytes.count else { return nil }
        guard bytes[end + 1] == 10 else { throw Malformed() }
        return end
    }

    private static func length(_ line: String) throws(Malformed) -> Int {
        guard let length = Int(line), (-1...longest).contains(length) else { throw Malformed() }
        return length
    }

    private static func bulk(
        _ bytes: [UInt8], _ length: Int, _ start: Int
    ) throws(Malformed) -> (RedisReply, Int)? {
        if length < 0 { return (.missing, start) }
        guard bytes.count >= start + length + 2 else { return nil }
        let text = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
        guard bytes[start + length] == 13, bytes[start + length + 1] == 10 else {
            throw Malformed()
        }
        return (.text(text), start + length + 2)
    }

    private static func list(
        _ bytes: [UInt8], _ length: Int, _ start: Int, _ depth: Int
    ) throws(Malformed) -> (RedisReply, Int)? {
        if length < 0 { return (.missing, start) }
        var items: [RedisReply] = []
        var position = start
        for _ in 0..<length {
            guard let (item, next) = try read(bytes, position, depth: depth + 1) else { return nil }
            items.append(item)
            position = next
        }
        return (.list(items), position)
    }
}
