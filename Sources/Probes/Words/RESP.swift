/// A reply in Redis' protocol, version 2.
enum RESPReply: Equatable, Sendable {
    case status(String)
    case error(String)
    case integer(Int64)
    case text([UInt8])
    case nothing
    case list([RESPReply])
}

/// What is no reply.
enum RESPError: Error, Equatable {
    /// Not the protocol at all, or broken in the middle.
    case malformed
    /// Larger than `RESPParser.limit`, or deeper than `RESPParser.depth`.
    case tooLarge
}

/// Reads replies from bytes that come in pieces of any size. Every byte is looked at once; what is
/// kept of one reply is bounded, whatever the sender says of lengths to come.
struct RESPParser: Sendable {
    /// Bytes of one reply, framing included.
    static let limit = 1 << 20
    /// Lists within lists.
    static let depth = 8

    private var bytes: [UInt8] = []
    /// Where the next element begins.
    private var start = 0
    /// Up to where no end of line was found.
    private var scanned = 0
    /// Bytes of this reply that were consumed and forgotten.
    private var consumed = 0
    private var open: [(missing: Int, items: [RESPReply])] = []

    /// Whether bytes are left that belong to no complete reply.
    var isMidway: Bool { start < bytes.count || !open.isEmpty }

    /// Takes the next piece.
    mutating func feed(_ piece: some Sequence<UInt8>) { bytes.append(contentsOf: piece) }

    /// The next complete reply; `nil` when more bytes are needed.
    mutating func next() throws(RESPError) -> RESPReply? {
        while let element = try element() {
            guard let reply = try close(element) else { continue }
            bytes.removeFirst(start)
            start = 0
            scanned = 0
            consumed = 0
            return reply
        }
        if consumed + bytes.count > Self.limit { throw .tooLarge }
        return nil
    }

    private enum Element {
        case whole(RESPReply)
        case list(Int)
    }

    /// Puts an element where it belongs; a reply when that completes one.
    private mutating func close(_ element: Element) throws(RESPError) -> RESPReply? {
        var reply: RESPReply
        switch element {
        case .whole(let whole): reply = whole
        case .list(0): reply = .list([])
        case .list(let count):
            guard open.count < Self.depth else { throw .tooLarge }
            open.append((count, []))
            return nil
        }
        while var innermost = open.popLast() {
            innermost.items.append(reply)
            innermost.missing -= 1
            if innermost.missing > 0 {
                open.append(innermost)
                return nil
            }
            reply = .list(innermost.items)
        }
        return reply
    }

    private mutating func element() throws(RESPError) -> Element? {
        guard let end = try endOfLine() else { return nil }
        let kind = bytes[start]
        let line = bytes[start + 1..<end]
        switch kind {
        case UInt8(ascii: "+"):
            move(to: end + 2)
            return .whole(.status(String(decoding: line, as: UTF8.self)))
        case UInt8(ascii: "-"):
            move(to: end + 2)
            return .whole(.error(String(decoding: line, as: UTF8.self)))
        case UInt8(ascii: ":"):
            let value = try number(line)
            move(to: end + 2)
            return .whole(.integer(value))
        case UInt8(ascii: "$"):
            let length = try number(line)
            if length == -1 {
                move(to: end + 2)
                return .whole(.nothing)
            }
            return try text(from: end + 2, length: length)
        case UInt8(ascii: "*"):
            let count = try number(line)
            move(to: end + 2)
            if count == -1 { return .whole(.nothing) }
            guard count >= 0 else { throw .malformed }
            // Every element takes three bytes at least.
            guard count <= Int64(Self.limit) / 3 else { throw .tooLarge }
            return .list(Int(count))
        default:
            throw .malformed
        }
    }

    private mutating func text(from first: Int, length: Int64) throws(RESPError) -> Element? {
        guard length >= 0 else { throw .malformed }
        guard length <= Int64(Self.limit) else { throw .tooLarge }
        let end = first + Int(length)
        guard bytes.count >= end + 2 else { return nil }
        guard bytes[end] == 13, bytes[end + 1] == 10 else { throw .malformed }
        let text = Array(bytes[first..<end])
        move(to: end + 2)
        return .whole(.text(text))
    }

    /// Index of the next element's `\r\n`. The first byte is judged before: what is no protocol is
    /// known at once, not only after a megabyte without an end of line.
    private mutating func endOfLine() throws(RESPError) -> Int? {
        guard start < bytes.count else { return nil }
        guard "+-:$*".utf8.contains(bytes[start]) else { throw .malformed }
        var index = max(start + 1, scanned)
        while index + 1 < bytes.count {
            if bytes[index] == 13, bytes[index + 1] == 10 { return index }
            index += 1
        }
        scanned = index
        return nil
    }

    private mutating func move(to next: Int) {
        start = next
        scanned = next
        // Forgets now and then, so that a long list does not keep its framing.
        if start > 1 << 16 {
            consumed += start
            bytes.removeFirst(start)
            start = 0
            scanned = 0
        }
    }

    private func number(_ line: ArraySlice<UInt8>) throws(RESPError) -> Int64 {
        guard line.count <= 20, let value = Int64(String(decoding: line, as: UTF8.self)) else {
            throw .malformed
        }
        return value
    }
}

extension RESPParser {
    /// A command as a client sends it.
    static func encode(_ words: [String]) -> [UInt8] {
        var text = "*\(words.count)\r\n"
        for word in words { text += "$\(word.utf8.count)\r\n\(word)\r\n" }
        return Array(text.utf8)
    }
}
