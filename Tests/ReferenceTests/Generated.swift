import ArgumentParser
import Foundation

@testable import Chaos
@testable import Cluster
@testable import Commands
@testable import Dashboard
@testable import Topology

/// The blocks that are printed from the program's own tables, by page and name.
enum Generated {
    static func blocks() throws -> [(page: String, name: String, text: String)] {
        [
            ("language.md", "verbs", verbs), ("language.md", "grammar", grammar),
            ("language.md", "signals", signals), ("language.md", "reserved", reserved),
            ("keys.md", "screens", screens), ("keys.md", "menu", menu),
            ("keys.md", "palette", palette), ("topology.md", "not-yet", notYet),
            ("cli.md", "subcommands", try subcommands()),
        ]
    }

    // MARK: Language

    static func isHere(_ verb: LanguageReference.Verb) -> Bool {
        verb.isInThisVersion
    }

    private static var verbs: String {
        let all = LanguageReference.verbs
        let rows = (all.filter(isHere) + all.filter { !isHere($0) }).map { verb in
            [code(verb.usage), verb.help, isHere(verb) ? "" : "not in this version"]
        }
        return table(["command", "what it does", ""], rows)
    }

    private static var grammar: String { "```ebnf\n\(LanguageReference.grammar)\n```" }

    private static var signals: String {
        let rows = LanguageReference.signals.map { signal in
            [
                code(signal.usage), signal.value, signal.help,
                Signals.notYet.contains(signal.word) ? "not in this version" : "",
            ]
        }
        return table(["signal", "its value", "what it tells", ""], rows)
    }

    private static var reserved: String {
        LanguageReference.reserved.map(code).joined(separator: " ")
    }

    // MARK: Keys

    private static var screens: String {
        var sections: [Help.Section] = []
        for screen in View.Screen.allCases {
            var view = View()
            view.screen = screen
            for section in Help.sections(view)
            where !sections.contains(where: { $0.title == section.title }) {
                sections.append(section)
            }
        }
        sections += [Help.replay, Help.lesson]
        return sections.map { section in
            "### \(section.title)\n\n"
                + table(["key", "what it does"], section.keys.map { [code($0.0), $0.1] })
        }.joined(separator: "\n\n")
    }

    private static var menu: String {
        table(
            ["key", "fault", "in a few words"],
            FaultMenu.items.map { [code(String(Character($0.key))), code($0.verb), $0.about] })
    }

    private static var palette: String { Interaction.ownWords.map(code).joined(separator: " ") }

    // MARK: Topology

    private static var notYet: String {
        let keys = NotYet.keys.sorted().map { "- key `\($0)`" }
        let values = NotYet.values.sorted().map { "- value `\($0.replacing("=", with: ": "))`" }
        return (keys + values).joined(separator: "\n")
    }

    // MARK: Command line

    private static func subcommands() throws -> String {
        let tool = try JSONDecoder().decode(Tool.self, from: Data(Squall._dumpHelp().utf8))
        return (tool.command.subcommands ?? []).flatMap(\.all).map(section).joined(
            separator: "\n\n")
    }

    private static func section(_ command: Tool.Command) -> String {
        var parts = ["### `\(command.path)`", command.abstract ?? ""]
        if let discussion = command.discussion, !discussion.isEmpty {
            parts.append(discussion.split(separator: "\n").joined(separator: " "))
        }
        let rows = command.own.map { argument in
            let standard = argument.defaultValue.map { " Left out: `\($0)`." } ?? ""
            return [code(argument.text), (argument.abstract ?? "") + standard]
        }
        if !rows.isEmpty { parts.append(table(["argument", "what it is for"], rows)) }
        return parts.joined(separator: "\n\n")
    }

    // MARK: Markdown

    private static func code(_ text: String) -> String {
        let safe = text.replacing("|", with: "\\|")
        return text.contains("`") ? "`` \(safe) ``" : "`\(safe)`"
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let rule = head.map { _ in "---" }
        return ([head, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }
}

/// What the argument parser says of the program's subcommands and options.
struct Tool: Decodable {
    var command: Command

    struct Command: Decodable {
        var superCommands: [String]?
        var commandName: String
        var shouldDisplay: Bool
        var abstract: String?
        var discussion: String?
        var subcommands: [Command]?
        var arguments: [Argument]?

        /// `squall runs prune`.
        var path: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

        /// It and what is below it, without what the parser adds by itself.
        var all: [Command] {
            guard shouldDisplay, commandName != "help" else { return [] }
            return [self] + (subcommands ?? []).flatMap(\.all)
        }

        /// Without those that every command has.
        var own: [Argument] {
            (arguments ?? []).filter {
                $0.shouldDisplay && $0.valueName != "help" && $0.valueName != "version"
            }
        }
    }

    struct Argument: Decodable {
        var kind: String
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var defaultValue: String?

        struct Name: Decodable {
            var name: String
        }

        /// `--seed SEED`, `TOPOLOGY`, `[NODES …]`.
        var text: String {
            let value = (valueName ?? "value").uppercased()
            let name = names?.first.map { "--\($0.name)" } ?? ""
            switch kind {
            case "flag": return name
            case "option": return "\(name) \(value)"
            default:
                let many = value + (isRepeating ? " …" : "")
                return isOptional ? "[\(many)]" : many
            }
        }
    }
}
