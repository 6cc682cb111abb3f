/// A fault in one line: fields with sane values, each changed with the arrow keys or by typing. What
/// it stands for is a command line, shown while it is made.
public struct Form: Equatable, Sendable {
    /// The verb, also the title.
    public var verb: String
    /// From left to right, in the order of the command.
    public private(set) var fields: [Field]
    /// The one that the arrow keys change.
    public private(set) var active: Int
    /// What the command would do.
    public var effect = ""
    /// Why it would be refused.
    public var complaint: String?

    /// A form whose cursor is on one of its fields.
    init(verb: String, fields: [Field], active: Int = 0) {
        self.verb = verb
        self.fields = fields
        self.active = min(max(0, active), max(0, fields.count - 1))
    }

    /// One part of the command.
    public struct Field: Equatable, Sendable {
        /// What it is about: `by`, `for`.
        public var label: String
        /// Written before the value; empty for none.
        var prefix: String
        /// Values to choose from; an empty one leaves the part out.
        var choices: [String]
        /// Which of them.
        var index: Int
        /// What was typed instead.
        var typed: String?
        /// Shown for an empty value.
        var otherwise: String

        init(
            _ label: String, prefix: String = "", _ choices: [String], index: Int = 0,
            otherwise: String = "no"
        ) {
            self.label = label
            self.prefix = prefix
            self.choices = choices
            self.index = index
            self.otherwise = otherwise
        }

        /// What it says now; may be empty.
        var value: String { typed ?? (index < choices.count ? choices[index] : "") }

        /// Its part of the command; empty when it is left out.
        var part: String {
            if value.isEmpty { return "" }
            return prefix.isEmpty ? value : prefix + " " + value
        }
    }

    /// The command line.
    public var command: String {
        ([verb] + fields.map(\.part)).filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The command line with every part that may be left out.
    var fullest: String {
        var form = self
        for index in fields.indices where fields[index].value.isEmpty {
            form.fields[index].index = fields[index].choices.firstIndex { !$0.isEmpty } ?? 0
        }
        return form.command
    }

    /// Takes a key; `false` when it means nothing in a form.
    mutating func on(_ input: Input) -> Bool {
        guard !fields.isEmpty else { return false }
        switch input {
        case .left, .backTab: active = (active + fields.count - 1) % fields.count
        case .right, .tab: active = (active + 1) % fields.count
        case .up: cycle(1)
        case .down: cycle(-1)
        case .character("+"): cycle(1)
        case .character("-") where fields[active].typed == nil: cycle(-1)
        case .character(let scalar): type(scalar)
        case .backspace: erase()
        default: return false
        }
        return true
    }

    private mutating func cycle(_ step: Int) {
        let count = fields[active].choices.count
        guard count > 0 else { return }
        if fields[active].typed != nil {
            fields[active].typed = nil
        } else {
            fields[active].index = (fields[active].index + step + count) % count
        }
    }

    private mutating func type(_ scalar: Unicode.Scalar) {
        guard Width.columns(scalar) != nil, (fields[active].typed ?? "").count < 80 else { return }
        fields[active].typed = (fields[active].typed ?? "") + String(Character(scalar))
    }

    private mutating func erase() {
        var text = fields[active].value
        if !text.isEmpty { text.removeLast() }
        fields[active].typed = text
    }
}
