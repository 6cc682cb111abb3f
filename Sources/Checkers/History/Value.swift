/// A value of a history by its number in the history's `ValueTable`. Equal scalars have equal numbers,
/// so that checkers compare numbers and never texts.
public struct ValueID: Hashable, Sendable, BitwiseCopyable {
    /// Its place in the table.
    public let index: UInt32

    /// The value at this place.
    public init(_ index: UInt32) { self.index = index }

    /// `null`: no such key, an empty queue, an operation without a key.
    public static let null = ValueID(0)
}

/// What clients write and read, whatever language it was told in.
public enum Value: Hashable, Sendable {
    /// `null`, `nil`.
    case null
    /// `true` or `false`.
    case flag(Bool)
    /// A whole number of 64 bits.
    case integer(Int64)
    /// Any other number, as it was written.
    case number(String)
    /// A text; a keyword of EDN without its colon.
    case text(String)
    /// A list or map that is written and read as one thing, as its text.
    case composite(String)
    /// A list: places in the table's elements.
    case list(first: UInt32, count: UInt32)
    /// A map: keys and values in turn, places in the table's elements.
    case map(first: UInt32, count: UInt32)
}

/// The values of a history. Scalars are kept once; the elements of all lists lie in one array, four
/// bytes each, so that a thousand reads of a large set cost what they weigh.
public struct ValueTable: Sendable {
    private var values: [Value] = [.null]
    private var places: [Value: UInt32] = [.null: 0]
    private var elements: [ValueID] = []

    /// A table that knows `null` alone.
    public init() {}

    /// The value.
    public subscript(id: ValueID) -> Value { values[Int(id.index)] }

    /// How many there are.
    public var count: Int { values.count }

    /// The number of a scalar, given when it is new.
    public mutating func id(of scalar: Value) -> ValueID {
        if let place = places[scalar] { return ValueID(place) }
        let place = UInt32(truncatingIfNeeded: values.count)
        values.append(scalar)
        places[scalar] = place
        return ValueID(place)
    }

    /// A new list, or a map of keys and values in turn. Lists are not compared: each has its own number.
    public mutating func append(_ parts: [ValueID], isMap: Bool = false) -> ValueID {
        let first = UInt32(truncatingIfNeeded: elements.count)
        let count = UInt32(truncatingIfNeeded: parts.count)
        elements.append(contentsOf: parts)
        values.append(isMap ? .map(first: first, count: count) : .list(first: first, count: count))
        return ValueID(UInt32(truncatingIfNeeded: values.count - 1))
    }

    /// The elements of a list, the keys and values of a map; nothing for a scalar.
    public func parts(of id: ValueID) -> ArraySlice<ValueID> {
        switch self[id] {
        case .list(let first, let count), .map(let first, let count):
            elements[Int(first)..<Int(first) + Int(count)]
        default: []
        }
    }

    /// Whether it is a list.
    public func isList(_ id: ValueID) -> Bool {
        if case .list = self[id] { true } else { false }
    }

    /// Whether it is a map.
    public func isMap(_ id: ValueID) -> Bool {
        if case .map = self[id] { true } else { false }
    }

    /// The value of a key of a map.
    public func field(_ name: String, of id: ValueID) -> ValueID? {
        guard isMap(id) else { return nil }
        let parts = parts(of: id)
        var index = parts.startIndex
        while index + 1 < parts.endIndex {
            if case .text(let text) = self[parts[index]], text == name { return parts[index + 1] }
            index += 2
        }
        return nil
    }

    /// A whole number.
    public func integer(_ id: ValueID) -> Int64? {
        if case .integer(let number) = self[id] { number } else { nil }
    }

    /// A text.
    public func text(_ id: ValueID) -> String? {
        if case .text(let text) = self[id] { text } else { nil }
    }

    /// The same value as one thing: lists and maps become their text, so that equal ones are equal.
    public mutating func scalar(_ id: ValueID) -> ValueID {
        switch self[id] {
        case .list, .map: self.id(of: .composite(told(id)))
        default: id
        }
    }

    /// As a person would write it; JSON for lists and maps.
    public func told(_ id: ValueID) -> String { told(id, isInside: false, depth: 0) }

    private func told(_ id: ValueID, isInside: Bool, depth: Int) -> String {
        // Readers bound the depth; this is for tables that were made otherwise.
        guard depth < 100 else { return "…" }
        switch self[id] {
        case .null: return "null"
        case .flag(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .number(let text), .composite(let text): return text
        case .text(let text): return isInside ? "\"\(text)\"" : text
        case .list:
            let inside = parts(of: id).map { told($0, isInside: true, depth: depth + 1) }
            return "[" + inside.joined(separator: ",") + "]"
        case .map:
            let inside = parts(of: id).map { told($0, isInside: true, depth: depth + 1) }
            let pairs = stride(from: 0, to: inside.count - 1, by: 2)
                .map { inside[$0] + ":" + inside[$0 + 1] }
            // The order of a map's keys means nothing.
            return "{" + pairs.sorted().joined(separator: ",") + "}"
        }
    }
}
