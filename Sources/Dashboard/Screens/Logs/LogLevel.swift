/// How serious a line of a log is, as far as its spelling tells.
public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case ordinary
    case warning
    case error

    /// By seriousness.
    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }

    /// Only a line's beginning says of what kind it is.
    private static let looked = 160

    /// Reads the usual spellings: words (`ERROR`, `warn:`, `"level":"error"`, `level=warn`), the letter and
    /// date of Kubernetes' klog (`E1128 15:11`), and the sign of Redis (`2:M 28 Nov … # text`).
    public init(of line: String) {
        var word: [UInt8] = []
        var found = LogLevel.ordinary
        var isFirst = true
        func read() {
            guard !word.isEmpty else { return }
            if isFirst, let level = LogLevel.klog(word) { found = max(found, level) }
            if let level = LogLevel.words[String(decoding: word, as: UTF8.self)] {
                found = max(found, level)
            }
            isFirst = false
            word.removeAll(keepingCapacity: true)
        }
        var bytes: [UInt8] = []
        for byte in line.utf8.prefix(LogLevel.looked) {
            bytes.append(byte)
            if byte >= 0x41 && byte <= 0x5A {
                word.append(byte | 0x20)
            } else if byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39 {
                word.append(byte)
            } else {
                read()
            }
        }
        read()
        if found == .ordinary, LogLevel.isRedisWarning(bytes) { found = .warning }
        self = found
    }

    private static let words: [String: LogLevel] = [
        "error": .error, "err": .error, "fatal": .error, "panic": .error, "critical": .error,
        "crit": .error, "severe": .error, "emerg": .error, "alert": .error, "warn": .warning,
        "warning": .warning, "wrn": .warning,
    ]

    /// `e1128`: a letter, the month and the day.
    private static func klog(_ word: [UInt8]) -> LogLevel? {
        guard word.count == 5, word.dropFirst().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        switch word[0] {
        case UInt8(ascii: "e"), UInt8(ascii: "f"): return .error
        case UInt8(ascii: "w"): return .warning
        default: return nil
        }
    }

    /// `2:M 28 Nov 2026 15:11:33.745 # text`: the sign behind the time.
    private static func isRedisWarning(_ bytes: [UInt8]) -> Bool {
        let words = bytes.split(separator: 0x20, maxSplits: 6)
        guard words.count > 5, words[5] == [UInt8(ascii: "#")],
            let colon = words[0].firstIndex(of: UInt8(ascii: ":"))
        else { return false }
        return words[0][..<colon].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }
}
