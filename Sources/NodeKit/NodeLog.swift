internal import Foundation

/// Log lines for a person: the time of day (UTC), the node, what happened. One line, one write, so that
/// lines of several threads do not mix and a killed process has lost none that it printed.
public struct NodeLog: Sendable {
    private let node: String

    /// A log that speaks in the name of `node`.
    public init(node: String) {
        self.node = node
    }

    /// Says what happened.
    public func info(_ message: String) {
        write(message, mark: "")
    }

    /// Says what went wrong while the node goes on.
    public func warning(_ message: String) {
        write(message, mark: "warning: ")
    }

    private func write(_ message: String, mark: String) {
        let line = "\(Self.timeOfDay()) \(node) \(mark)\(message)\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }

    private static func timeOfDay() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let second = now.tv_sec % 86_400
        let thousandth = String(1_000 + now.tv_nsec / 1_000_000).dropFirst()
        return "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)).\(thousandth)"
    }
}
