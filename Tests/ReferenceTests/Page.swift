import Foundation

/// A page of the repository, and what stands in it for programs to read.
struct Page {
    /// As in a link: `language.md`.
    let name: String
    private(set) var lines: [String]
    private let path: String

    /// The pages of the reference: whatever lies in its folder.
    static let reference: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: "Sources/Commands/Reference").path())
        return (files ?? []).filter { $0.hasSuffix(".md") }.sorted()
    }()

    /// Names of what lies in a folder of the repository.
    static func files(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: folder).path())) ?? []
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    init(_ name: String) throws {
        self.name = name
        let folder = name == "README.md" ? "" : "Sources/Commands/Reference/"
        path = Page.root.appending(path: folder + name).path()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    static func all() throws -> [Page] { try (reference + ["README.md"]).map { try Page($0) } }

    var text: String { lines.joined(separator: "\n") }

    // MARK: Generated blocks

    /// Names of the blocks between `<!-- generated: NAME -->` and `<!-- end -->`.
    var generated: [String] {
        lines.filter { $0.hasPrefix("<!-- generated: ") }
            .map { String($0.dropFirst(16).dropLast(4)) }
    }

    /// What stands in a generated block.
    func block(_ name: String) -> String? {
        range(of: name).map { lines[$0].joined(separator: "\n") }
    }

    /// Writes another text into a generated block.
    mutating func replace(_ name: String, with text: String) throws {
        guard let range = range(of: name) else { return }
        lines.replaceSubrange(
            range,
            with: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        try self.text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func range(of name: String) -> Range<Int>? {
        guard let start = lines.firstIndex(of: "<!-- generated: \(name) -->"),
            let end = lines[start...].firstIndex(of: "<!-- end -->")
        else { return nil }
        return start + 1..<end
    }

    // MARK: Examples

    /// The fenced blocks in a language, each with the number of its first line.
    func fenced(_ language: String) -> [(line: Int, text: String)] {
        var blocks: [(line: Int, text: String)] = []
        var open: (line: Int, language: String, lines: [String])?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    if block.language == language {
                        blocks.append((block.line, block.lines.joined(separator: "\n") + "\n"))
                    }
                    open = nil
                } else {
                    open = (index + 2, String(line.dropFirst(3)), [])
                }
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }

    /// The first cells of the table behind `<!-- MARK -->`, with their rows.
    func table(_ mark: String) -> [(cell: String, row: String)] {
        guard let start = lines.firstIndex(of: "<!-- \(mark) -->") else { return [] }
        return lines[(start + 1)...].drop { $0.isEmpty }.prefix { $0.hasPrefix("|") }.dropFirst(2)
            .map { row in
                let cell = row.dropFirst().prefix { $0 != "|" }
                return (cell.filter { $0 != "`" }.trimmingCharacters(in: .whitespaces), row)
            }
    }
}
