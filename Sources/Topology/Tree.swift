/// The file as squall sees it: texts, lists and maps with their places. Nothing has a type yet;
/// `no`, `22:22` and `0777` are texts, and the key that holds one says what it must be.
struct Item: Sendable {
    var place: Place
    var kind: Kind
    /// Written in `[ ]` or `{ }`.
    var flow = false

    indirect enum Kind: Sendable {
        case text(Passage, plain: Bool, end: Place)
        case list([Item])
        case map([Entry])
    }

    struct Entry: Sendable {
        var key: Passage
        var value: Item
    }

    /// A key without a value, `key:`; an empty text in quotes is not nothing.
    var isNothing: Bool {
        guard case .text(let passage, let plain, _) = kind else { return false }
        return plain && (passage.text.isEmpty || passage.text == "~" || passage.text == "null")
    }

    /// As it is named in messages.
    var described: String {
        switch kind {
        case _ where isNothing: "nothing"
        case .text(let passage, _, _): "'\(shortened(passage.text))'"
        case .list: "a list"
        case .map(let entries):
            flow && entries.count == 1 && entries[0].value.isNothing
                ? "a mapping {\(shortened(entries[0].key.text))}" : "a mapping"
        }
    }
}

/// Texts in messages: one line, not too long.
func shortened(_ text: String) -> String {
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init)
    let first = line ?? ""
    return first.count > 60 ? first.prefix(57) + "…" : first == text ? first : first + "…"
}
