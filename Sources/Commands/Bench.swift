internal import ArgumentParser
internal import Bench
internal import Foundation
internal import Glibc

/// `squall bench`: what this machine and squall can do, in figures.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure squall on this machine, side by side with what one would use instead.",
        subcommands: [Links.self, Machines.self, Load.self, Screen.self, Painter.self])

    /// `squall bench links`.
    struct Links: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure links: throughput, round trips, requests, delays, rates.",
            discussion: """
                Loopback, a bridge of the kernel, squall's own links and proxies in user space are
                measured in turn. Compare ratios of one run, never figures of two.
                """)

        @OptionGroup var choice: BenchChoice

        func run() throws {
            let choice = choice
            let report = try choice.outcome {
                try await LinkBench(
                    quick: choice.quick, user: choice.user, progress: choice.progress
                ).run()
            }
            try choice.tell(report, report.lines, holds: report.holds)
        }
    }
}

extension BenchCommand {
    /// `squall bench machines`.
    struct Machines: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure machines in great number: up, idle, talking, gone.",
            discussion: """
                Makes them as a lab does and starts nothing in them; a hundred of them then send each
                other 50,000 packets a second through delayed links.
                """)

        @Option(help: "How many machines.")
        var count = 1_000

        @OptionGroup var choice: BenchChoice

        func validate() throws {
            guard (1...5_000).contains(count) else {
                throw ValidationError("--count is from 1 to 5000")
            }
        }

        func run() throws {
            let (choice, count) = (choice, count)
            let report = try choice.outcome {
                try await MachineBench(
                    count: count, quick: choice.quick, user: choice.user, progress: choice.progress
                ).run()
            }
            try choice.tell(report, report.lines, holds: report.holds)
        }
    }
}

/// What all measurements are asked for.
struct BenchChoice: ParsableArguments, Sendable {
    @Flag(help: "Shorter and coarser: within a minute and a half.")
    var quick = false

    @Flag(help: "End with 1 when a figure is not as it must be.")
    var assert = false

    @Flag(help: "Print everything that was measured as JSON.")
    var json = false

    @Option(help: "As root: the user that sources and servers run as.")
    var user: String?

    /// Tells a person at a terminal how far it is.
    var progress: @Sendable (String) -> Void {
        guard isatty(2) == 1 else { return { _ in } }
        return { complain($0) }
    }

    /// The result of a measurement; ends the command with 69 where none can be made.
    func outcome<Report: Sendable>(
        _ measure: @escaping @Sendable () async throws -> Report
    ) throws -> Report {
        #if DEBUG
            complain("a debug build is measured: build with `swift build -c release` for figures")
        #endif
        let result = blocking { () -> Result<Report, Refusal> in
            do {
                return .success(try await measure())
            } catch {
                return .failure(Refusal(description: "\(error)"))
            }
        }
        switch result {
        case .success(let report): return report
        case .failure(let refusal): throw failure(refusal.description, code: Code.unavailable)
        }
    }

    /// Prints, and ends the command with 1 where that was asked for.
    func tell(_ report: some Encodable, _ lines: [String], holds: Bool) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            for line in lines { print(line) }
        }
        if assert, !holds { throw ExitCode(1) }
    }

    private struct Refusal: Error {
        var description: String
    }
}
