/// Reads a text as a terminal must never read it: what is left of it is only what can be seen.
///
/// Text of nodes (log lines, names, reasons) is somebody else's. Whatever it holds, no control
/// character, no escape sequence, no invisible and no reordering character comes out of here, so
/// that nothing a node writes can move the cursor, set a title, answer a query or hide itself.
/// Control sequences go as a whole, with their parameters; an unterminated one loses its
/// introducer only, so that a node can't make the rest of its line disappear.
struct Scanner<Text: StringProtocol> {
    /// What is left to read.
    private var rest: Text.UnicodeScalarView.SubSequence

    /// A visible scalar and its columns: 0 for a combining mark, 1 or 2.
    struct Visible {
        var scalar: Unicode.Scalar
        var columns: Int
    }

    init(_ text: Text) { rest = text.unicodeScalars[...] }

    /// The next scalar that may be shown.
    mutating func next() -> Visible? {
        while let scalar = rest.popFirst() {
            switch scalar.value {
            case 0x1B: skipEscape()
            case 0x9B: skipControlSequence()
            case 0x90, 0x98, 0x9D, 0x9E, 0x9F: skipString()
            case 0x09: return Visible(scalar: " ", columns: 1)
            case 0x1F1E6...0x1F1FF:
                // Flags: terminals disagree on whether a pair is one or two; letters are letters.
                let letter = Unicode.Scalar(UInt8(scalar.value - 0x1F1E6) + 0x41)
                return Visible(scalar: letter, columns: 1)
            default:
                if let columns = Width.columns(scalar) {
                    return Visible(scalar: scalar, columns: columns)
                }
            }
        }
        return nil
    }

    /// After ESC.
    private mutating func skipEscape() {
        guard let introducer = rest.first else { return }
        switch introducer.value {
        case 0x5B:
            rest.removeFirst()
            skipControlSequence()
        case 0x50, 0x58, 0x5D, 0x5E, 0x5F:
            rest.removeFirst()
            skipString()
        case 0x20...0x7E:
            let end = rest.firstIndex { !(0x20...0x2F).contains($0.value) } ?? rest.endIndex
            rest = rest[end...]
            if let final = rest.first, (0x30...0x7E).contains(final.value) { rest.removeFirst() }
        default: break
        }
    }

    /// Parameters, intermediates and the final byte of `ESC [ … m`.
    private mutating func skipControlSequence() {
        let end = rest.firstIndex { !(0x20...0x3F).contains($0.value) } ?? rest.endIndex
        rest = rest[end...]
        if let final = rest.first, (0x40...0x7E).contains(final.value) { rest.removeFirst() }
    }

    /// A title, a query, a device string: to its terminator, if there is one.
    private mutating func skipString() {
        var index = rest.startIndex
        while index != rest.endIndex {
            let value = rest[index].value
            let after = rest.index(after: index)
            if value == 0x07 || value == 0x9C {
                rest = rest[after...]
                return
            }
            if value == 0x1B {
                guard after != rest.endIndex, rest[after] == "\\" else { return }
                rest = rest[rest.index(after: after)...]
                return
            }
            index = after
        }
    }
}
