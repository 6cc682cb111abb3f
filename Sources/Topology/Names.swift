/// Which words may name a group, a label, a port or a setting.
enum Names {
    /// Selector and joining words of the command language: a node of that name could not be named.
    static let reserved: Set<String> = [
        "all", "any", "rest", "leader", "followers", "clients", "minority", "majority", "of",
        "except", "and", "or", "not", "to", "from", "between", "with", "at", "by", "for", "as",
        "within", "after", "before", "during", "until", "only", "on", "weather",
    ]

    /// Letters of a name.
    static let longest = 40

    /// What is wrong with a name of the one name space (groups, members, labels' keys), if
    /// anything.
    static func complaint(_ name: String) -> (message: String, code: String, hint: String?)? {
        if let complaint = wordComplaint(name) { return complaint }
        if reserved.contains(name) {
            return (
                "'\(name)' is a word of the command language and cannot be a name", "name/reserved",
                name == "leader" || name == "followers"
                    ? "whoever leads now is told by '\(name)'; call it primary or node instead"
                    : nil
            )
        }
        if name.first == "f", name.count > 1,
            name.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
        {
            return (
                "'\(name)' is how faults are numbered and cannot be a name", "name/reserved",
                "put another letter in front"
            )
        }
        return nil
    }

    /// What is wrong with a word as such: `[a-z][a-z0-9-]*`, at most 40 characters.
    static func wordComplaint(_ name: String) -> (message: String, code: String, hint: String?)? {
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let allowed = letters + "0123456789-"
        guard let first = name.first, letters.contains(first), name.allSatisfy(allowed.contains)
        else {
            let mended = String(
                name.lowercased().map { allowed.contains($0) ? $0 : "-" }.drop {
                    !letters.contains($0)
                })
            return (
                "'\(shortened(name))' is no name: small letters, digits and '-', a letter first",
                "name/spelling",
                mended.isEmpty || mended == name ? nil : "write \(mended.prefix(longest))"
            )
        }
        guard name.count <= longest else {
            return ("a name has at most \(longest) characters", "name/long", nil)
        }
        return nil
    }
}
