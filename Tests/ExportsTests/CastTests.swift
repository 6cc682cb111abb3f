import Cluster
import Dashboard
import Exports
import Foundation
import Journal
import Testing

/// Films of the dashboard, played by a terminal emulator that is not ours (pyte).
@Suite struct CastTests {
    /// Plays a cast of either version; prints the time, the texts of the marks, and the screen at the end.
    static let player = """
        import sys, json, pyte
        lines = sys.stdin.read().splitlines()
        head = json.loads(lines[0])
        wide = head['width'] if head['version'] == 2 else head['term']['cols']
        high = head['height'] if head['version'] == 2 else head['term']['rows']
        screen = pyte.Screen(wide, high); stream = pyte.Stream(screen)
        now, marks, shown = 0.0, [], 0
        for line in lines[1:]:
            time, code, data = json.loads(line)
            assert time >= 0
            if head['version'] == 2: assert time >= now
            now = time if head['version'] == 2 else now + time
            if code == 'm': marks.append(data)
            else: stream.feed(data); shown += 1
        print(head['version'], head.get('timestamp'), head['title'])
        print(round(now, 3), len(marks), shown)
        print('\\n'.join(screen.display))
        """

    private func screen(_ frame: Frame) -> [String] {
        (0..<frame.size.rows).map { row in
            (0..<frame.size.columns).map { frame.text(of: frame[$0, row]) }.joined()
        }
    }

    @Test(arguments: Cast.Version.allCases)
    func `a player shows what the dashboard showed, and knows the chapters`(
        version: Cast.Version
    ) throws {
        let recording = try Recording(
            path: ForeignReader.root + "/Tests/Recordings/1-kv-leader-crash.ndjson")
        let size = Size(columns: 100, rows: 30)
        var playback = Playback(recording)
        var cast = Cast(version, size: size, title: "a \"film\"\n", began: 1_700_000_000)
        for second in stride(from: 0, through: 10.0, by: 0.5) {
            playback.seek(to: Stamp(seconds: second))
            if second == 4 { cast.mark("half", at: second) }
            cast.show(
                render(playback.state, View(now: playback.position), size), at: second)
            guard [3, 6, 10].contains(second) else { continue }
            let told = try ForeignReader.python(Self.player, cast.text)
                .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let wanted = screen(render(playback.state, View(now: playback.position), size))
            #expect(Array(told[2..<32]) == wanted, "after \(second) s")
            guard second == 10 else { continue }
            #expect(told[0] == "\(version.rawValue) 1700000000 a \"film\" ")
            #expect(told[1].hasPrefix("10.0 1 ") || told[1].hasPrefix("9.5 1 "), "\(told[1])")
        }
    }

    /// Shows what a terminal was written, 60×17.
    private static let terminal = """
        import sys, pyte
        screen = pyte.Screen(60, 17); pyte.Stream(screen).feed(sys.stdin.read())
        print('\\n'.join(screen.display))
        """

    @Test func `asciinema plays it to the same picture`() throws {
        let recording = try Recording(
            path: ForeignReader.root + "/Tests/Recordings/1-kv-leader-crash.ndjson")
        let size = Size(columns: 60, rows: 17)
        var playback = Playback(recording)
        var cast = Cast(.two, size: size, title: "a film")
        for second in [1.0, 4, 9] {
            playback.seek(to: Stamp(seconds: second))
            cast.show(render(playback.state, View(now: playback.position), size), at: second)
            cast.mark("a chapter", at: second)
        }
        let played = try ForeignReader.asciinema(cast.text)
        let shown = try ForeignReader.python(Self.terminal, played).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        let wanted = screen(render(playback.state, View(now: playback.position), size))
        #expect(Array(shown.prefix(17)) == wanted)
    }

    @Test
    func `a frame that does not change is not told again, and one of another size is told anew`() {
        var cast = Cast(.two, size: Size(columns: 20, rows: 3), title: "x")
        var frame = Frame(size: Size(columns: 20, rows: 3))
        frame.write("日本 e\u{301}", at: Position(column: 1, row: 1), style: .alarm)
        cast.show(frame, at: 0)
        cast.show(frame, at: 1)
        #expect(cast.text.split(separator: "\n").count == 2)
        frame.write("!", at: Position(column: 12, row: 2))
        cast.show(frame, at: 2)
        let lines = cast.text.split(separator: "\n")
        #expect(
            lines.count == 3 && lines[2] == #"[2.000000,"o","\u001b[3;13H\u001b[0m!"]"#, "\(lines)")
        cast.show(Frame(size: Size(columns: 5, rows: 2)), at: 3)
        #expect(cast.text.contains(#"[3.000000,"o","\u001b[?25l\u001b[0m\u001b[2J"]"#))
    }
}
