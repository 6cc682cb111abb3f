internal import ArgumentParser
internal import Bench
internal import CLinux
internal import Cluster
internal import Dashboard
internal import Foundation
internal import Journal
internal import Lab
internal import Terminal

extension BenchCommand {
    /// `squall bench screen`.
    struct Screen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure the dashboard: its share of a core, bytes, keys, frames, seeking.",
            discussion: """
                Dashboards of ten and of a thousand nodes paint on terminals that nobody sees, beside \
                top and htop where they are installed; then frames and an hour's recording are \
                measured by themselves. Starts no lab.
                """)

        @OptionGroup var choice: BenchChoice

        func run() throws {
            let choice = choice
            let squall = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
            let report = try choice.outcome {
                try ScreenBench(squall: squall, quick: choice.quick, progress: choice.progress)
                    .run()
            }
            try choice.tell(report, report.lines, holds: report.holds)
        }
    }

    /// The dashboard over a made-up run: what `bench screen` looks at.
    struct Painter: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a made-up run.", shouldDisplay: false)

        @Option(help: "How many nodes.")
        var nodes = 10

        @Flag(help: "Only clocks move.")
        var flat = false

        @Option(help: "Seconds until the run is over.")
        var seconds = 60

        /// What was before, so that every graph is full.
        private static let past = 120

        func run() throws {
            let timer = squall_timer_make()
            guard timer >= 0 else { throw failure("there is no timer", code: Code.unavailable) }
            var run = MadeUpRun(nodes: nodes, isFlat: flat)
            var state = ClusterState()
            for entry in run.beginning() { state.apply(entry) }
            for _ in 0..<Self.past { for entry in run.next() { state.apply(entry) } }
            let began = RunClock.monotonic()
            let clock = RunClock(origin: began - Int64(Self.past) * 1_000_000_000)
            let seconds = seconds
            var told = 0
            func arm() { squall_timer_set(timer, began + Int64(told + 1) * 1_000_000_000) }
            arm()
            var world = LiveWorld(
                wake: timer, state: state,
                entries: {
                    guard told <= seconds, clock.now.seconds >= Double(Self.past + told + 1) else {
                        return []
                    }
                    told += 1
                    guard told > seconds else {
                        arm()
                        return run.next()
                    }
                    squall_timer_set(timer, .max)
                    return [run.end(at: clock.now)]
                },
                now: { clock.now }, send: { _, _ in "nothing runs here" })
            var view = View()
            var options = PainterOptions()
            _ = try? runPainter(&world, view: &view, options: &options)
        }
    }
}
