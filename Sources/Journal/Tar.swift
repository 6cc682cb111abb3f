/// Headers of tar archives, in the dialect of POSIX.1-1988 (ustar) that every tar reads.
enum Tar {
    /// Archives are written in pieces of this size.
    static let block = 512
    /// The longest file that eleven octal digits can tell.
    static let longest: Int64 = 0o77777777777

    /// The header of an ordinary file; `nil` for a name that does not fit, or one too long.
    static func header(name: String, size: Int64, modified: Int64) -> [UInt8]? {
        let name = Array(name.utf8)
        guard !name.isEmpty, name.count <= 100, 0...longest ~= size else { return nil }
        var bytes = [UInt8](repeating: 0, count: block)
        func put(_ text: [UInt8], at place: Int) {
            bytes.replaceSubrange(place..<place + text.count, with: text)
        }
        put(name, at: 0)
        put(octal(0o644, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(max(0, modified), digits: 11), at: 136)
        put(Array("        ".utf8), at: 148)
        bytes[156] = UInt8(ascii: "0")
        put(Array("ustar\u{0}00".utf8), at: 257)
        put(octal(checksum(bytes), digits: 6) + [0, 0x20], at: 148)
        return bytes
    }

    /// Name, size and kind of an entry; `nil` when the bytes are no header.
    static func read(_ bytes: [UInt8]) -> (name: String, size: Int64, isFile: Bool)? {
        guard bytes.count == block, bytes[257..<262].elementsEqual("ustar".utf8),
            let size = number(bytes[124..<136]), let sum = number(bytes[148..<156])
        else { return nil }
        var blank = bytes
        for place in 148..<156 { blank[place] = 0x20 }
        guard checksum(blank) == sum else { return nil }
        let name = text(bytes[0..<100])
        let prefix = text(bytes[345..<500])
        let isFile = bytes[156] == UInt8(ascii: "0") || bytes[156] == 0
        return (prefix.isEmpty ? name : prefix + "/" + name, size, isFile)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func octal(_ value: Int64, digits: Int) -> [UInt8] {
        let text = String(min(value, longest), radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        Int64(text(bytes).filter { $0 != " " }, radix: 8)
    }

    private static func checksum(_ bytes: [UInt8]) -> Int64 {
        bytes.reduce(0) { $0 + Int64($1) }
    }
}
