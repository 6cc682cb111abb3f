import CLinux
import Cluster
import Foundation
import Journal
import Testing

/// A lab that was started with `squall up --detach`, read through its journal like any dashboard.
final class LiveLab {
    let home: Home
    let folder: RunFolder
    /// The process of the lab.
    let id: pid_t
    /// The fold of what was read so far, as a dashboard has it.
    private(set) var state = ClusterState()
    private(set) var entries: [Entry] = []
    /// What the command that started it left behind.
    let started: Ran
    private let feed: FileFeed

    convenience init(
        _ home: Home, _ topology: String, options: [String] = [],
        environment: [String: String] = [:]
    ) async throws {
        try await self.init(
            home, ["up", topology, "--detach", "--runs", home.runs] + options, environment)
    }

    /// Goes on live from a moment of a recording.
    convenience init(_ home: Home, takingOver run: String, at moment: String) async throws {
        try await self.init(
            home,
            ["replay", run, "--at", moment, "--take-over", "--detach", "--runs", home.runs], [:])
    }

    private init(_ home: Home, _ words: [String], _ environment: [String: String]) async throws {
        self.home = home
        let ran = try await home.start(words, environment: environment).end()
        try #require(ran.code == 0, "squall \(words[0]): \(ran.errors)")
        started = ran
        let name = ran.output.trimmingCharacters(in: .whitespacesAndNewlines)
        folder = RunFolder(path: home.runs + "/" + name)
        id = try #require(labs(of: folder.path).first, "no lab runs in \(folder.path)")
        feed = try FileFeed(path: folder.journal)
    }

    deinit { kill(id, SIGKILL) }

    /// Gives the lab a command; what it printed.
    @discardableResult
    func `do`(
        _ line: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let ran = try await home.start(["do"] + line.split(separator: " ").map(String.init)).end()
        #expect(ran.code == 0, "\(line): \(ran.errors)", sourceLocation: sourceLocation)
        return ran.output
    }

    /// Gives the lab a command that makes a fault; its number.
    func inject(
        _ line: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> FaultID {
        try catchUp()
        let known = Set(state.core.faults.map(\.record.id))
        try await self.do(line, sourceLocation: sourceLocation)
        var made: FaultID?
        try await wait(for: "fault of \(line)", sourceLocation: sourceLocation) { state in
            made = state.core.faults.last { !known.contains($0.record.id) }?.record.id
            return made != nil
        }
        return try #require(made, sourceLocation: sourceLocation)
    }

    /// A fault as of what was read so far.
    func fault(_ id: FaultID) -> FaultState? { state.core.faults.first { $0.record.id == id } }

    /// A node as of what was read so far.
    /// A plain error where it is not known (yet): conditions that are waited for ask with `try?`, and a
    /// requirement that fails would be told all the same.
    func node(_ name: String) throws -> NodeState {
        guard let node = state.core.nodes.first(where: { $0.name == name }) else {
            throw Late(description: "no node \(name) was told of")
        }
        return node
    }

    /// What became of a node, in order, as phases and reasons.
    func course(of name: String, from first: Int = 0) throws -> [NodeChange] {
        let id = try node(name).id
        return entries.dropFirst(first).compactMap { entry in
            if case .nodeChanged(id, let change) = entry.event { change } else { nil }
        }
    }

    /// Reads what is there.
    func catchUp() throws {
        while true {
            let new = try feed.poll()
            if new.isEmpty { return }
            for entry in new { state.apply(entry) }
            entries += new
        }
    }

    /// Reads on until something is so; the test fails when it takes too long.
    func wait(
        for what: String, within limit: Duration = .seconds(20),
        sourceLocation: SourceLocation = #_sourceLocation, _ holds: (ClusterState) -> Bool
    ) async throws {
        let wake = try feed.wakeDescriptor()
        let deadline = ContinuousClock.now + limit
        while true {
            try catchUp()
            if holds(state) { return }
            let left = deadline - ContinuousClock.now
            guard left > .zero else {
                let nodes = state.core.nodes.map { "\($0.name) \($0.phase) \($0.change.reason)" }
                throw Late(description: "\(what): not within \(limit); \(nodes)")
            }
            let milliseconds = Int32(left / .milliseconds(1)) + 1
            _ = await onThread {
                var watched = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
                return poll(&watched, 1, milliseconds)
            }
        }
    }

    struct Late: Error, CustomStringConvertible {
        let description: String
    }

    /// Waits until a fault was judged; the proof.
    func proof(
        of id: FaultID, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Proof {
        try await wait(for: "proof of \(id)", sourceLocation: sourceLocation) { _ in
            self.fault(id)?.proof != nil
        }
        return try #require(fault(id)?.proof)
    }

    /// Ends the lab as a service manager would, and reads the rest.
    func end(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        kill(id, SIGTERM)
        let id = id
        let ended = await onThread { processEnded(id, within: .seconds(15)) }
        #expect(ended, "the lab does not end", sourceLocation: sourceLocation)
        try catchUp()
    }
}

/// Waits for the end of any process; false when the time is over first. Blocks.
func processEnded(_ id: pid_t, within limit: Duration) -> Bool {
    let descriptor = squall_process_descriptor(id)
    guard descriptor >= 0 else { return descriptor == -ESRCH }
    defer { close(descriptor) }
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, Int32(clamping: Int64(max(.zero, limit) / .milliseconds(1)))) == 1
}

/// The processes of labs that write to folders below a path.
func labs(of path: String) -> [pid_t] {
    processes { id in
        let words = contents("/proc/\(id)/cmdline").split(separator: "\0")
        return words.count == 3 && words[1] == "__lab" && words[2].hasPrefix(path)
    }
}

/// All processes of the host that carry a mark in their environment or on their command line.
func processes(marked mark: String) -> [pid_t] {
    processes {
        contents("/proc/\($0)/cmdline").contains(mark)
            || contents("/proc/\($0)/environ").contains(mark)
    }
}

/// Ids of processes; those that are only waiting to be collected are left out.
private func processes(where matches: (pid_t) -> Bool) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { $0 != getpid() && matches($0) }
}

/// The text of a file of the kernel; empty when it cannot be read.
func contents(_ path: String) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { return "" }
    return String(decoding: data, as: UTF8.self)
}
