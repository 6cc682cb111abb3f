internal import CLinux
internal import Cluster
internal import Foundation
internal import Glibc
internal import Journal
internal import Supervisor
internal import Topology

/// Clocks of machines whose programs follow a file.
extension Lab {
    /// Where a machine finds its clock's file.
    static let clockDirectory = "/run/squall/clock"
    private static let clockFile = "now"

    /// What a program of a group with `clock: faultable` gets into its environment.
    static func clockEnvironment() -> [String] {
        guard let library = FakeTime.library else { return [] }
        return FakeTime.environment(library: library, file: clockDirectory + "/" + clockFile)
    }

    /// The directory of the host that holds a machine's clock.
    func clockFolder(of plan: MachinePlan) -> String { folder.path + "/clock/" + plan.name }

    /// Makes the file that the clock follows.
    func prepareClock(of plan: MachinePlan) throws {
        try FileManager.default.createDirectory(
            atPath: clockFolder(of: plan), withIntermediateDirectories: true)
        try writeClock(of: plan.id, MachineClock())
    }

    /// Sets a machine's clock. Programs see it within a second.
    func writeClock(of id: NodeID, _ wanted: MachineClock) throws(MachineError) {
        let runtime = machines[Int(id.index)]
        let text = wanted.setting(programStart: runtime.control.programStart ?? clock.now)
        let path = clockFolder(of: runtime.plan) + "/" + Self.clockFile
        do {
            try folder.write(Array((text + "\n").utf8), to: path)
        } catch {
            throw MachineError.failed(call: "write of \(path)", code: EIO)
        }
    }

    /// A program is about to start: its clock counts from here.
    func startClock(of id: NodeID) {
        let index = Int(id.index)
        guard machines[index].plan.hasFaultableClock else { return }
        machines[index].control.programStart = clock.now
        // Where it cannot be written, it is as it was; the fault's proof tells.
        try? writeClock(of: id, machines[index].control.enforced.clock)
    }

    // MARK: Reading one

    /// What a program of a machine reads from its clocks, twice.
    struct ClockReading: Sendable {
        /// How far it is ahead of the host's clock, in seconds.
        var ahead: Double
        /// Seconds that pass there in one of the host's.
        var speed: Double
    }

    /// Starts a program of squall's own in a machine as the node's is started, and lets it read. It is the
    /// one that is written in C: libfaketime hides their arguments from programs in Swift.
    func readClock(of id: NodeID) async -> ClockReading? {
        let runtime = machines[Int(id.index)]
        var ends: [Int32] = [-1, -1]
        guard squall_pipe(&ends) == 0 else { return nil }
        let output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        let end = try? await program(
            [LabPlan.programDirectory + "/squall-host", "clock"], on: runtime.plan,
            StandardStreams(output: ends[1]))
        close(ends[1])
        guard end?.status == 0, let data = try? output.readToEnd() else { return nil }
        let numbers = String(decoding: data, as: UTF8.self).split(separator: " ").compactMap {
            Double($0)
        }
        guard numbers.count == 4, numbers[3] > numbers[1] else { return nil }
        var wall = timespec()
        var steady = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        clock_gettime(CLOCK_MONOTONIC, &steady)
        let own = wall.inSeconds - steady.inSeconds
        return ClockReading(
            ahead: numbers[0] - numbers[1] - own,
            speed: (numbers[2] - numbers[0]) / (numbers[3] - numbers[1]))
    }
}

extension timespec {
    fileprivate var inSeconds: Double { Double(tv_sec) + Double(tv_nsec) / 1e9 }
}
