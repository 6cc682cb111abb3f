/// A JSON document, for looking up values by pointer (RFC 6901). Numbers keep their text, so that
/// positions beyond 2^53 stay exact.
indirect enum JSONPage: Equatable, Sendable {
    case null
    case truth(Bool)
    case number(String)
    case text(String)
    case list([JSONPage])
    /// The last of several equal keys counts.
    case object([String: JSONPage])

    /// Lists and objects within each other.
    static let depth = 64

    /// A whole document; `nil` when it is not JSON, or nested deeper than `depth`.
    init?(_ bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let page = reader.document() else { return nil }
        self = page
    }

    /// The value at a pointer: its reference tokens, unescaped.
    func value(at pointer: [String]) -> JSONPage? {
        var page = self
        for token in pointer {
            switch page {
            case .object(let members):
                guard let member = members[token] else { return nil }
                page = member
            case .list(let items):
                guard token == "0" || !token.hasPrefix("0"),
                    token.utf8.allSatisfy({ (48...57).contains($0) }),
                    let index = Int(token), items.indices.contains(index)
                else { return nil }
                page = items[index]
            default:
                return nil
            }
        }
        return page
    }

    /// The tokens of a pointer such as `/raft/a~1b`; `nil` when it does not begin with a slash.
    static func tokens(of pointer: String) -> [String]? {
        guard pointer.hasPrefix("/") else { return nil }
        return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            unescaped(String($0))
        }
    }

    /// `~1` is a slash, `~0` a tilde.
    private static func unescaped(_ token: String) -> String {
        guard token.contains("~") else { return token }
        var result = ""
        var isTilde = false
        for character in token {
            switch (isTilde, character) {
            case (true, "1"): result.append("/")
            case (true, "0"): result.append("~")
            case (true, _): result += "~\(character)"
            case (false, "~"): break
            case (false, _): result.append(character)
            }
            isTilde = !isTilde && character == "~"
        }
        return isTilde ? result + "~" : result
    }
}
