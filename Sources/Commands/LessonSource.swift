internal import ArgumentParser
internal import Chaos
internal import Dashboard
internal import Foundation
internal import Lab
internal import Topology

/// A lesson by path, or by the name of a shipped one, with its topology.
struct LessonSource {
    /// The lessons that come with the program, by name, in the order of a course.
    static let shipped: [(name: String, bytes: [UInt8])] = [
        ("first-partition", PackageResources.first_partition_yaml),
        ("crash-and-recovery", PackageResources.crash_and_recovery_yaml),
        ("replication-lag", PackageResources.replication_lag_yaml),
        ("split-brain", PackageResources.split_brain_yaml),
        ("latency-and-throughput", PackageResources.latency_and_throughput_yaml),
    ]

    /// As it is written.
    let text: Topology.Lesson
    /// As it is taught.
    let lesson: Lesson
    /// Its topology, with the lesson's settings.
    let topology: Topology
    /// Where that stands.
    let source: TopologySource
    /// What it has to be started with: `WORD=VALUE`.
    let settings: [String]

    /// Finds and reads it; `set` goes before the lesson's own settings. Ends the command with 65, and every
    /// mistake with its place.
    init(_ word: String, set: [String] = []) throws {
        do {
            self = try Self.read(word, set)
        } catch let mistakes as Diagnostics {
            complain(mistakes.description)
            throw ExitCode(Code.badInput)
        }
    }

    /// A file, if it is a lesson's own; `nil` for everything else. Ends the command as the other does.
    init?(file word: String) throws {
        guard let text = try? String(contentsOfFile: word, encoding: .utf8),
            Topology.LessonFile.isLesson(text, file: word)
        else { return nil }
        try self.init(word)
    }

    private init(
        _ text: Topology.Lesson, in file: SourceText, _ topology: Topology,
        _ source: TopologySource, _ settings: [String]
    ) throws {
        self.text = text
        lesson = try LessonReading.lesson(
            text, in: file, of: topology, screens: View.Screen.allCases.map(\.rawValue))
        self.topology = topology
        self.source = source
        self.settings = settings
    }

    private static func read(_ word: String, _ set: [String]) throws -> LessonSource {
        if let known = shipped.first(where: { $0.name == word }) {
            let text = String(decoding: known.bytes, as: UTF8.self)
            return try inFile(text, word + ".yaml", name: word, folder: "", set)
        }
        let url = URL(fileURLWithPath: word)
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            let names = shipped.map(\.name).joined(separator: ", ")
            throw failure(
                "no file \(word) of a lesson, and none is shipped under that name "
                    + "(shipped: \(names))", code: Code.badInput)
        }
        guard Topology.LessonFile.isLesson(text, file: word) else {
            return try inTopology(word, set)
        }
        let name = url.deletingPathExtension().lastPathComponent
        return try inFile(
            text, word, name: name, folder: url.deletingLastPathComponent().path, set)
    }

    /// A lesson in a file of its own.
    private static func inFile(
        _ text: String, _ path: String, name: String, folder: String, _ set: [String]
    ) throws -> LessonSource {
        let file = try Topology.LessonFile(parsing: text, file: path, name: name)
        let source = try topology(of: file, folder: folder)
        // First as it is, so that a setting that it does not have is told where the lesson names it.
        let outline = try file.lesson(for: source.read())
        let settings = outline.settings.map { "\($0.name)=\($0.value)" } + set
        let topology = try source.read(settings: StartOptions.settings(of: settings))
        return try LessonSource(
            file.lesson(for: topology), in: file.source, topology, source, settings)
    }

    private static func topology(
        of file: Topology.LessonFile, folder: String
    ) throws -> TopologySource {
        let word = file.with.text
        if TopologySource.shipped.contains(where: { $0.name == word }) {
            return try TopologySource(word)
        }
        let path =
            folder.isEmpty || word.hasPrefix("/")
            ? word : URL(fileURLWithPath: folder).appendingPathComponent(word).path
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw file.unknownTopology(
                "no topology is called '\(word)', and no file \(path) is there",
                hint: "shipped: " + TopologySource.shipped.map(\.name).joined(separator: " "))
        }
        return try TopologySource(path)
    }

    /// The lesson of a topology.
    private static func inTopology(_ word: String, _ set: [String]) throws -> LessonSource {
        let source = try TopologySource(word)
        guard let outline = try source.read().lesson else {
            throw failure("\(word) has no 'lesson:'", code: Code.badInput)
        }
        let settings = outline.settings.map { "\($0.name)=\($0.value)" } + set
        let topology = try source.read(settings: StartOptions.settings(of: settings))
        return try LessonSource(
            topology.lesson ?? outline, in: topology.source, topology, source, settings)
    }
}

extension TopologySource {
    /// What is wrong with the lines of the topology's lesson.
    static func mistakesOfLesson(_ topology: Topology) -> [Diagnostic] {
        guard let lesson = topology.lesson else { return [] }
        do {
            _ = try LessonReading.lesson(
                lesson, in: topology.source, of: topology,
                screens: View.Screen.allCases.map(\.rawValue))
            return []
        } catch {
            return error.items
        }
    }
}
