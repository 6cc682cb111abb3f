/// A value of JSON to be written.
indirect enum JSON {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    /// A number rounded to millionths: microseconds are what was measured. `null` for none.
    static func seconds(_ value: Double?) -> JSON {
        guard let value, value.isFinite else { return .null }
        return .number((value * 1e6).rounded() / 1e6)
    }

    /// A count.
    static func count(_ value: UInt64) -> JSON { .integer(Int64(clamping: value)) }

    /// A text, or `null`.
    static func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

    /// Indented by two blanks.
    var text: String { text(indent: "") + "\n" }

    /// Without a blank or a line's end.
    var compact: String {
        switch self {
        case .array(let elements):
            return "[" + elements.map(\.compact).joined(separator: ",") + "]"
        case .object(let fields):
            let parts = fields.map { "\(Escaping.quoted($0)):\($1.compact)" }
            return "{" + parts.joined(separator: ",") + "}"
        default: return text(indent: "")
        }
    }

    private func text(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value):
            guard value.isFinite else { return "null" }
            if let whole = Int64(exactly: value) { return String(whole) }
            return "\(value)"
        case .string(let value): return Escaping.quoted(value)
        case .array(let elements):
            if elements.isEmpty { return "[]" }
            return "[\n" + elements.map { inner + $0.text(indent: inner) }.joined(separator: ",\n")
                + "\n\(indent)]"
        case .object(let fields):
            if fields.isEmpty { return "{}" }
            return "{\n"
                + fields.map { "\(inner)\(Escaping.quoted($0)): \($1.text(indent: inner))" }
                .joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}
