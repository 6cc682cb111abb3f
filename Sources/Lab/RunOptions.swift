internal import Foundation
public import Journal

/// Everything a lab needs to know beside the topology; `run.json` of the run's folder.
public struct RunOptions: Codable, Sendable, Equatable {
    /// Version of this file's meaning.
    public var squall = 1
    /// The run's name.
    public var run: String
    /// Name of the topology.
    public var topology: String
    /// Path of the topology file as it was given; its text lies in `topology.yaml` beside this file.
    public var file: String
    /// Changes of settings, from `--set`.
    public var settings: [String: String] = [:]
    /// Every random decision comes from it.
    public var seed: UInt64
    /// The scenario to run; a name of the topology, or a file.
    public var scenario: String?
    /// For whom the lab runs: `dashboard`, `command`, `detached`.
    public var mode: String
    /// Who the nodes are outside, from `--user`.
    public var user: String?
    /// `veth` or `tun`; the machine's best when left out.
    public var attachment: String?
    /// Where the nodes' disks lie; inside the run's folder when left out.
    public var data: String?
    /// The longest that a headless run may take, in seconds.
    public var timeout: Double?
    /// With a scenario: what cannot be judged or proved counts as broken.
    public var strict: Bool?
    /// Whether and how packets are captured into the run's folder.
    public var capture: CaptureOptions?
    /// The folder that the topology came from: `{topology}`; empty for a shipped one.
    public var sourceFolder = ""
    /// Path of the control socket.
    public var socket: String
    /// Wall-clock time of the start, RFC 3339.
    public var wall: String
    /// Version of the program.
    public var version: String
    /// The moment of an earlier run that this one goes on from, its faults set again.
    public var takenOver: Origin?
    /// The machine that it runs on; written when the lab has begun.
    public var machine: MachineFacts?

    /// A moment of an earlier run.
    public struct Origin: Codable, Sendable, Equatable {
        /// The earlier run's name.
        public var run: String
        /// Seconds since it began.
        public var at: Double

        /// A moment.
        public init(run: String, at: Double) {
            self.run = run
            self.at = at
        }
    }

    /// Writes `run.json`.
    public func write(to folder: RunFolder) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try folder.write(Array(encoder.encode(self)), to: folder.info)
    }

    /// Options of a run; what is not said here is set afterwards.
    public init(
        run: String, topology: String, file: String, seed: UInt64, mode: String, socket: String,
        wall: String, version: String
    ) {
        self.run = run
        self.topology = topology
        self.file = file
        self.seed = seed
        self.mode = mode
        self.socket = socket
        self.wall = wall
        self.version = version
    }
}

/// How a run's packets are captured.
public struct CaptureOptions: Codable, Sendable, Equatable {
    /// Bytes of the file, at most; the usual bound when left out.
    public var limit: Int?
    /// Bytes of each packet that are kept; all when left out.
    public var snap: Int?

    /// All of it.
    public init(limit: Int? = nil, snap: Int? = nil) {
        self.limit = limit
        self.snap = snap
    }
}
