/// A system: which machines there are, what runs on them, what clients do, and what may be done to
/// it. Read from one YAML file; every text still has its placeholders until `render`.
public struct Topology: Hashable, Sendable {
    /// One word.
    public internal(set) var name = ""
    /// One sentence.
    public internal(set) var about: String?
    /// Programs that must be found in PATH.
    public internal(set) var needs: [Need] = []
    /// Settings in the order of the file, overrides applied.
    public internal(set) var settings: [Setting] = []
    /// Lists in an engine's own spelling, by word.
    public internal(set) var lists: [String: List] = [:]
    /// How machines are joined.
    public internal(set) var fabric = Fabric.auto
    /// In the order of the file.
    public internal(set) var groups: [Group] = []
    /// All nodes, group by group in the order of the file; clients are not among them.
    public internal(set) var members: [Member] = []
    /// Faults that stand from the first packet on: command lines, in the order of the file.
    public internal(set) var weather: [Passage] = []
    /// What the clients do; none without it.
    public internal(set) var workload: Workload?
    /// What is judged of what the clients saw, in the order of the file.
    public internal(set) var checks: [Check] = []
    /// In the order of the file.
    public internal(set) var scenarios: [Scenario] = []
    /// The lesson that is taught with it, if any.
    public internal(set) var lesson: Lesson?
    /// The file, so that later checks can point into it.
    public internal(set) var source: SourceText

    init(source: SourceText) { self.source = source }

    /// Reads a file. `settings` override those of the file (`--set WORD=VALUE`).
    /// Throws all mistakes at once.
    public init(
        parsing text: String, file: String, settings: [String: String] = [:]
    ) throws(Diagnostics) {
        let reading = Topology.read(text, file: file, settings: settings)
        guard let topology = reading.topology, reading.mistakes.isEmpty else {
            throw reading.mistakes
        }
        self = topology
    }

    /// Reads a file that may not even be UTF-8.
    public init(
        parsing bytes: [UInt8], file: String, settings: [String: String] = [:]
    ) throws(Diagnostics) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Diagnostics([Topology.notUTF8(bytes, file: file)])
        }
        try self.init(parsing: text, file: file, settings: settings)
    }

    /// The scenario of that name.
    public func scenario(_ name: String) -> Scenario? {
        scenarios.first { $0.name == name }
    }

    /// The group of that name.
    public func group(_ name: String) -> Group? {
        groups.first { $0.name == name }
    }

    /// The names of the client machines, `client-1` ….
    public var clients: [String] {
        guard let count = workload?.clients, count > 0 else { return [] }
        return (1...count).map { "client-\($0)" }
    }

    /// How machines are joined.
    public enum Fabric: String, Hashable, Sendable, CaseIterable {
        /// The best that this machine allows.
        case auto
        /// squall's own switch between namespaces.
        case virtual
    }

    /// A word and its text.
    public struct Setting: Hashable, Sendable {
        /// The word in `{setting.WORD}`.
        public var name: String
        /// The file's text, or the override.
        public var value: String
    }

    /// `lists: {WORD: {of: GROUP, each: TEXT, join: TEXT}}`.
    public struct List: Hashable, Sendable {
        /// The group whose members are listed.
        public var group: String
        /// Rendered for each of them.
        public var each: Template
        /// Between two.
        public var join: String
    }

    /// One node.
    public struct Member: Hashable, Sendable {
        /// `replica-2`; also its host name.
        public var name: String
        /// `replica`.
        public var group: String
        /// From 1 within the group; 1 in a group without `count`.
        public var index: Int
    }
}
