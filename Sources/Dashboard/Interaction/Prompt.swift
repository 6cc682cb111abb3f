public import Cluster

/// A line that is being typed, with history and what could come next.
public struct Prompt: Equatable, Sendable {
    /// What is typed.
    public private(set) var text: String
    /// Characters before the caret.
    public private(set) var caret: Int
    /// What could come next; refreshed by whoever owns the prompt.
    public var completion: Completion?
    /// Which of them is chosen with the arrow keys or Tab.
    public private(set) var chosen: Int?
    /// Why the line would be refused, with the column where.
    public var complaint: String?
    /// What the line would do, or how it could go on.
    public var help = ""
    /// How far back in the history; 0 is the line that is typed.
    private var back = 0
    private var typed = ""

    /// Longest line that may be typed.
    public static let longest = 500

    /// A line with the caret at its end.
    public init(_ text: String = "") {
        self.text = text
        caret = text.count
    }

    /// Takes a key; `false` when it means nothing in a line.
    mutating func on(_ input: Input, history: [String]) -> Bool {
        switch input {
        case .character(let scalar): insert(scalar)
        case .backspace: remove(before: true)
        case .delete: remove(before: false)
        case .left: caret = max(0, caret - 1)
        case .right: caret = min(text.count, caret + 1)
        case .home, .control("a"): caret = 0
        case .end, .control("e"): caret = text.count
        case .control("u"): replace(with: "")
        case .control("w"): removeWord()
        case .tab: choose(1)
        case .backTab: choose(-1)
        case .up: recall(back + 1, history)
        case .down: recall(back - 1, history)
        default: return false
        }
        return true
    }

    /// Takes another line.
    mutating func replace(with line: String) {
        text = line
        caret = line.count
        chosen = nil
    }

    /// The text before the caret.
    public var beforeCaret: String { String(text.prefix(caret)) }

    private mutating func insert(_ scalar: Unicode.Scalar) {
        guard text.count < Prompt.longest, Width.columns(scalar) != nil else { return }
        var head = String(text.prefix(caret))
        let tail = String(text.dropFirst(caret))
        head.unicodeScalars.append(scalar)
        text = head + tail
        caret = min(head.count, text.count)
        chosen = nil
    }

    private mutating func remove(before: Bool) {
        let index = before ? caret - 1 : caret
        guard index >= 0, index < text.count else { return }
        text.remove(at: text.index(text.startIndex, offsetBy: index))
        caret = index
        chosen = nil
    }

    private mutating func removeWord() {
        var head = Array(text.prefix(caret))
        let tail = text.dropFirst(caret)
        while head.last == " " { head.removeLast() }
        while let last = head.last, last != " " { head.removeLast() }
        text = String(head) + tail
        caret = head.count
        chosen = nil
    }

    /// A single candidate is taken at once; of several, Tab goes round.
    private mutating func choose(_ step: Int) {
        guard let completion, !completion.candidates.isEmpty else { return }
        let count = completion.candidates.count
        let next = chosen.map { ($0 + step + count) % count } ?? (step > 0 ? 0 : count - 1)
        let tail = chosen == nil ? String(text.dropFirst(caret)) : ""
        let head = String(text.prefix(completion.start)) + completion.candidates[next].text
        let line = head + (tail.hasPrefix(" ") || !tail.isEmpty ? "" : " ")
        text = line + tail
        caret = line.count
        chosen = count == 1 ? nil : next
    }

    private mutating func recall(_ wanted: Int, _ history: [String]) {
        guard wanted >= 0, wanted <= history.count, wanted != back else { return }
        if back == 0 { typed = text }
        back = wanted
        let line = wanted == 0 ? typed : history[history.count - wanted]
        text = line
        caret = line.count
        chosen = nil
    }
}
