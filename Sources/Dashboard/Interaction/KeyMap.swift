/// Keys that a viewer has moved: what is pressed, and the key of the reference that it stands for. Prompts
/// and panels take keys as they are.
public struct KeyMap: Equatable, Sendable {
    private var everywhere: [Input: Input?] = [:]
    private var screens: [View.Screen: [Input: Input?]] = [:]

    /// Every key is where the reference has it.
    public init() {}

    /// What a key means on a screen; `nil` where it was taken away.
    func meaning(of input: Input, on screen: View.Screen) -> Input? {
        screens[screen]?[input] ?? everywhere[input] ?? input
    }

    /// The key to be pressed for a meaning: the moved one first, itself where it still has its meaning.
    func key(for meaning: Input, on screen: View.Screen) -> Input? {
        let moved =
            (screens[screen] ?? [:]).filter { $0.value == meaning }.keys
            + everywhere.filter { $0.value == meaning }.keys.filter {
                self.meaning(of: $0, on: screen) == meaning
            }
        let name = moved.map(KeyMap.name).min()
        if let name { return KeyMap.input(name) }
        return self.meaning(of: meaning, on: screen) == meaning ? meaning : nil
    }

    // MARK: Reading

    /// A mistake in a file of keys.
    public struct Mistake: Error, Equatable, Sendable {
        /// From 1.
        public var line: Int
        /// What is wrong, and what would be right.
        public var message: String
    }

    /// All mistakes of a file.
    public struct Mistakes: Error, Equatable, Sendable {
        /// In the order of the lines.
        public var all: [Mistake]
    }

    /// Lines such as `everywhere y = x`: on which screen, what is pressed, what it stands for in the
    /// reference; `none` takes a key away. `#` begins a remark.
    ///
    /// - Throws: `Mistakes`, all of them at once.
    public init(parsing text: String) throws(Mistakes) {
        var mistakes: [Mistake] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, first.first != "#" else { continue }
            do throws(Mistake) {
                try add(words.map(String.init), line: index + 1)
            } catch {
                mistakes.append(error)
            }
        }
        if !mistakes.isEmpty { throw Mistakes(all: mistakes) }
    }

    private mutating func add(_ words: [String], line: Int) throws(Mistake) {
        func mistake(_ message: String) -> Mistake { Mistake(line: line, message: message) }
        guard words.count >= 4, words[2] == "=", words.count == 4 || words[4].hasPrefix("#") else {
            throw mistake("a line is SCREEN KEY = KEY, such as: everywhere y = x")
        }
        let screen = View.Screen(rawValue: words[0])
        guard screen != nil || words[0] == "everywhere" else {
            let known = View.Screen.allCases.map(\.rawValue).joined(separator: " ")
            throw mistake("no screen is called \(words[0]); there are: everywhere \(known)")
        }
        guard let pressed = KeyMap.input(words[1]) else {
            throw mistake("\(words[1]) is no key; keys are: \(KeyMap.spelling)")
        }
        guard pressed != .escape, pressed != .control("c") else {
            throw mistake("\(words[1]) always leads out, and keeps its meaning")
        }
        let meaning = KeyMap.input(words[3])
        guard meaning != nil || words[3] == "none" else {
            throw mistake("\(words[3]) is no key; keys are: \(KeyMap.spelling), or none")
        }
        let known = screen.map { screens[$0]?[pressed] } ?? everywhere[pressed]
        guard known == nil else {
            throw mistake("\(words[1]) was moved \(words[0]) in a line above")
        }
        if let screen {
            screens[screen, default: [:]][pressed] = .some(meaning)
        } else {
            everywhere[pressed] = .some(meaning)
        }
    }

    // MARK: Names

    private static let spelling =
        "a character, Space Enter Esc Tab BackTab Backspace Delete Up Down Left Right "
        + "Home End PageUp PageDown F1 to F12, Ctrl-a to Ctrl-z"

    private static let named: [(name: String, input: Input)] = [
        ("Space", .character(" ")), ("Enter", .enter), ("Esc", .escape), ("Tab", .tab),
        ("BackTab", .backTab), ("Backspace", .backspace), ("Delete", .delete), ("Up", .up),
        ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home), ("End", .end),
        ("PageUp", .pageUp), ("PageDown", .pageDown),
    ]

    /// The key of a name; `nil` for what is none.
    static func input(_ name: String) -> Input? {
        if name.unicodeScalars.count == 1, let scalar = name.unicodeScalars.first {
            return Width.columns(name) > 0 ? .character(scalar) : nil
        }
        if let known = named.first(where: { $0.name.lowercased() == name.lowercased() }) {
            return known.input
        }
        let lower = name.lowercased()
        if lower.hasPrefix("ctrl-"), let letter = lower.unicodeScalars.last,
            lower.unicodeScalars.count == 6, ("a"..."z").contains(letter)
        {
            return .control(letter)
        }
        if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...12).contains(number) {
            return .function(number)
        }
        return nil
    }

    /// How a key is called where it is shown.
    static func name(_ input: Input) -> String {
        if let known = named.first(where: { $0.input == input }) { return known.name }
        return switch input {
        case .character(let scalar): String(Character(scalar))
        case .control(let letter): "Ctrl-" + String(Character(letter))
        case .function(let number): "F\(number)"
        default: ""
        }
    }
}
