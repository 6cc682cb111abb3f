/// A text that was read from a file, and where each of its scalars stands there, through quotes,
/// escapes, folded lines and expanded settings. Whoever parses the text can point into the file.
public struct Passage: Hashable, Sendable {
    /// What the file means.
    public private(set) var text: String
    private var runs: [Run] = []
    private var length = 0

    /// From `offset` on, scalars stand side by side in the file (`moving`) or all at one place.
    private struct Run: Hashable, Sendable {
        var offset: Int
        var place: Place
        var moving: Bool
    }

    /// A text that stands in one piece from a place on.
    public init(_ text: String, at place: Place) {
        self.text = text
        length = text.unicodeScalars.count
        runs = [Run(offset: 0, place: place, moving: true)]
    }

    /// An empty text that begins at a place; `append` adds to it.
    init(from place: Place) {
        text = ""
        runs = [Run(offset: 0, place: place, moving: true)]
    }

    /// Where the text begins.
    public var place: Place { runs.first?.place ?? .nowhere }

    /// Where the scalar with this offset (from 0) stands; beyond the end, just behind the last one.
    public func place(atScalar offset: Int) -> Place {
        let offset = max(0, min(offset, length))
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].offset <= offset { low = middle } else { high = middle }
        }
        // The end of a text stands behind its last scalar, not where a next run would begin.
        let run = runs[low]
        var place = run.place
        if run.moving { place.column += offset - run.offset }
        return place
    }

    /// Where the byte with this offset (from 0) of the UTF-8 text stands.
    public func place(atUTF8 offset: Int) -> Place {
        let bytes = text.utf8
        let index = bytes.index(
            bytes.startIndex, offsetBy: max(0, offset), limitedBy: bytes.endIndex)
        return place(at: index ?? bytes.endIndex)
    }

    /// Where the character with this number (from 1) of the text stands.
    public func place(atColumn column: Int) -> Place {
        let index = text.index(
            text.startIndex, offsetBy: max(0, column - 1), limitedBy: text.endIndex)
        return place(at: index ?? text.endIndex)
    }

    /// Where a position of the text stands.
    public func place(at index: String.Index) -> Place {
        place(atScalar: text.unicodeScalars.distance(from: text.startIndex, to: index))
    }

    /// Adds a scalar that stands at a place.
    mutating func append(_ scalar: Unicode.Scalar, at place: Place) {
        if let last = runs.last {
            var expected = last.place
            if last.moving { expected.column += length - last.offset }
            if !last.moving || expected != place {
                runs.append(Run(offset: length, place: place, moving: true))
            }
        }
        text.unicodeScalars.append(scalar)
        length += 1
    }

    /// Adds a text all of which stands for what is at a place, e.g. a setting's value.
    mutating func append(_ replacement: String, insteadOf place: Place) {
        guard !replacement.isEmpty else { return }
        runs.append(Run(offset: length, place: place, moving: false))
        text += replacement
        length += replacement.unicodeScalars.count
    }
}
