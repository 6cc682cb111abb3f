internal import CLinux
internal import Glibc
internal import Synchronization

@testable import Supervisor

/// A host with its events, and small words for what tests do with machines.
final class Bench: Sendable {
    private struct State {
        var events: [MachineEvent] = []
        var waiting:
            [(wanted: @Sendable (MachineEvent) -> Bool, CheckedContinuation<Void, Never>)] =
                []
    }

    private final class Record: Sendable {
        let state = Mutex(State())

        func add(_ event: MachineEvent) {
            let woken = state.withLock { state in
                state.events.append(event)
                let woken = state.waiting.filter { $0.wanted(event) }
                state.waiting.removeAll { $0.wanted(event) }
                return woken
            }
            for waiter in woken { waiter.1.resume() }
        }
    }

    let host: MachineHost
    private let record: Record

    private init(host: MachineHost, record: Record) {
        self.host = host
        self.record = record
    }

    static func start(_ options: MachineHost.Options = .init { _ in }) async throws -> Bench {
        let record = Record()
        var options = options
        options.onEvent = { record.add($0) }
        let copy = getenv("SQUALL_TEST_HOST").map { String(cString: $0) }
        if let copy { options.executable = copy }
        let host = try await MachineHost.start(options)
        if let copy { remove(String(copy.dropLast("/squall-host".count))) }
        return Bench(host: host, record: record)
    }

    /// All events so far.
    var events: [MachineEvent] { record.state.withLock { $0.events } }

    /// Waits until an event is there that is wanted; the test's own time limit is the deadline.
    func event(_ wanted: @escaping @Sendable (MachineEvent) -> Bool) async {
        await withCheckedContinuation { continuation in
            let there = record.state.withLock { state in
                if state.events.contains(where: wanted) { return true }
                state.waiting.append((wanted, continuation))
                return false
            }
            if there { continuation.resume() }
        }
    }

    func end(of process: ProcessID, in machine: Machine) async -> ProcessEnd? {
        let id = machine.id
        await event {
            if case .exited(id, process, _) = $0 { return true }
            return false
        }
        for case .exited(id, process, let end) in events { return end }
        return nil
    }

    func machine(
        _ name: String = "kv-1", last: UInt32 = 2, _ attachment: Supervisor.Attachment = .veth,
        change: (inout MachineSpec) -> Void = { _ in }
    ) async throws -> Machine {
        var spec = MachineSpec(
            name: name, address: 0x0A42_0000 + last, attachment: attachment,
            hosts: "127.0.0.1 localhost\n10.66.0.2 kv-1\n10.66.0.3 kv-2\n")
        change(&spec)
        return try await host.make(spec)
    }

    /// Starts a shell line in a machine; what it prints is read from the pipe, which the caller closes.
    func start(
        _ line: String, in machine: Machine, directory: String = "/"
    ) async throws -> (process: ProcessID, output: Int32) {
        var pipe: [Int32] = [-1, -1]
        guard Glibc.pipe(&pipe) == 0 else { throw MachineError.gone }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe[1]) }
        let process = try await machine.start(
            ProcessSpec(
                arguments: ["/bin/sh", "-c", line],
                environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                directory: directory),
            streams: StandardStreams(output: pipe[1], error: pipe[1]))
        return (process, pipe[0])
    }

    /// Runs a shell line in a machine to its end; returns what it printed.
    func shell(
        _ line: String, in machine: Machine, directory: String = "/"
    ) async throws -> (output: String, end: ProcessEnd?) {
        let (process, output) = try await start(line, in: machine, directory: directory)
        defer { close(output) }
        let end = await end(of: process, in: machine)
        return (read(output), end)
    }

    /// Asks a machine what it uses until it is so; false when it is not so within five seconds.
    func sees(_ machine: Machine, _ wanted: (MachineUsage) -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline {
            guard let usage = try? await machine.usage() else { return false }
            if wanted(usage) { return true }
        }
        return false
    }

    /// What a pipe holds, to its end (a program that was left behind keeps it open: then so far).
    private func read(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: buffer.prefix(count))
        }
    }
}
