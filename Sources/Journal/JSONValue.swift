internal import Cluster

/// A value of a rare line. Numbers stay as written until somebody knows what they mean.
enum JSONValue {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONField])
}

/// A field of an object.
struct JSONField {
    var name: String
    var value: JSONValue
}

/// The fields of a line: unknown ones are ignored, missing ones are `nil`.
struct JSONFields {
    var fields: [JSONField]

    subscript(name: String) -> JSONValue? { fields.first { $0.name == name }?.value }

    func text(_ name: String) -> String? {
        if case .string(let text)? = self[name] { text } else { nil }
    }

    /// A field without which the line makes no sense.
    func needed(_ name: String) throws(Scanner.Broken) -> String {
        guard let text = text(name) else { throw Scanner.Broken() }
        return text
    }

    func flag(_ name: String) -> Bool? {
        if case .bool(let flag)? = self[name] { flag } else { nil }
    }

    func whole<Whole: FixedWidthInteger>(_ name: String) -> Whole? {
        guard case .number(let lexeme)? = self[name] else { return nil }
        return Whole(lexeme)
    }

    func needed<Whole: FixedWidthInteger>(_ name: String) throws(Scanner.Broken) -> Whole {
        guard let value: Whole = whole(name) else { throw Scanner.Broken() }
        return value
    }

    func double(_ name: String) -> Double? {
        switch self[name] {
        case .number(let lexeme)?: Double(lexeme)
        case .string("inf")?: .infinity
        case .string("-inf")?: -.infinity
        default: nil
        }
    }

    func stamp(_ name: String) -> Stamp? {
        guard case .number(let lexeme)? = self[name] else { return nil }
        return lexeme.utf8.withContiguousStorageIfAvailable { bytes -> Stamp? in
            guard let base = bytes.baseAddress else { return nil }
            var scanner = Scanner(base, 0..<bytes.count)
            return try? scanner.stamp()
        } ?? nil
    }

    func fault(_ name: String) -> FaultID? { whole(name).map { FaultID($0) } }

    func node(_ name: String) throws(Scanner.Broken) -> NodeID { NodeID(try needed(name)) }

    /// A word of a closed set; a word from a newer squall is `fallback`.
    func word<Word: RawRepresentable<String>>(_ name: String, or fallback: Word) -> Word {
        text(name).flatMap(Word.init(rawValue:)) ?? fallback
    }

    func array(_ name: String) -> [JSONValue] {
        if case .array(let elements)? = self[name] { elements } else { [] }
    }
}

extension JSONValue {
    /// Machines by index; what is none is left out.
    var nodes: [NodeID] {
        guard case .array(let elements) = self else { return [] }
        return elements.compactMap { element in
            guard case .number(let lexeme) = element else { return nil }
            return UInt16(lexeme).map { NodeID($0) }
        }
    }

    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}
