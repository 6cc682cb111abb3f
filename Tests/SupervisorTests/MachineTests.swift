internal import CLinux
internal import Glibc
import Testing

@testable import Supervisor

/// Machines and their processes: starting, ending, and the ways to be gone.
@Suite(.timeLimit(.minutes(2)))
struct MachineTests {
    @Test(arguments: Who.all)
    func `programs start, print and end in every attachment`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            #expect(bench.host.attachments.map(\.rawValue).sorted() == who.attachments.sorted())
            for (index, attachment) in bench.host.attachments.enumerated() {
                let name = "kv-\(index + 1)"
                let machine = try await bench.machine(name, last: UInt32(index) + 2, attachment)
                let (output, end) = try await bench.shell("hostname; exit 3", in: machine)
                expect(output, is: name + "\n")
                #expect(end?.status == 3 && end?.signal == nil)
                #expect(machine.port.attachment == attachment)
            }
            await bench.host.end()
        }
    }

    @Test
    func `a program gets its arguments, environment and directory, and nothing else`() async throws
    {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        let (output, _) = try await bench.shell(
            "pwd; env | grep -v -e PWD -e OLDPWD -e SHLVL -e ^_=; ls /proc/self/fd | wc -l",
            in: machine, directory: "/usr")
        // `ls` itself opens the fourth.
        expect(
            output,
            is: "/usr\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n4\n")
        await bench.host.end()
    }

    @Test
    func `arguments and environment may be large, and are refused when they are too large`()
        async throws
    {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        func spec(_ size: Int) -> ProcessSpec {
            ProcessSpec(
                arguments: ["/bin/sh", "-c", "exit ${#LARGE1}"],
                environment: ["LARGE1=" + String(repeating: "x", count: 77)]
                    + (0..<size).map { "LARGE\($0)_=" + String(repeating: "x", count: 1000) })
        }
        let process = try await machine.start(spec(128), streams: StandardStreams())
        #expect(await bench.end(of: process, in: machine)?.status == 77)
        await #expect(throws: MachineError.tooLarge) {
            try await machine.start(spec(200), streams: StandardStreams())
        }
        await bench.host.end()
    }

    @Test
    func `a program that cannot be started says why`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        await #expect(
            throws: MachineError.notStarted(program: "no-such", call: "execve", code: ENOENT)
        ) {
            try await machine.start(
                ProcessSpec(arguments: ["no-such"], environment: ["PATH=/usr/bin"]),
                streams: StandardStreams())
        }
        await #expect(
            throws: MachineError.notStarted(program: "/no/such", call: "chdir", code: ENOENT)
        ) {
            try await machine.start(
                ProcessSpec(arguments: ["true"], environment: [], directory: "/no/such"),
                streams: StandardStreams())
        }
        await #expect(throws: MachineError.failed(call: "kill", code: ESRCH)) {
            try await machine.signal(SIGTERM, to: ProcessID(number: 9))
        }
        await bench.host.end()
    }

    @Test
    func `a signal reaches the one process that it is for`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        let first = try await machine.start(.sleeping, streams: StandardStreams())
        let second = try await machine.start(.sleeping, streams: StandardStreams())
        try await machine.signal(SIGTERM, to: first)
        let end = await bench.end(of: first, in: machine)
        #expect(end?.signal == SIGTERM && end?.status == nil)
        #expect(try await machine.usage().processes == 1)
        try await machine.signal(SIGKILL, to: second)
        #expect(await bench.end(of: second, in: machine)?.signal == SIGKILL)
        await bench.host.end()
    }

    @Test
    func `a crash ends every process but pid 1, and is told when the machine is empty`()
        async throws
    {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        let id = machine.id
        // Children without end, a daemon, and one that ignores what can be ignored.
        _ = try await machine.start(
            ProcessSpec(
                arguments: [
                    "/bin/sh", "-c",
                    """
                    trap '' TERM HUP INT; setsid sleep 99 & (sleep 99 & sleep 99) &
                    while :; do sleep 0.001; done
                    """,
                ], environment: ["PATH=/usr/bin:/bin"]), streams: StandardStreams())
        _ = try await bench.shell("true", in: machine)
        #expect(!bench.events.contains { $0.isEmptied(id) })
        try await machine.signalAll(SIGKILL)
        await bench.event { $0.isEmptied(id) }
        #expect(try await machine.usage().processes == 0)
        let (output, _) = try await bench.shell("echo again", in: machine)
        expect(output, is: "again\n")
        await bench.host.end()
    }

    @Test
    func `a pause stops all processes and its end lets them run on`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        for _ in 0..<3 { _ = try await machine.start(.sleeping, streams: StandardStreams()) }
        try await machine.signalAll(SIGSTOP)
        // The signal is sent at once; each process stops when it is next scheduled.
        #expect(await bench.sees(machine) { $0.processes == 3 && $0.stopped == 3 })
        try await machine.signalAll(SIGCONT)
        #expect(await bench.sees(machine) { $0.processes == 3 && $0.stopped == 0 })
        await bench.host.end()
    }

    @Test(arguments: Who.all)
    func `power is taken and given back under the same name and address`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            for attachment in bench.host.attachments {
                let machine = try await bench.machine("kv-1", last: 2, attachment)
                let process = try await machine.start(.sleeping, streams: StandardStreams())
                try await machine.powerOff()
                let events = bench.events
                #expect(events.last == .gone(machine: machine.id), "\(events)")
                #expect(kill(machine.processID, 0) != 0, "pid 1 is still there")
                await #expect(throws: MachineError.gone, "a signal was taken") {
                    try await machine.signal(SIGTERM, to: process)
                }
                // Twice is not an error: somebody else may have been faster.
                try await machine.powerOff()
                let again = try await bench.machine("kv-1", last: 2, attachment)
                #expect(again.id != machine.id, "the number was used again")
                expect(try await bench.shell("hostname", in: again).output, is: "kv-1\n")
            }
            await bench.host.end()
        }
    }

    @Test
    func `CPU time and memory of a machine are those of its processes`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        let before = try await machine.usage()
        #expect(before == MachineUsage(processes: 0, stopped: 0, cpu: .zero, residentBytes: 0))
        // Half a second of CPU in a process that has ended by the time it is asked for.
        _ = try await bench.shell(
            "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done", in: machine)
        let after = try await machine.usage()
        #expect(after.cpu > .milliseconds(20) && after.processes == 0)
        // Five megabytes in a shell's variable, and a word when they are there.
        let (holder, output) = try await bench.start(
            "x=$(head -c 5000000 /dev/zero | tr '\\0' x); echo ready; sleep 999 & wait", in: machine
        )
        defer { close(output) }
        var word = [UInt8](repeating: 0, count: 6)
        #expect(read(output, &word, 6) == 6)
        let running = try await machine.usage()
        #expect(running.processes >= 1 && running.residentBytes > 5_000_000)
        #expect(running.cpu >= after.cpu)
        try await machine.signal(SIGKILL, to: holder)
        await bench.host.end()
    }

    @Test
    func `requests wait for a machine that is not scheduled, up to a bound, and none is lost`()
        async throws
    {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        kill(machine.processID, SIGSTOP)
        let outcomes = await withTaskGroup(of: Result<MachineUsage, MachineError>.self) { group in
            for _ in 0..<6000 {
                group.addTask {
                    do throws(MachineError) {
                        return .success(try await machine.usage())
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var outcomes: (answered: Int, busy: Int) = (0, 0)
            for await outcome in group {
                switch outcome {
                case .success: outcomes.answered += 1
                case .failure(let error):
                    #expect(error == .busy)
                    outcomes.busy += 1
                    // The queue is full: now it may go on.
                    if outcomes.busy == 1 { kill(machine.processID, SIGCONT) }
                }
            }
            return outcomes
        }
        #expect(outcomes.busy > 0 && outcomes.answered >= 4096)
        #expect(outcomes.busy + outcomes.answered == 6000)
        await bench.host.end()
    }

    @Test
    func `a terminal of its own makes ^C a signal`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        var terminal: Int32 = -1
        var side: Int32 = -1
        try #require(squall_open_terminal(&terminal, &side) == 0)
        defer { close(terminal) }
        var spec = ProcessSpec(arguments: ["cat"], environment: ["PATH=/usr/bin:/bin"])
        spec.controllingTerminal = true
        let process = try await machine.start(
            spec, streams: StandardStreams(input: side, output: side, error: side))
        close(side)
        // The terminal's own echo, then what `cat` says: now it runs.
        #expect(write(terminal, "hello\n", 6) == 6)
        var buffer = [UInt8](repeating: 0, count: 64)
        var seen = 0
        while seen < 14 { seen += max(0, read(terminal, &buffer, buffer.count)) }
        #expect(write(terminal, "\u{3}", 1) == 1)
        #expect(await bench.end(of: process, in: machine)?.signal == SIGINT)
        await bench.host.end()
    }

    @Test
    func `the end of the host ends every machine and collects it`() async throws {
        let bench = try await Bench.start()
        var ids: [Int32] = [bench.host.processID]
        for last in 2...5 {
            let machine = try await bench.machine("kv-\(last)", last: UInt32(last))
            _ = try await machine.start(.sleeping, streams: StandardStreams())
            ids.append(machine.processID)
        }
        await bench.host.end()
        for id in ids { #expect(kill(id, 0) != 0 && errno == ESRCH) }
        #expect(bench.events.last == .hostGone)
        #expect(bench.events.count { $0.isGone } == 4)
        await #expect(throws: MachineError.gone) { try await bench.machine() }
        await bench.host.end()
    }

    @Test
    func `a host that is killed takes its machines with it, and says so`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        _ = try await machine.start(.sleeping, streams: StandardStreams())
        kill(bench.host.processID, SIGKILL)
        await bench.event { $0 == .hostGone }
        await #expect(throws: MachineError.gone) { try await machine.usage() }
        #expect(await ended(machine.processID, by: .now + .seconds(2)))
    }

    @Test(arguments: Who.all)
    func `two hundred machines are up and gone within seconds`(who: Who) async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardOutputContent]
        ) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            let clock = ContinuousClock()
            let began = clock.now
            let machines = try await withThrowingTaskGroup(of: Machine.self) { group in
                for number in 0..<UInt32(200) {
                    group.addTask {
                        try await bench.machine("kv-\(number)", last: 2 + number)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let up = began.duration(to: clock.now)
            #expect(Set(machines.map(\.id)).count == 200)
            await bench.host.end()
            let down = began.duration(to: clock.now) - up
            print("200 machines as \(who): up in \(up), gone in \(down)")
            #expect(up < .seconds(20) && down < .seconds(40))
        }
        let lines = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
            .split(separator: "\n")
        for line in lines where line.hasPrefix("200 machines") { print(line) }
    }
}

extension ProcessSpec {
    /// A program that does nothing for long.
    static let sleeping = ProcessSpec(
        arguments: ["sleep", "999"], environment: ["PATH=/usr/bin:/bin"])
}

extension MachineEvent {
    func isEmptied(_ id: MachineID) -> Bool {
        if case .emptied(id, _) = self { return true }
        return false
    }

    var isGone: Bool {
        if case .gone = self { return true }
        return false
    }
}
