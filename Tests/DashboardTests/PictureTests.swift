import Dashboard
import Exports
import Foundation
import Testing

@Suite struct PictureTests {
    @Test("A frame as SVG is well-formed XML that holds its text", arguments: [Theme.dark, .light])
    func wellFormed(_ theme: Theme) {
        let frame = render(Screens.sentinel, Screens.now, Size(columns: 120, rows: 35))
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
