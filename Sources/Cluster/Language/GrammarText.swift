extension Grammar {
    /// The grammar in EBNF, for the reference page: terminals in quotes, `{}` repeats, `[]` may be
    /// left out.
    static var ebnf: String {
        let names = Name.allCases.filter { $0 != .time }
        let width = names.map(\.rawValue.count).max() ?? 0
        return names.map { name in
            let head = name.rawValue.padded(to: width)
            return "\(head) = \(body(of: rule(name), indent: width)) ;"
        }.joined(separator: "\n") + "\n" + lexical
    }

    /// How one command looks, in the palette: `crash NODES [for TIME] [as NAME]`.
    static func usage(of verb: String) -> String? {
        for name in [Name.process, .machine, .split, .link, .heal, .traffic, .client, .lab] {
            for rule in alternatives(of: rule(name)) {
                guard case .sequence(let parts) = rule, let first = parts.first,
                    alternatives(of: first).contains(where: { $0.isWord(verb) })
                else { continue }
                return ([verb] + parts.dropFirst().map { $0.usage(unit: nil) })
                    .joined(separator: " ")
            }
        }
        return nil
    }

    static func alternatives(of rule: Rule) -> [Rule] {
        if case .choice(let rules) = rule { return rules }
        return [rule]
    }

    private static func body(of rule: Rule, indent: Int) -> String {
        let parts = alternatives(of: rule).map(\.ebnf)
        let line = parts.joined(separator: " | ")
        if line.count + indent <= 100 { return line }
        let margin = "\n" + String(repeating: " ", count: indent + 1) + "| "
        return parts.joined(separator: margin)
    }

    /// What words are made of.
    private static let lexical = #"""

        name = letter { letter | digit | "-" } ;        glob = name with "*" or "?" ;
        sentence = text | rest-of-line ;
        text = '"' { character | '\"' | '\\' } '"' | word ;
        time = number ( "ns" | "us" | "ms" | "s" | "m" | "h" ) { … } | "0" ;
        size = number ( "B" | "kB" | "MB" | "GB" | "KiB" | "MiB" | "GiB" ) ;
        bandwidth = size "/s" | number ( "bit/s" | "kbit/s" | "Mbit/s" | "Gbit/s" ) ;
        frequency = number ( "/s" | "/m" ) ;            share = number "%" ;
        """#
}

extension Grammar.Rule {
    func isWord(_ word: String) -> Bool {
        if case .terminal(.word(word)) = self { return true }
        return false
    }

    /// In EBNF, without brackets around the whole.
    var ebnf: String {
        switch self {
        case .terminal(let terminal): terminal.ebnf
        case .sequence(let rules): rules.map(\.inner).joined(separator: " ")
        case .choice(let rules): rules.map(\.ebnf).joined(separator: " | ")
        case .optional(let rule): "[ \(rule.ebnf) ]"
        case .repeated(let rule): "{ \(rule.ebnf) }"
        case .production(let name, _): name.rawValue
        }
    }

    private var inner: String {
        if case .choice = self { return "( \(ebnf) )" }
        return ebnf
    }

    /// As a palette shows it: kinds in capitals, words as they are.
    fileprivate func usage(unit: Unit?) -> String {
        switch self {
        case .terminal(.name(.newFault)): return "NAME"
        case .terminal(.word(let word)), .terminal(.mark(let word)): return word
        case .terminal(let terminal): return terminal.ebnf.uppercased()
        case .sequence(let rules):
            return rules.map { $0.usage(unit: unit) }.joined(separator: " ")
        case .choice(let rules): return rules.map { $0.usage(unit: unit) }.joined(separator: "|")
        case .production(.ending, _): return "for TIME] [as NAME"
        case .optional(let rule): return "[\(rule.usage(unit: unit))]"
        case .repeated(let rule): return "[\(rule.usage(unit: unit)) …]"
        case .production(.level, let unit): return (unit?.rawValue ?? "value").uppercased()
        case .production(.path, _): return "from|to|between NODES"
        case .production(.only, _): return "only tcp|udp|icmp|port N"
        case .production(.bell, _): return "uniform|normal|pareto|exponential"
        case .production(.group, _): return "NODES"
        case .production(.shape, _): return "halves|ring|bridge|thirds"
        case .production(let name, _): return name.rawValue.uppercased()
        }
    }
}

extension Grammar.Terminal {
    /// As the reference page writes it.
    var ebnf: String {
        switch self {
        case .word(let word): "\"\(word)\""
        case .mark(let mark): "\"\(mark)\""
        case .unit(let unit): unit.rawValue
        case .whole: "number"
        case .name(.argument), .operandWord: "word"
        case .name: "name"
        case .glob: "glob"
        case .label: "name \"=\" word"
        case .signalName: "signame"
        case .key: "key"
        case .text: "value"
        case .lastText: "sentence"
        case .quoted: "text"
        case .file: "file"
        case .urlPath: "urlpath"
        case .restOfLine: "rest-of-line"
        }
    }
}

extension String {
    /// Filled up with blanks on the right.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
