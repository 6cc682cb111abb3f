internal import Yams

/// Limits of a topology file; beyond them it is refused before anything is built from it.
enum Limits {
    /// Bytes of a file.
    static let bytes = 1 << 20
    /// Texts, lists and maps, each alias counted as often as it is used.
    static let items = 10_000
    /// Machines of one topology, clients included.
    static let machines = 1_000
    /// Lists and maps inside each other.
    static let depth = 50
}

/// Turns a file into an `Item`, or into what is wrong with it as YAML.
struct TreeLoader {
    let source: SourceText
    private(set) var found: [Diagnostic] = []
    private var items = 0
    private var repeated: [Place: String] = [:]

    init(source: SourceText) {
        self.source = source
    }

    /// The file's tree; `nil` when it is no YAML, too large, or empty.
    mutating func load(_ text: String) -> Item? {
        guard text.utf8.count <= Limits.bytes else {
            complain(
                Place(line: 1, column: 1), "the file is larger than 1 MiB", "yaml/too-large",
                "split it, or move long texts into files of their own")
            return nil
        }
        guard !hasControlCharacters() else { return nil }
        for place in AliasKeys(in: source).places {
            complain(place, "an alias cannot be a key here", "key/alias", "write the key out")
        }
        guard found.isEmpty else { return nil }
        guard let node = compose(text) else { return nil }
        let tree = item(node, depth: 0)
        if items > Limits.items {
            complain(
                Place(line: 1, column: 1),
                "more than \(Limits.items) values after aliases were followed", "yaml/too-large")
            return nil
        }
        return tree
    }

    private mutating func complain(
        _ place: Place, _ message: String, _ code: String, _ hint: String? = nil
    ) {
        found.append(source.diagnostic(at: place, message, code: code, hint: hint))
    }

    private mutating func hasControlCharacters() -> Bool {
        for (row, line) in source.lines.enumerated() {
            for (column, scalar) in line.enumerated() where !isPrintable(scalar) {
                let number = String(scalar.value, radix: 16, uppercase: true)
                let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
                complain(
                    Place(line: row + 1, column: column + 1),
                    "a character that YAML does not allow, U+\(padded)", "yaml/character",
                    "remove it, or write \"\\x..\" in double quotes")
            }
        }
        return !found.isEmpty
    }

    private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF:
            scalar.value != 0xFEFF
        default: false
        }
    }

    /// Lets Yams read. It stops at the first key that is there twice, without saying where: then
    /// the second one is found, set apart with a private character of the same width, and told
    /// later.
    private mutating func compose(_ text: String) -> Node? {
        var lines = source.lines
        for attempt in 0...Diagnostics.most {
            do {
                let text = attempt == 0 ? text : String(joining: lines)
                return try Yams.Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let first = Place(line: context.mark.line, column: context.mark.column)
                guard let name = names.first,
                    let second = DuplicateKey(lines: lines, first: first).second(of: name),
                    let mark = Unicode.Scalar(0xE000 + UInt32(attempt))
                else {
                    complain(
                        first, "a key is here twice: \(names.joined(separator: ", "))",
                        "key/twice", "keep one of them")
                    return nil
                }
                complain(
                    second, "'\(shortened(name))' is here twice, first in line \(first.line)",
                    "key/twice", "keep one of them")
                lines[second.line - 1][second.column - 1] = mark
                repeated[second] = name
            } catch let error as YamlError {
                syntax(error)
                return nil
            } catch {
                complain(Place(line: 1, column: 1), "\(error)", "yaml/syntax")
                return nil
            }
        }
        return nil
    }

    private mutating func syntax(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = Place(line: mark.line, column: mark.column)
            let began = context.map { Place(line: $0.mark.line, column: $0.mark.column) }
            let trap = SyntaxTrap(source: source, place: place, began: began, problem: problem)
            complain(trap.place, trap.message, trap.code, trap.hint)
        case .reader(let problem, _, _, _):
            complain(Place(line: 1, column: 1), problem, "yaml/character")
        default:
            complain(Place(line: 1, column: 1), "\(error)", "yaml/syntax")
        }
    }

    private mutating func item(_ node: Node, depth: Int) -> Item? {
        items += 1
        guard items <= Limits.items else { return nil }
        let mark = node.mark.map { Place(line: $0.line, column: $0.column) } ?? .nowhere
        let place = source.behindAnchor(mark)
        guard depth <= Limits.depth else {
            complain(
                place, "more than \(Limits.depth) lists and maps inside each other", "yaml/deep")
            return nil
        }
        if source.scalar(at: place) == "!" {
            complain(
                place, "'!' begins a tag, and tags are not used here", "yaml/tag",
                "put the value in quotes, or write 'all except x' for '!x'")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let style: ScalarPlaces.Style
            switch source.scalar(at: place) {
            case "'" where scalar.style == .singleQuoted: style = .single
            case "\"" where scalar.style == .doubleQuoted: style = .double
            case "|" where scalar.style == .literal: style = .block
            case ">" where scalar.style == .folded: style = .block
            default: style = .plain
            }
            let places = ScalarPlaces(scalar.string, style, at: mark, in: source)
            return Item(
                place: place,
                kind: .text(places.passage, plain: style == .plain, end: places.end))
        case .sequence(let sequence):
            let flow = source.scalar(at: place) == "["
            return Item(
                place: place, kind: .list(sequence.compactMap { item($0, depth: depth + 1) }),
                flow: flow)
        case .mapping(let mapping):
            var entries: [Item.Entry] = []
            for (key, value) in mapping {
                if let entry = entry(key, value, depth: depth + 1) { entries.append(entry) }
            }
            return Item(
                place: place, kind: .map(entries), flow: source.scalar(at: place) == "{")
        case .alias:
            return nil  // Yams follows aliases while composing
        }
    }

    private mutating func entry(_ key: Node, _ value: Node, depth: Int) -> Item.Entry? {
        guard let keyItem = item(key, depth: depth) else { return nil }
        guard case .text(let passage, let plain, _) = keyItem.kind else {
            complain(
                keyItem.place, "a key must be a text, found \(keyItem.described)", "key/text",
                keyItem.described.hasPrefix("a mapping")
                    ? "a placeholder at the start of a key needs quotes" : nil)
            return nil
        }
        if repeated[passage.place] != nil { return nil }
        if plain, passage.text == "<<" {
            complain(
                passage.place, "merge keys are not used here", "yaml/merge",
                "write the keys out, or use an alias for the whole value")
            return nil
        }
        guard let valueItem = item(value, depth: depth) else { return nil }
        return Item.Entry(key: passage, value: valueItem)
    }
}

extension String {
    /// Lines put together again.
    fileprivate init(joining lines: [[Unicode.Scalar]]) {
        var text = String.UnicodeScalarView()
        for line in lines {
            text.append(contentsOf: line)
            text.append("\n")
        }
        self.init(text)
    }
}

extension TreeLoader {
    /// A file that has to be whole: its text by lines, and its tree. `hint` says what it has at least. Throws
    /// every mistake of the YAML, or that there is nothing.
    static func whole(
        _ text: String, file: String, hint: String
    ) throws(Diagnostics) -> (source: SourceText, tree: Item) {
        let (source, text) = SourceText.readable(text, file: file)
        var loader = TreeLoader(source: source)
        let tree = loader.load(text)
        guard loader.found.isEmpty else { throw Diagnostics(loader.found) }
        guard let tree else {
            throw Diagnostics([
                source.diagnostic(
                    at: Place(line: 1, column: 1), "the file is empty", code: "yaml/empty",
                    hint: hint)
            ])
        }
        return (source, tree)
    }
}
