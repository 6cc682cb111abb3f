/// What `squall bench machines` found. Durations in seconds.
public struct MachineReport: Codable, Sendable {
    /// Machines that were made.
    public var count: Int
    /// How they were attached.
    public var attachment: String
    /// Until all of them were made and plugged in.
    public var up: Double
    /// Until all of them were collected.
    public var gone: Double = 0
    /// Memory that the whole system had less, for each, in MB.
    public var memory: Double
    /// Share of a core that everything of squall took while nothing happened.
    public var idle: Double
    /// What the switch did in the mesh; `nil` where there were fewer than two machines.
    public var mesh: Mesh?
    /// What has a bar: the table's figures for 1,000 machines, for as many as there were.
    public var judgements: [Judgement] = []

    /// Small datagrams criss-cross between some of the machines, every one of them delayed.
    public struct Mesh: Codable, Sendable {
        /// Machines that sent and received.
        public var machines: Int
        /// Packets sent a second.
        public var rate: Double
        /// Share of them that arrived.
        public var arrived: Double
        /// Share of a core that the packet loop took.
        public var core: Double
        /// How late they left, 99th percentile, µs.
        public var lateP99: Double
    }

    /// Puts the judgements in.
    mutating func judge() {
        let share = Double(count) / 1_000
        judgements = [
            .atMost("\(count) machines up", up, must: 20 * share, aim: 10 * share, unit: "s"),
            .atMost("\(count) machines gone", gone, must: 40 * share, aim: 20 * share, unit: "s"),
            .atMost("memory of each", memory, must: 2, aim: 1, unit: "MB"),
            .atMost("idle, of a core", idle * 100, must: 10 * share, aim: 5 * share, unit: "%"),
        ]
        if let mesh {
            judgements.append(
                .atMost(
                    "packet loop at \(figure(mesh.rate)) packets/s, of a core", mesh.core * 100,
                    must: 100, aim: 50, unit: "%"))
            judgements.append(
                .atLeast(
                    "packets of the mesh that arrived", mesh.arrived * 100, must: 99.9, aim: 100,
                    unit: "%"))
        }
    }

    /// Whether nothing is missing that must be.
    public var holds: Bool { judgements.allSatisfy(\.holds) }

    /// What people read.
    public var lines: [String] {
        var all = ["\(count) machines (\(attachment))"]
        if let mesh {
            all.append(
                "mesh of \(mesh.machines): each packet delayed by 10 ms, late p99 "
                    + "\(figure(mesh.lateP99)) µs")
        }
        return all + [""] + Bench.lines(of: judgements)
    }
}
