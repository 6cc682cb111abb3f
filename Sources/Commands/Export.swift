internal import ArgumentParser
internal import Cluster
internal import Dashboard
internal import Exports
internal import Foundation
internal import Journal
internal import Lab

/// `squall export RUN`: a recording in another form.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a recording into a script, a picture, a report or a table.")

    @Flag(help: "The commands that were given, as a scenario that does the same again.")
    var script = false

    @Flag(help: "With --script: roles and draws stay words, in place of the names they became.")
    var asWritten = false

    @Flag(help: "A picture of the dashboard.")
    var svg = false

    @Flag(help: "The report as one HTML file, with a timeline that can be walked through.")
    var html = false

    @Flag(help: "The report as JUnit XML.")
    var junit = false

    @Flag(help: "The report as JSON.")
    var json = false

    @Flag(help: "The clients' history as Jepsen's EDN.")
    var edn = false

    @Flag(help: "A table with a row a second.")
    var csv = false

    @Flag(help: "A film of the dashboard for asciinema, with chapters.")
    var cast = false

    @Option(help: "With --cast: the version of asciicast, 2 or 3.")
    var asciicast = "2"

    @Flag(help: "The chapters as JSON: when, what kind, and in words.")
    var chapters = false

    @Option(help: "With --svg and --cast: the screen, e.g. timeline; the overview when left out.")
    var screen: String?

    @Option(
        help: """
            With --svg and --cast: dark or light, high-contrast or colour-blind; two of them with a comma.
            """)
    var theme: String?

    @Option(help: "With --svg: the moment, as 3:41 or in seconds; the run's end when left out.")
    var at: String?

    @Option(help: "With --svg and --cast: columns and lines, as 120x35.")
    var size = "120x35"

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Argument(help: "A run's name, the end of it, a path, a packed file, or `last`.")
    var recorded: String?

    /// What it is turned into.
    private enum Form: CaseIterable {
        case script, svg, cast, html, junit, json, edn, csv, chapters
    }

    func run() throws {
        let chosen = [
            (Form.script, script), (.svg, svg), (.cast, cast), (.html, html), (.junit, junit),
            (.json, json), (.edn, edn), (.csv, csv), (.chapters, chapters),
        ].filter(\.1).map(\.0)
        guard let form = chosen.first, chosen.count == 1, let recorded else {
            throw failure(
                "say a run and one of --script, --svg, --cast, --html, --junit, --json, --edn, --csv, "
                    + "--chapters",
                code: Code.usage)
        }
        let folder = try findRun(recorded, runs)
        print(try text(form, folder), terminator: "")
    }

    private func text(_ form: Form, _ folder: RunFolder) throws -> String {
        switch form {
        case .script:
            let spelling: Recipe.Spelling = asWritten ? .asWritten : .names
            return Recipe(try RecordedRun(folder).entries(), spelling).text
        case .svg: return try picture(folder) + "\n"
        case .chapters: return ChapterList.json(try Scene(folder, .overview).recording.chapters)
        case .cast:
            guard let version = Cast.Version(rawValue: asciicast) else {
                throw failure("--asciicast takes 2 or 3", code: Code.usage)
            }
            return try film(folder, version)
        case .html:
            var report = try report(folder)
            report.runs[0].moments = Course(try Scene(folder, .timeline).recording)
            return report.html
        case .junit: return try report(folder).junit
        case .json: return try report(folder).json
        case .csv: return Exports.csv(try RecordedRun(folder).entries())
        case .edn:
            guard let data = FileManager.default.contents(atPath: folder.history) else {
                throw failure("\(folder.name) has no history", code: Code.badInput)
            }
            guard let text = Exports.edn(ofHistory: Array(data)) else {
                throw failure("\(folder.history) is no history", code: Code.badInput)
            }
            return text
        }
    }

    private func report(_ folder: RunFolder) throws -> Report {
        let run = try RecordedRun(folder).report()
        return Report([run], code: run.code, program: "squall \(Squall.version)")
    }

    private func chosenSize() throws -> Size {
        let parts = size.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (1...500).contains(parts[0]), (1...200).contains(parts[1]) else {
            throw failure("--size takes columns and lines, as 120x35", code: Code.usage)
        }
        return Size(columns: parts[0], rows: parts[1])
    }

    private func chosenScreen() throws -> View.Screen {
        guard let screen else { return .overview }
        guard let known = View.Screen(rawValue: screen) else {
            let names = View.Screen.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("--screen takes one of \(names), not \(screen)", code: Code.usage)
        }
        return known
    }

    private func film(_ folder: RunFolder, _ version: Cast.Version) throws -> String {
        let size = try chosenSize()
        let scene = try Scene(folder, try chosenScreen())
        let run = scene.recording.last.core.run
        let clock = ISO8601DateFormatter()
        clock.formatOptions.insert(.withFractionalSeconds)
        let scenario = run?.scenario.map { " " + $0 } ?? ""
        return Film(
            scene: scene, size: size, theme: try ThemeChoice(theme).theme, version: version,
            title: "squall: \(run?.topology ?? folder.name)\(scenario)",
            began: clock.date(from: run?.wall ?? "").map { Int64($0.timeIntervalSince1970) }
        ).text
    }

    private func picture(_ folder: RunFolder) throws -> String {
        let size = try chosenSize()
        var scene = try Scene(folder, try chosenScreen())
        var moment = scene.recording.length
        if let at {
            guard let chosen = Stamp(clock: at) else {
                throw failure("--at takes a time such as 3:41 or 46, not \(at)", code: Code.usage)
            }
            moment = chosen
        }
        let state = scene.recording.state(at: moment)
        return Exports.svg(scene.frame(state, moment, size), theme: try ThemeChoice(theme).theme)
    }
}
