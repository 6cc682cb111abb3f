internal import ArgumentParser
internal import Cluster
internal import Foundation
internal import Lab
internal import Topology

/// `squall fmt FILE`: command lines in their canonical spelling.
struct Format: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Spell the commands and expressions of a topology file canonically.",
        discussion: """
            Only the lines of scenarios are touched; comments, quotes and layout stay as they are.
            """)

    @Flag(help: "Changes nothing; the exit code is 1 where something would be changed.")
    var check = false

    @Argument(help: "A topology file.")
    var file: String

    func run() throws {
        let source = try TopologySource(file)
        guard !source.isShipped else {
            throw failure("\(file) comes with squall; give a file", code: Code.usage)
        }
        let topology = try source.read()
        let formatted = Canonical(source.text, topology).text
        if formatted == source.text { return }
        if check {
            print("\(file) is not formatted")
            throw ExitCode(1)
        }
        do {
            try formatted.write(toFile: file, atomically: true, encoding: .utf8)
        } catch {
            throw failure(
                "cannot write \(file): \(error.localizedDescription)", code: Code.unavailable)
        }
        print("formatted \(file)")
    }
}

/// A topology's text with every command and expression as it would be printed.
struct Canonical {
    private let source: String
    private let topology: Topology

    init(_ source: String, _ topology: Topology) {
        self.source = source
        self.topology = topology
    }

    var text: String {
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Array(String($0).unicodeScalars) }
        var edits: [(place: Place, old: [Unicode.Scalar], new: [Unicode.Scalar])] = []
        for scenario in topology.scenarios {
            for passage in scenario.steps.flatMap(\.passages) {
                add(passage, command(passage.text) ?? selector(passage.text), to: &edits)
            }
            for passage in scenario.always + scenario.expect {
                add(passage, (try? Clause(parsing: passage.text))?.text, to: &edits)
            }
        }
        // From the end, so that no edit moves the place of another.
        for edit in edits.sorted(by: { $0.place > $1.place }) {
            guard lines.indices.contains(edit.place.line - 1) else { continue }
            let (row, start) = (edit.place.line - 1, edit.place.column - 1)
            let end = start + edit.old.count
            // What was folded, escaped or filled in from settings stands there otherwise.
            guard start >= 0, end <= lines[row].count,
                lines[row][start..<end].elementsEqual(edit.old)
            else { continue }
            lines[row].replaceSubrange(start..<end, with: edit.new)
        }
        var text = lines.map { line in
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: line)
            return String(scalars)
        }.joined(separator: "\n")
        if !text.hasSuffix("\n") { text += "\n" }
        return means(text) ? text : source
    }

    private func add(
        _ passage: Passage, _ canonical: String?,
        to edits: inout [(place: Place, old: [Unicode.Scalar], new: [Unicode.Scalar])]
    ) {
        guard let canonical, canonical != passage.text else { return }
        edits.append(
            (passage.place, Array(passage.text.unicodeScalars), Array(canonical.unicodeScalars)))
    }

    /// `{it}` stands for a node that is not known yet.
    private func command(_ text: String) -> String? {
        let stand = "it-of-each-round"
        let line = text.replacing("{it}", with: stand)
        return (try? Cluster.Command(parsing: line))?.text.replacing(stand, with: "{it}")
    }

    private func selector(_ text: String) -> String? { (try? Selector(parsing: text))?.text }

    /// Whether another text says the same: quotes and comments of YAML may have been in the way.
    private func means(_ text: String) -> Bool {
        guard let other = Topology.read(text, file: "").topology,
            other.scenarios.count == topology.scenarios.count
        else { return false }
        return zip(topology.scenarios, other.scenarios).allSatisfy { old, new in
            let (a, b) = (old.steps.flatMap(\.passages), new.steps.flatMap(\.passages))
            let (c, d) = (old.always + old.expect, new.always + new.expect)
            return a.count == b.count && c.count == d.count
                && zip(a, b).allSatisfy {
                    (command($0.text) ?? $0.text) == (command($1.text) ?? $1.text)
                }
                && zip(c, d).allSatisfy {
                    (try? Clause(parsing: $0.text)) == (try? Clause(parsing: $1.text))
                }
        }
    }
}
