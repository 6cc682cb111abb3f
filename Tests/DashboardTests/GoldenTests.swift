import Cluster
import Dashboard
import Testing

/// A screen in every size that has a layout of its own.
struct GoldenScreen: CustomTestStringConvertible, Sendable {
    var name: String
    var state: ClusterState
    var view: View
    var keys: [Input] = []
    var sizes = GoldenScreen.layouts

    static let layouts = [
        Size(columns: 160, rows: 45), Size(columns: 120, rows: 35), Size(columns: 80, rows: 24),
        Size(columns: 60, rows: 17), Size(columns: 40, rows: 10),
    ]

    var testDescription: String { name }

    /// The screen after its keys, in one size and glyph set.
    func frame(_ size: Size, _ glyphs: GlyphSet) -> Frame {
        var view = view
        view.glyphs = glyphs
        var interaction = Interaction(view: view)
        for key in keys { _ = interaction.on(key, state: state) }
        return render(state, interaction.view, size)
    }

    var sections: [(title: String, frame: Frame)] {
        // Blocks differ from dots only in graphs: once is enough.
        sizes.flatMap { size in
            (size.columns == 120 ? GlyphSet.allCases : [.braille, .ascii]).map { glyphs in
                ("\(size.columns)x\(size.rows) \(glyphs.rawValue)", frame(size, glyphs))
            }
        }
    }
}

@Suite struct GoldenTests {
    @Test("A screen looks as it was approved", arguments: Screens.all)
    func approved(_ screen: GoldenScreen) {
        GoldenFile(name: screen.name).check(screen.sections)
    }

    @Test("Nothing but seven bits is in a frame of the ASCII set", arguments: Screens.all)
    func ascii(_ screen: GoldenScreen) {
        for size in screen.sizes {
            let lines = screen.frame(size, .ascii).lines
            let odd = lines.joined().unicodeScalars.filter { !$0.isASCII }
            // What nodes write is theirs.
            if !screen.name.hasPrefix("logs") && !screen.name.hasPrefix("node") {
                #expect(
                    odd.isEmpty, "\(screen.name) \(size): \(String(String.UnicodeScalarView(odd)))")
            }
        }
    }

    @Test(
        "Down to one line, the verdict is there", arguments: [200, 80, 40, 20, 12], [1, 2, 3, 5])
    func tiny(columns: Int, rows: Int) {
        let state = Runs.sentinel().state
        let frame = render(
            state, View(now: Stamp(seconds: 251.3)), Size(columns: columns, rows: rows))
        #expect(frame.lines[0].contains("DEGRADED"))
    }

    @Test("A frame of no size at all is empty", arguments: [(0, 0), (0, 10), (10, 0), (1, 1)])
    func empty(columns: Int, rows: Int) {
        let frame = render(
            Runs.sentinel().state, View(), Size(columns: columns, rows: rows))
        #expect(frame.cells.count == columns * rows)
    }

    @Test("Numbers keep their place from second to second")
    func noJitter() {
        var places: Set<[Int]> = []
        for end in stride(from: 200, through: 230, by: 5) {
            let view = View(now: Stamp(seconds: Double(end) + 0.4))
            let frame = render(
                Runs.sentinel(until: end).state, view, Size(columns: 160, rows: 45))
            // Where the digits and units of a healthy row end.
            let row = Array(frame.lines[3])
            places.insert(row.indices.dropLast().filter { row[$0] != " " && row[$0 + 1] == " " })
        }
        #expect(places.count == 1)
    }
}
