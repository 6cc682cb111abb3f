import Cluster
import Dashboard
import Foundation
import Synchronization
import Testing

@testable import Terminal

/// The whole painter on a pseudo-terminal, with a world made by hand.
@Suite(.serialized) struct PainterTests {
    @Test("A viewer who detaches leaves the lab alone; the terminal gets its screen back")
    func detach() throws {
        let pane = try Pane()
        let painter = pane.start()
        #expect(pane.reads(until: "HEALTHY"))
        pane.type("qd")
        #expect(painter.end() == .detach)
        #expect(pane.reads(until: "\u{1B}[?1049l"))
    }

    @Test("A key becomes a command in the world")
    func command() throws {
        let pane = try Pane()
        let painter = pane.start()
        #expect(pane.reads(until: "HEALTHY"))
        pane.type("c")
        #expect(pane.reads(until: "crash kv-1 for 10s"))
        pane.type("qs")
        #expect(painter.end() == .stop)
        #expect(pane.desk.commands == ["key: crash kv-1 for 10s"])
    }

    @Test("When nothing changes, not a byte is written")
    func silent() throws {
        let pane = try Pane()
        let painter = pane.start()
        #expect(pane.reads(until: "HEALTHY"))
        pane.settle()
        for _ in 0..<5 { pane.poke() }
        #expect(pane.pending == 0)
        pane.type("qd")
        #expect(painter.end() == .detach)
    }

    @Test("When only the clock moves, a tick costs 200 bytes at most")
    func clock() throws {
        let pane = try Pane(columns: 160, rows: 45, nodes: 10)
        let painter = pane.start()
        #expect(pane.reads(until: "HEALTHY"))
        for second in 6..<12 {
            pane.settle()
            pane.desk.setClock(Double(second) + 0.5)
            pane.poke()
            let bytes = pane.pending
            #expect(bytes > 0 && bytes <= 200, "\(bytes) bytes")
        }
        pane.type("qd")
        #expect(painter.end() == .detach)
    }

    @Test("What is new is painted, and only that")
    func changes() throws {
        let pane = try Pane()
        let painter = pane.start()
        #expect(pane.reads(until: "HEALTHY"))
        pane.settle()
        pane.desk.add(.note("hello from the test", by: "somebody"))
        pane.poke()
        #expect(pane.reads(until: "hello from the test"))
        #expect(pane.readBytes < 400, "\(pane.readBytes) bytes")
        pane.type("qd")
        #expect(painter.end() == .detach)
    }

    @Test("Pasted text is no sequence of commands")
    func paste() throws {
        let pane = try Pane()
        let painter = pane.start()
        #expect(pane.reads(until: "HEALTHY"))
        pane.type("\u{1B}[200~cccc!!!\u{1B}[201~")
        pane.type(":\u{1B}[200~note from-a-paste\u{1B}[201~\r")
        #expect(pane.reads(until: "from-a-paste"))
        pane.type("qd")
        #expect(painter.end() == .detach)
        #expect(pane.desk.commands == ["palette: note from-a-paste"])
    }

    @Test("A command that could not be handed over is told")
    func refused() throws {
        let pane = try Pane()
        pane.desk.refuse("the lab is gone")
        let painter = pane.start()
        #expect(pane.reads(until: "HEALTHY"))
        pane.type("c")
        #expect(pane.reads(until: "the lab is gone"))
        pane.type("qd")
        #expect(painter.end() == .detach)
    }

    @Test("A key that moves the playhead of a paused recording shows where it is now")
    func seek() throws {
        let pane = try Pane()
        let painter = pane.start(ScrubbedWorld())
        #expect(pane.reads(until: "00:10.0"))
        // Only what changes is painted: of 00:10 it is the 3 of 00:30, then the 42 of 00:42.
        pane.type("t30\r")
        #expect(pane.reads(until: "86H\u{1B}(B\u{1B}[m3"))
        pane.type("}")
        #expect(pane.reads(until: "H42"))
        pane.type("q")
        #expect(painter.end() == .detach)
    }

    @Test("Colours are told in 24 bits where COLORTERM and terminfo say that they can be")
    func direct() throws {
        let folder = NSTemporaryDirectory() + "squall-terminfo-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = """
            xterm-direct|made for a test,
            \tRGB, colors#0x1000000, pairs#0x7FFF, ccc@, initc@, oc@, op=\\E[39;49m,
            \tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
            \tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
            \tuse=xterm-256color,

            """
        try source.write(toFile: folder + "/source", atomically: true, encoding: .utf8)
        _ = try Program.run("tic", ["-x", "-o", folder, folder + "/source"])
        for (told, isDirect) in [("truecolor", true), ("", false)] {
            let pane = try Pane()
            let before = ["COLORTERM", "TERMINFO_DIRS", "TERM", "NO_COLOR"].map {
                ($0, environmentText($0))
            }
            unsetenv("NO_COLOR")
            setenv("COLORTERM", told, 1)
            setenv("TERMINFO_DIRS", folder + ":", 1)
            setenv("TERM", "xterm-256color", 1)
            defer {
                for (name, text) in before {
                    if let text { setenv(name, text, 1) } else { unsetenv(name) }
                }
            }
            let painter = pane.start(depth: nil)
            #expect(pane.reads(until: isDirect ? "[38;2;" : "[38;5;"), "\(told)")
            pane.type("qd")
            #expect(painter.end() == .detach)
        }
    }

    @Test("A terminal that goes away ends the painter")
    func hangup() throws {
        let pane = try Pane()
        let painter = pane.start()
        #expect(pane.reads(until: "HEALTHY"))
        pane.hangUp()
        #expect(painter.end() == .terminalGone)
    }

    @Test("There is an error that says what to do where there is no terminal")
    func noTerminal() {
        var world = LiveWorld(wake: -1, entries: { [] }, now: { .zero }, send: { _, _ in nil })
        var view = View()
        var options = PainterOptions(terminal: "/dev/null")
        #expect(throws: TerminalError.noTerminal) {
            _ = try runPainter(&world, view: &view, options: &options)
        }
    }

    @Test(
        "The background is read from COLORFGBG",
        arguments: [("15;0", true), ("0;15", false), ("0;default;7", false), ("", true)])
    func background(_ text: String, _ isDark: Bool) {
        #expect(PainterOptions.isDark(text) == isDark)
    }
}

/// A paused recording of a minute whose only event is at 42 s.
private struct ScrubbedWorld: PainterWorld {
    var wakeDescriptor: Int32 { -1 }
    var state = ClusterState()
    var now = Stamp(seconds: 10)

    var source: View.Source {
        .replay(View.Replay(position: now, length: Stamp(seconds: 60), isPlaying: false))
    }

    mutating func advance() -> Bool { false }
    mutating func read(into logs: inout LogTail) {}
    mutating func send(_ command: String, by: String) -> String? { "a recording" }

    mutating func playback(_ wish: Outcome.Playback) {
        switch wish {
        case .seek(let share): now = Stamp(seconds: share * 60)
        case .to(let moment): now = moment
        case .nextEvent: now = Stamp(seconds: 42)
        default: break
        }
    }
}
