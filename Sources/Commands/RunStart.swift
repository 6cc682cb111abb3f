internal import ArgumentParser
internal import Cluster
internal import Fabric
internal import Foundation
internal import Journal
internal import Lab
internal import Topology

/// Options of the commands that start a lab.
struct StartOptions: ParsableArguments {
    @Option(help: "Changes a setting of the topology: WORD=VALUE. May be repeated.")
    var set: [String] = []

    @Option(help: "The run's seed; drawn when left out. The same seed makes the same decisions.")
    var seed: UInt64?

    @Option(help: "As root: the user that the nodes run as, outside of their machines.")
    var user: String?

    @Option(
        help: "How machines are plugged in: veth or tun; the best that is allowed when left out.")
    var attachment: String?

    @Option(help: "Keeps the nodes' disks in this folder, and finds them there again.")
    var data: String?

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Flag(help: "Captures every packet into the run's folder, as capture.pcapng.")
    var capture = false

    @Option(help: "With --capture: the size that the file may reach; 900MB when left out.")
    var captureLimit: String?

    @Option(help: "With --capture: how much of each packet is kept, e.g. 128B; all when left out.")
    var captureSnap: String?

    /// What `--capture` asks for; ends the command with 64.
    func captured() throws -> CaptureOptions? {
        guard capture else {
            guard captureLimit == nil, captureSnap == nil else {
                throw failure(
                    "--capture-limit and --capture-snap need --capture", code: Code.usage)
            }
            return nil
        }
        return CaptureOptions(
            limit: try size(captureLimit, of: "--capture-limit", from: Capture.leastLimit),
            snap: try size(captureSnap, of: "--capture-snap", from: leastSnap))
    }

    /// `--set` as a dictionary; ends the command with 64.
    func settings() throws -> [String: String] { try Self.settings(of: set) }

    /// `WORD=VALUE` as a dictionary, the last one of a word; ends the command with 64.
    static func settings(of set: [String]) throws -> [String: String] {
        var settings: [String: String] = [:]
        for text in set {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw failure("--set takes WORD=VALUE, not \(text)", code: Code.usage)
            }
            settings[String(parts[0])] = String(parts[1])
        }
        return settings
    }
}

/// The headers of IP and TCP without options.
let leastSnap = 40

/// A size as commands write it, at least so much; ends the command with 64.
func size(_ text: String?, of option: String, from least: Int) throws -> Int? {
    guard let text else { return nil }
    guard case .size(let size)? = try? Quantity(parsing: text) else {
        throw failure("\(option) takes a size such as 128B or 2GB, not \(text)", code: Code.usage)
    }
    guard size.bytes >= least else {
        throw failure(
            "\(option) takes at least \(ByteCount(bytes: Int64(least)).text)", code: Code.usage)
    }
    return Int(size.bytes)
}

/// A lab that was started for a command.
struct StartedRun {
    let folder: RunFolder
    let options: RunOptions
    let process: pid_t

    /// Makes the run's folder and starts the lab as a process of its own; ends the command with the
    /// lab's own code where it cannot start.
    static func start(
        _ source: TopologySource, _ topology: Topology, _ start: StartOptions, mode: String,
        scenario: String? = nil, timeout: Double? = nil, strict: Bool = false,
        origin: RunOptions.Origin? = nil
    ) throws -> StartedRun {
        try TopologySource.requirePrograms(of: topology)
        try TopologySource.requireAbilities(of: topology, scenario: scenario)
        do {
            let root = try RunFolder.root(chosen: start.runs)
            let folder = try RunFolder.create(in: root, topology: topology.name)
            var options = RunOptions(
                run: folder.name, topology: topology.name, file: source.file,
                seed: start.seed ?? UInt64.random(in: 1...999_999), mode: mode,
                socket: try LabDirectory.socket(of: folder), wall: WallTime.now.text,
                version: Squall.version)
            options.settings = try start.settings()
            options.user = start.user
            options.attachment = start.attachment
            options.data = start.data.map { URL(fileURLWithPath: $0).path }
            options.scenario = scenario
            options.timeout = timeout
            options.strict = strict ? true : nil
            options.capture = try start.captured()
            options.sourceFolder = source.folder
            options.takenOver = origin
            try options.write(to: folder)
            try folder.write(Array(source.text.utf8), to: folder.topology)
            let process = try LabLaunch.start(executable: ownPath(), folder: folder.path)
            return StartedRun(folder: folder, options: options, process: process)
        } catch let error as LabError {
            throw failure(error.description, code: error.code)
        } catch let error as JournalError {
            throw failure(error.description, code: Code.unavailable)
        }
    }

    /// The path of this very program.
    static func ownPath() -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }
}
