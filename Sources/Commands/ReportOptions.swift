internal import ArgumentParser
internal import Cluster
internal import Exports
internal import Foundation
internal import Journal

/// What is written of a run, and where.
struct ReportOptions: ParsableArguments {
    @Option(
        help: "Writes all reports into this folder: HTML, JUnit, TAP, JSON, Markdown, OpenMetrics.")
    var report: String?

    @Option(help: "Writes JUnit XML into this file.")
    var junit: String?

    @Option(help: "Writes TAP, the Test Anything Protocol, into this file.")
    var tap: String?

    @Option(help: "Writes all figures as JSON into this file.")
    var json: String?

    @Flag(help: "Prints annotations for GitHub Actions, and adds to the step's summary.")
    var github = false

    @Option(help: "A recorded run, or a packed one; its figures stand beside the new ones.")
    var baseline: String?

    /// Finds the earlier run, and makes the folder, before anything is started: nobody wants to learn
    /// after twenty runs that the report cannot be written.
    func prepare(runs: String?) throws -> RunReport? {
        if let report {
            do {
                try FileManager.default.createDirectory(
                    atPath: report, withIntermediateDirectories: true)
            } catch {
                throw failure(
                    "cannot make \(report): \(error.localizedDescription)", code: Code.usage)
            }
        }
        for file in [junit, tap, json].compactMap({ $0 }) {
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
            guard FileManager.default.isWritableFile(atPath: folder) else {
                throw failure("cannot write \(file)", code: Code.usage)
            }
        }
        guard let baseline else { return nil }
        return RunReport(try RecordedRun(findRun(baseline, runs)).state())
    }

    /// Writes whatever was asked for; the files.
    func write(_ report: Report) throws -> [String] {
        var files: [(path: String, text: String)] = []
        if let folder = self.report {
            files += ReportFile.allCases.map { ("\(folder)/\($0.rawValue)", $0.text(report)) }
        }
        if let junit { files.append((junit, report.junit)) }
        if let tap { files.append((tap, report.tap)) }
        if let json { files.append((json, report.json)) }
        for file in files {
            do {
                try file.text.write(toFile: file.path, atomically: true, encoding: .utf8)
            } catch {
                throw failure(
                    "cannot write \(file.path): \(error.localizedDescription)",
                    code: Code.internalError)
            }
        }
        if github { try annotate(report) }
        return files.map(\.path)
    }

    private func annotate(_ report: Report) throws {
        print(report.annotations, terminator: "")
        guard let path = ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"],
            !path.isEmpty
        else { return }
        // A step's summary holds 1 MiB; more would be refused as a whole.
        let text = String(decoding: report.markdown.utf8.prefix(1_000_000), as: UTF8.self)
        guard let handle = FileHandle(forUpdatingAtPath: path) else {
            throw failure("cannot write \(path)", code: Code.internalError)
        }
        defer { try? handle.close() }
        do {
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            throw failure(
                "cannot write \(path): \(error.localizedDescription)", code: Code.internalError)
        }
    }
}

/// The files of `--report DIR`.
enum ReportFile: String, CaseIterable {
    case html = "report.html"
    case junit = "junit.xml"
    case tap = "report.tap"
    case json = "report.json"
    case markdown = "summary.md"
    case metrics = "metrics.txt"

    /// What it holds.
    func text(_ report: Report) -> String {
        switch self {
        case .html: report.html
        case .junit: report.junit
        case .tap: report.tap
        case .json: report.json
        case .markdown: report.markdown
        case .metrics: report.openMetrics
        }
    }
}
