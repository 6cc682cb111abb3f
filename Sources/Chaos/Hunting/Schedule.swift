internal import Cluster

/// Faults at set times: what a hunt draws, runs, and makes shorter.
public struct Schedule: Hashable, Sendable, Codable {
    /// In the order of their beginnings.
    public private(set) var faults: [Planned]

    /// One fault, its beginning counted from when all nodes were ready.
    public struct Planned: Hashable, Sendable, Codable {
        /// When it begins.
        public var begins: Duration
        /// How long it lasts.
        public var lasts: Duration
        /// The command without its ending: `crash kv-1`.
        public var text: String

        /// A fault at a time.
        public init(begins: Duration, lasts: Duration, text: String) {
            self.begins = begins
            self.lasts = lasts
            self.text = text
        }

        /// When it is over.
        public var ends: Duration { begins + lasts }
    }

    /// Faults in any order.
    public init(_ faults: [Planned]) {
        self.faults = faults.enumerated().sorted {
            ($0.element.begins, $0.offset) < ($1.element.begins, $1.offset)
        }.map(\.element)
    }

    /// From the first "all ready" to the end of the last fault.
    public var length: Duration { faults.map(\.ends).max() ?? .zero }

    /// As steps of a scenario: waits and commands.
    public var steps: [String] {
        var lines: [String] = []
        var now = Duration.zero
        func wait(until moment: Duration) {
            guard moment > now else { return }
            lines.append("wait \((moment - now).text)")
            now = moment
        }
        for fault in faults {
            wait(until: fault.begins)
            lines.append("\(fault.text) for \(fault.lasts.text)")
        }
        wait(until: length)
        return lines
    }

    /// A scenario file that runs it: `about` is one sentence, `promises` and `always` are expressions.
    public func scenario(about: String, always: [String], promises: [String]) -> String {
        var lines = ["about: \(Self.quoted(about))", "settle: 20s", "steps:"]
        lines += (["wait until ready(all) within 60s"] + steps).map { "  - \(Self.quoted($0))" }
        if !always.isEmpty { lines += ["always:"] + always.map { "  - \(Self.quoted($0))" } }
        if !promises.isEmpty { lines += ["expect:"] + promises.map { "  - \(Self.quoted($0))" } }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Plain where YAML takes it as it is, quoted otherwise.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.allSatisfy { character in
            character.isASCII
                && (character.isLetter || character.isNumber || " ,/()<>=.%-_".contains(character))
        }
        let begins = text.first.map { $0.isLetter } ?? false
        if isPlain, begins { return text }
        return "'" + text.replacing("'", with: "''") + "'"
    }
}
