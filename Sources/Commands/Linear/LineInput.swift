internal import Glibc

/// Lines of standard input, read without a terminal.
struct LineInput {
    private var pending: [UInt8] = []
    /// The line that is being read is too long and is left out.
    private var isSkipping = false

    /// The longest line, in bytes.
    static let longest = 4_096

    /// What was read.
    enum Piece: Equatable {
        case line(String)
        /// A line that was longer than `longest`.
        case tooLong
        /// There will be no more.
        case end
    }

    /// Whether anybody could ever write there: /dev/null, and what was closed, stay silent.
    static var canSpeak: Bool {
        var status = stat()
        guard fstat(0, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFCHR || isatty(0) == 1
    }

    /// The next one; blocks.
    mutating func next() -> Piece {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(pending[..<end])
                pending.removeSubrange(...end)
                if isSkipping || line.count > Self.longest {
                    isSkipping = false
                    return .tooLong
                }
                return .line(String(decoding: line, as: UTF8.self))
            }
            if pending.count > Self.longest {
                isSkipping = true
                pending = []
            }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = read(0, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                defer { pending = [] }
                guard !pending.isEmpty, !isSkipping else { return .end }
                return .line(String(decoding: pending, as: UTF8.self))
            }
            pending += buffer[..<count]
        }
    }
}
