internal import CLinux
internal import Cluster
internal import Dashboard
internal import Foundation
internal import Glibc
internal import Journal

/// Measures the dashboard on a terminal of its own, frames by themselves, and a recording.
public struct ScreenBench {
    private let quick: Bool
    private let squall: String
    private let progress: (String) -> Void

    private static let size = Size(columns: 160, rows: 45)

    /// - Parameters:
    ///   - squall: path of the program; its hidden command `bench painter` shows a made-up run.
    ///   - quick: shorter and coarser.
    public init(squall: String, quick: Bool, progress: @escaping (String) -> Void) {
        self.squall = squall
        self.quick = quick
        self.progress = progress
    }

    /// Measures. Throws `BenchError` where there is no terminal to be had.
    public func run() throws -> ScreenReport {
        var report = ScreenReport()
        progress("a dashboard of ten nodes")
        report.painters.append(try dashboard(nodes: 10))
        progress("a dashboard of 1,000 nodes")
        report.painters.append(try dashboard(nodes: 1_000))
        for (name, command) in [
            ("top", ["top", "-d", "1"]), ("htop", ["htop", "-d", "10"]),
        ] {
            guard Self.isInstalled(name) else {
                report.leftOut.append("\(name): not installed")
                continue
            }
            progress(name)
            report.painters.append(try other(name, command))
        }
        progress("frames of 1,000 nodes")
        report.frames = frames()
        progress("a recording")
        report.recording = try recording(seconds: quick ? 600 : 3_600)
        report.judge()
        return report
    }

    // MARK: Programs that paint

    private func dashboard(nodes: Int) throws -> ScreenReport.Painter {
        let (warm, moving) = (3.0, quick ? 8.0 : 20.0)
        let program = try painter(nodes, seconds: Int(warm + moving + 1))
        defer { program.end() }
        let name = "squall, \(nodes == 10 ? "ten" : "1,000") nodes"
        var painter = try watched(name, program, warm, moving)
        // The run is over then, and nothing moves.
        _ = program.bytes(within: 3)
        painter.restBytes = Double(program.bytes(within: quick ? 2 : 5))
        if nodes > 10 {
            // The hard case: rows that were looked for, sorted by their lag.
            program.press("/kv-1\r>>>>")
            program.rests(for: 0.2, atMost: 5)
        } else {
            painter.clockBytes = try onlyClocks(nodes)
        }
        painter.keys = presses(program)
        return painter
    }

    /// Bytes a second where nothing but clocks changes.
    private func onlyClocks(_ nodes: Int) throws -> Double {
        let seconds = quick ? 5.0 : 20.0
        let program = try painter(nodes, seconds: Int(seconds + 5), "--flat")
        defer { program.end() }
        guard program.bytes(within: 3) > 0 else { throw BenchError("squall painted nothing") }
        return Double(program.bytes(within: seconds)) / seconds
    }

    private func painter(_ nodes: Int, seconds: Int, _ more: String...) throws -> Onlooker {
        let command = [
            squall, "bench", "painter", "--nodes", "\(nodes)", "--seconds", "\(seconds)",
        ]
        return try Onlooker(command + more, columns: Self.size.columns, rows: Self.size.rows)
    }

    private func other(_ name: String, _ command: [String]) throws -> ScreenReport.Painter {
        let program = try Onlooker(command, columns: Self.size.columns, rows: Self.size.rows)
        defer { program.end() }
        return try watched(name, program, 2, quick ? 5 : 10)
    }

    private func watched(
        _ name: String, _ program: Onlooker, _ warm: Double, _ seconds: Double
    ) throws -> ScreenReport.Painter {
        guard program.bytes(within: warm) > 0 else { throw BenchError("\(name) painted nothing") }
        let before = program.processorTime
        let bytes = program.bytes(within: seconds)
        return ScreenReport.Painter(
            name: name, core: (program.processorTime - before) / seconds,
            bytes: Double(bytes) / seconds)
    }

    /// The cursor goes up and down.
    private func presses(_ program: Onlooker) -> Measured {
        Measured(
            (0..<(quick ? 60 : 300)).compactMap { turn in
                program.answer(to: turn % 2 == 0 ? "j" : "k").map { $0 * 1_000 }
            })
    }

    private static func isInstalled(_ name: String) -> Bool {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return folders.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }

    // MARK: Frames

    private func frames() -> [ScreenReport.FrameRow] {
        var run = MadeUpRun(nodes: 1_000)
        var state = ClusterState()
        for entry in run.beginning() { state.apply(entry) }
        for _ in 0..<60 {
            for entry in run.next() { state.apply(entry) }
        }
        var rows = View.Screen.allCases.map { screen in
            frame(screen.rawValue, state) { $0.screen = screen }
        }
        rows.append(frame("overview, filtered", state) { $0.filter = Filter("kv-1") })
        rows.append(frame("overview, sorted", state) { $0.sorting = Sorting(.lag) })
        rows.append(
            frame("overview, filtered and sorted", state) {
                $0.filter = Filter("kv-1")
                $0.sorting = Sorting(.requests)
            })
        rows.append(
            frame("overview, the last node", state) { $0.cursor = NodeID(UInt16(999)) })
        return rows
    }

    private func frame(
        _ name: String, _ state: ClusterState, _ look: (inout View) -> Void
    ) -> ScreenReport.FrameRow {
        var view = View(now: state.core.now)
        look(&view)
        var row = ScreenReport.FrameRow(name: name)
        for turn in 0..<(quick ? 40 : 200) {
            // Not twice the same.
            view.now = state.core.now + .milliseconds(turn)
            let start = squall_monotonic_ns()
            let frame = render(state, view, Self.size)
            let time = Double(squall_monotonic_ns() - start) / 1e6
            if turn > 2, frame.size == Self.size { row.times.values.append(time) }
        }
        return row
    }

    // MARK: A recording

    private func recording(seconds: Int) throws -> ScreenReport.Recorded {
        let path = NSTemporaryDirectory() + "squall-bench-\(getpid()).ndjson"
        defer { unlink(path) }
        var run = MadeUpRun(nodes: 10)
        guard let file = fopen(path, "w") else { throw BenchError("\(path) can't be written") }
        write(run.beginning(), to: file)
        for _ in 0..<seconds { write(run.next(), to: file) }
        let size = ftell(file)
        fclose(file)
        let start = squall_monotonic_ns()
        let recording: Recording
        do {
            recording = try Recording(path: path)
        } catch { throw BenchError(error.description) }
        var playback = Playback(recording)
        let open = Double(squall_monotonic_ns() - start) / 1e9
        var recorded = ScreenReport.Recorded(
            length: Double(seconds), size: Double(size) / 1e6, open: open)
        var dice: UInt64 = 7
        for _ in 0..<(quick ? 100 : 500) {
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let moment = Stamp(seconds: Double(dice >> 40) / Double(1 << 24) * Double(seconds))
            let start = squall_monotonic_ns()
            playback.seek(to: moment)
            recorded.seeks.values.append(Double(squall_monotonic_ns() - start) / 1e6)
        }
        return recorded
    }

    private func write(_ entries: [Entry], to file: UnsafeMutablePointer<FILE>) {
        let bytes = JournalFormat.encode(entries)
        fwrite(bytes, 1, bytes.count, file)
    }
}
