internal import ArgumentParser
internal import Foundation
internal import Lab
internal import Topology

/// A topology by path, or by the name of a shipped one.
struct TopologySource {
    /// How the user named it.
    let word: String
    /// How mistakes name it.
    let file: String
    /// The YAML.
    let text: String
    /// The folder that `{topology}` means; empty for a shipped topology, which has none.
    let folder: String

    /// The topologies that come with the program, by name.
    static let shipped: [(name: String, bytes: [UInt8])] = [
        ("kv", PackageResources.kv_yaml),
        ("redis", PackageResources.redis_yaml),
        ("etcd", PackageResources.etcd_yaml),
        ("redis-sentinel", PackageResources.redis_sentinel_yaml),
    ]

    /// Whether it came with the program.
    var isShipped: Bool { folder.isEmpty }

    /// Finds it, or ends the command with 65.
    init(_ word: String) throws {
        self.word = word
        if let known = Self.shipped.first(where: { $0.name == word }) {
            file = word + ".yaml"
            text = String(decoding: known.bytes, as: UTF8.self)
            folder = ""
            return
        }
        let url = URL(fileURLWithPath: word)
        guard let data = try? Data(contentsOf: url) else {
            let names = Self.shipped.map(\.name).joined(separator: ", ")
            throw failure(
                "no topology file \(word), and none is shipped under that name (shipped: \(names))",
                code: Code.badInput)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw failure("\(word) is not UTF-8", code: Code.badInput)
        }
        self.text = text
        file = word
        folder = url.deletingLastPathComponent().path
    }

    /// Reads it, with every mistake at once; ends the command with 65.
    func read(settings: [String: String] = [:]) throws -> Topology {
        let reading = Topology.read(text, file: file, settings: settings)
        let commands = reading.topology.map { ScenarioReading.diagnostics(of: $0).items } ?? []
        let lesson = reading.topology.map(Self.mistakesOfLesson) ?? []
        let mistakes = Diagnostics(reading.mistakes.items + commands + lesson)
        guard let topology = reading.topology, mistakes.isEmpty else {
            complain(mistakes.description)
            throw ExitCode(Code.badInput)
        }
        return topology
    }

    /// Ends the command with 69, naming the packages, where a program is missing.
    static func requirePrograms(of topology: Topology) throws {
        let missing = missingPrograms(of: topology)
        guard !missing.isEmpty else { return }
        for program in missing { complain("squall: \(program.description)") }
        throw ExitCode(Code.unavailable)
    }

    /// Ends the command with 69, naming places and reasons, where this machine cannot do what is asked.
    static func requireAbilities(of topology: Topology, scenario: String? = nil) throws {
        let refusals = try MachineRefusals.diagnostics(of: topology, scenario: scenario)
        guard !refusals.isEmpty else { return }
        complain(refusals.description)
        throw ExitCode(Code.unavailable)
    }

    /// What the topology needs and this machine lacks.
    static func missingPrograms(of topology: Topology) -> [Topology.MissingProgram] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return topology.programs(in: path.split(separator: ":").map(String.init)) {
            access($0, X_OK) == 0
        }.missing
    }
}
