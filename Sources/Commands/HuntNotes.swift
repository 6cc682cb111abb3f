internal import ArgumentParser
internal import Chaos
internal import Foundation

/// What a hunt keeps between two runs, so that it can go on after any death: one JSON file, written anew
/// and renamed after each run.
struct HuntNotes {
    /// What is hunted. A hunt that goes on must be about the same.
    struct Subject: Codable, Equatable {
        var topology: String
        var settings: [String: String]
        var promises: [String]
        var always: [String]
    }

    private struct Page: Codable {
        var subject: Subject
        var hunt: Hunt
    }

    let folder: String
    let subject: Subject
    var hunt: Hunt
    /// Whether it goes on from an earlier sitting.
    let isResumed: Bool

    /// The runs of the hunt.
    var runs: String { folder + "/runs" }
    /// The smallest schedule found, as a scenario.
    var scenario: String { folder + "/smallest.yaml" }
    /// The schedule of the run that is being made.
    var trial: String { folder + "/trial.yaml" }
    private var path: String { folder + "/hunt.json" }

    /// Opens a folder, or makes it. Ends the command with 64 where it holds another hunt.
    init(folder: String, subject: Subject, options: Hunt.Options, seed: UInt64?) throws {
        self.folder = URL(fileURLWithPath: folder).path
        self.subject = subject
        hunt = Hunt(options)
        let file = URL(fileURLWithPath: self.folder + "/hunt.json")
        guard let data = try? Data(contentsOf: file) else {
            isResumed = false
            do {
                try FileManager.default.createDirectory(
                    atPath: self.folder + "/runs", withIntermediateDirectories: true)
            } catch {
                throw failure(
                    "\(self.folder): \(error.localizedDescription)", code: Code.unavailable)
            }
            return
        }
        guard let page = try? JSONDecoder().decode(Page.self, from: data) else {
            throw failure("\(file.path) is no hunt's notes", code: Code.badInput)
        }
        let other = page.hunt.options
        guard page.subject == subject, seed == nil || seed == other.seed else {
            throw failure(
                "\(self.folder) holds another hunt (of another topology, promise or seed); "
                    + "give another --folder, or remove it", code: Code.usage)
        }
        isResumed = true
        hunt = page.hunt
    }

    /// Writes it down.
    func save() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try write(encoder.encode(Page(subject: subject, hunt: hunt)), to: path)
    }

    /// Writes a schedule as a scenario file.
    func write(_ schedule: Schedule, about: String, to path: String) throws {
        let text = schedule.scenario(
            about: about, always: subject.always, promises: subject.promises)
        try write(Data(text.utf8), to: path)
    }

    private func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw failure("\(path): \(error.localizedDescription)", code: Code.unavailable)
        }
    }
}
