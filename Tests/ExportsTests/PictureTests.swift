import Dashboard
import Exports
import Testing

@Suite struct PictureTests {
    @Test("A frame as SVG is well-formed XML that holds its text", arguments: [Theme.dark, .light])
    func wellFormed(_ theme: Theme) {
        var frame = Frame(size: Size(columns: 40, rows: 3))
        frame.write("redis-sentinel", at: Position(column: 1, row: 0), flags: .bold)
        frame.write("▲ DEGRADED 中文 e\u{301}", at: Position(column: 1, row: 1), style: .warning)
        frame.mark(.selected, row: 1, columns: 0..<40)
        frame.write("found", at: Position(column: 1, row: 2), style: .match)
        let text = svg(frame, theme: theme)
        #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
        #expect(text.contains("redis-sentinel") && text.contains("DEGRADED"))
        #expect(isBalanced(text))
    }

    @Test("What nodes write cannot break out of a picture")
    func escaped() {
        var frame = Frame(size: Size(columns: 40, rows: 1))
        frame.write("</text><script>&\"x\"", at: Position(column: 0, row: 0))
        let text = svg(frame)
        #expect(!text.contains("<script>"))
        #expect(text.contains("&lt;/text&gt;&lt;script&gt;&amp;"))
        #expect(isBalanced(text))
    }

    /// Every tag that is opened is closed, in order.
    private func isBalanced(_ text: String) -> Bool {
        var open: [Substring] = []
        for piece in text.split(separator: "<").filter({ !$0.isEmpty }) {
            guard let end = piece.firstIndex(of: ">") else { return false }
            let tag = piece[..<end]
            if tag.hasSuffix("/") { continue }
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return false }
            } else {
                open.append(tag.prefix { $0 != " " })
            }
        }
        return open.isEmpty
    }
}
