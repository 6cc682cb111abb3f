internal import Glibc
import Testing

@testable import Supervisor

/// What pid 1 and the host hold a machine to, as its programs feel it.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct LimitTests {
    // MARK: Processor

    @Test(arguments: Who.all)
    func `a share of a processor holds for one thread, for many, and for short-lived programs`(
        who: Who
    ) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            for (index, line) in [
                "while :; do :; done",
                "for i in 1 2 3; do (while :; do :; done) & done; wait",
                "while :; do /bin/true; done",
            ].enumerated() {
                let machine = try await bench.machine("kv-1", last: UInt32(index) + 2)
                let (_, output) = try await bench.start(line, in: machine)
                defer { close(output) }
                let free = try await share(of: machine)
                try await machine.limitProcessor(millionths: 200_000)
                let limited = try await share(of: machine)
                #expect(limited < 0.26, "\(line): \(limited) of a processor, \(free) without")
                #expect(limited > 0.1, "\(line): \(limited) of a processor, \(free) without")
                #expect(try await machine.usage().heldBack > 5)
                try await machine.limitProcessor(millionths: 50_000)
                let less = try await share(of: machine, over: .milliseconds(1500))
                #expect(less < 0.08, "\(line): \(less) of a processor")
                try await machine.limitProcessor(millionths: nil)
                let healed = try await share(of: machine)
                #expect(healed > 2 * limited, "\(line): \(healed) after, \(limited) limited")
                #expect(await bench.sees(machine) { $0.stopped == 0 })
                try await machine.powerOff()
            }
            await bench.host.end()
        }
    }

    @Test
    func `an idle machine is never held back by a share`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        let (_, output) = try await bench.start("exec sleep 1000", in: machine)
        defer { close(output) }
        try await machine.limitProcessor(millionths: 10_000)
        // Its own start may be.
        _ = try await share(of: machine)
        let before = try await machine.usage().heldBack
        _ = try await share(of: machine)
        #expect(try await machine.usage().heldBack == before)
        await bench.host.end()
    }

    @Test
    func `who is paused is not woken by a share, and who has a share goes on with it`() async throws
    {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        let (_, output) = try await bench.start("while :; do :; done", in: machine)
        defer { close(output) }
        // Paused first, limited then.
        try await machine.signalAll(SIGSTOP)
        try await machine.limitProcessor(millionths: 200_000)
        let paused = try await share(of: machine)
        #expect(paused == 0, "\(paused)")
        try await machine.signalAll(SIGCONT)
        let limited = try await share(of: machine)
        #expect(limited > 0.1 && limited < 0.26, "\(limited)")
        // Limited first, paused then; the limit ends in the pause, and wakes nobody.
        try await machine.signalAll(SIGSTOP)
        try await machine.limitProcessor(millionths: nil)
        let still = try await share(of: machine)
        #expect(still == 0, "\(still)")
        try await machine.signalAll(SIGCONT)
        let free = try await share(of: machine)
        #expect(free > 0.26, "\(free)")
        // A crash under the limit ends everything, the stopped ones too.
        try await machine.limitProcessor(millionths: 10_000)
        try await machine.signalAll(SIGKILL)
        #expect(await bench.sees(machine) { $0.processes == 0 })
        await bench.host.end()
    }

    // MARK: Files

    @Test(arguments: Who.all)
    func `open files are limited for all programs, and each gets back what it had`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            let machine = try await bench.machine()
            let before = try await bench.shell("ulimit -Sn", in: machine).output
            // One as it was started, one with a limit of its own, and one below the fault's.
            for line in ["", "ulimit -Sn 400;", "ulimit -Sn 20;"] {
                let (_, output) = try await bench.start("\(line) exec sleep 1000", in: machine)
                close(output)
            }
            func limits() async throws -> String {
                try await bench.shell(
                    "for p in $(grep -l sleep /proc/[0-9]*/comm); do "
                        + "awk '/open files/ {print $4}' ${p%comm}limits; done | sort -n",
                    in: machine
                ).output
            }
            let own = try await limits()
            expect(own, is: "20\n400\n" + before)
            let first = try await machine.limitFiles(to: 100)
            #expect(first == .init(processes: 3, lowered: 2))
            expect(try await limits(), is: "20\n100\n100\n")
            expect(try await bench.shell("ulimit -Sn", in: machine).output, is: "100\n")
            // Felt: the 98th file cannot be opened any more.
            let felt = try await bench.shell(
                "/usr/bin/perl -e 'for (1..200) { open($f[$_], \"<\", \"/dev/null\") or "
                    + "do { print $!+0, \"\\n\"; exit } }'", in: machine)
            expect(felt.output, is: "\(EMFILE)\n")
            // A lower one, then a higher one; a program started in between is born limited.
            _ = try await machine.limitFiles(to: 50)
            let (_, output) = try await bench.start("exec sleep 1001", in: machine)
            close(output)
            _ = try await machine.limitFiles(to: 300)
            expect(try await limits(), is: "20\n300\n300\n300\n")
            let healed = try await machine.limitFiles(to: nil)
            #expect(healed.lowered == 0)
            expect(try await limits(), is: "20\n400\n" + before + before)
            await bench.host.end()
        }
    }

    @Test
    func `a program that raises its own limit is held to it again, and gets its own in the end`()
        async throws
    {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        _ = try await machine.limitFiles(to: 64)
        // The shell raises its soft limit, waits until that was undone, and tells.
        let (process, output) = try await bench.start(
            """
            ulimit -Sn 200; while [ $(ulimit -Sn) != 64 ]; do :; done
            while [ $(ulimit -Sn) = 64 ]; do :; done; ulimit -Sn
            """, in: machine)
        defer { close(output) }
        #expect(
            await bench.sees(machine) { $0.processes > 0 })
        let deadline = ContinuousClock.now + .seconds(10)
        var held = try await machine.limitFiles(to: 64)
        while held.lowered == 0, ContinuousClock.now < deadline {
            held = try await machine.limitFiles(to: 64)
        }
        // Long enough for the shell to see it.
        _ = try await share(of: machine)
        _ = try await machine.limitFiles(to: nil)
        let end = await bench.end(of: process, in: machine)
        #expect(end?.status == 0)
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(output, &buffer, 64)
        expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self), is: "200\n")
        await bench.host.end()
    }

    // MARK: Disk

    @Test(arguments: Who.all)
    func `a disk of a size outlives crash and power, is full when asked, and ends with the host`(
        who: Who
    ) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            guard let folder = temporaryFolder() else { exit(3) }
            if who == .ordinary { chown(folder, 4242, 4242) }
            who.become()
            let bench = try await Bench.start()
            let size: UInt64 = 1 << 20
            let root = try await bench.host.makeDisk(at: folder, bytes: size)
            // The lab puts files there.
            let file = openat(root.number, "given", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            #expect(file >= 0 && write(file, "hello", 5) == 5)
            close(file)
            func machine() async throws -> Machine {
                try await bench.machine {
                    $0.binds = [
                        Bind(
                            source: folder + "/disk", target: "/run/squall/data", writable: true)
                    ]
                }
            }
            var one = try await machine()
            let data = "/run/squall/data"
            func shell(_ line: String) async throws -> String {
                try await bench.shell(line, in: one, directory: data).output
            }
            expect(try await shell("cat given; echo kept > own; cat own"), is: "hellokept\n")
            #expect(try await one.tryWrite(in: data) == 0)
            try await bench.host.setDisk(at: folder, bytes: size, full: true)
            #expect(try await one.tryWrite(in: data) == ENOSPC)
            let full = try await shell(
                "head -c 4096 /dev/zero > other; cat own given; df . | grep -c 100%")
            #expect(full.contains("No space left on device"), "\(full)")
            #expect(full.hasSuffix("kept\nhello1\n"), "\(full)")
            // What is removed makes room, as on any disk.
            let freed = try await shell("rm own; echo again > own; cat own")
            expect(freed, is: "again\n")
            try await bench.host.setDisk(at: folder, bytes: size, full: false)
            #expect(try await one.tryWrite(in: data) == 0)
            // As it was: its size, and no more.
            let room = try await shell(
                "head -c 900000 /dev/zero > big && rm big && echo room; "
                    + "head -c 1100000 /dev/zero > big || echo none; rm big")
            #expect(room.contains("room") && room.contains("none"), "\(room)")
            try await bench.host.setDisk(at: folder, bytes: size, full: true)
            try await one.powerOff()
            one = try await machine()
            expect(try await shell("cat own"), is: "again\n")
            #expect(try await one.tryWrite(in: data) == ENOSPC, "full is full after a power-off")
            await bench.host.end()
            // Outside nothing ever showed, and nothing is left.
            #expect(rmdir(folder) == 0)
        }
    }

    // MARK: Control groups

    @Test(
        .enabled("takes root, or a delegated control group") {
            ControlGroups().cpu.place != nil && ControlGroups().memory.place != nil
        })
    func `a control group limits processor and memory, and is gone afterwards`() async throws {
        let groups = ControlGroups()
        let cpuPlace = try #require(groups.cpu.place)
        let memoryPlace = try #require(groups.memory.place)
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        let memory = try ControlGroup(memoryPlace, [.memory], machine: "kv-1")
        defer { memory.remove() }
        try await machine.moveProcesses(to: memory.processes(), slot: 1, stay: true)
        let (_, output) = try await bench.start("while :; do :; done", in: machine)
        defer { close(output) }
        let free = try await share(of: machine)
        // Moved while it runs, and back again.
        let cpu = try ControlGroup(cpuPlace, [.cpu], machine: "kv-1-cpu")
        try await machine.moveProcesses(to: cpu.processes(), slot: 0, stay: true)
        for (millionths, most) in [(UInt32(200_000), 0.26), (10_000, 0.02)] {
            try cpu.limitProcessor(millionths: millionths)
            let limited = try await share(of: machine)
            #expect(limited < most, "\(limited) of a processor, \(free) without")
        }
        #expect(cpu.heldBack > 0)
        try cpu.limitProcessor(millionths: nil)
        try await machine.moveProcesses(to: cpu.home(), slot: 0, stay: false)
        #expect(cpu.remove(), "somebody was left in it")
        let healed = try await share(of: machine)
        #expect(healed > 0.1, "\(healed)")

        #expect(memory.memoryUse.bytes > 0)
        try memory.limitMemory(bytes: 16 << 20)
        let eat = "/usr/bin/perl -e '$x = \"x\" x (64 << 20); print \"alive\"'"
        let killed = try await bench.shell(eat, in: machine)
        // Killed itself, or told by its shell.
        #expect(
            killed.end?.signal == SIGKILL || killed.end?.status == 128 + SIGKILL, "\(killed)")
        #expect(memory.memoryUse.killed > 0 && memory.memoryUse.refused > 0)
        #expect(try await machine.usage().processes >= 1, "the machine itself lives")
        try memory.limitMemory(bytes: nil)
        expect(try await bench.shell(eat, in: machine).output, is: "alive")
        await bench.host.end()
        #expect(memory.remove())
        #expect(access(ControlGroup.folder(in: memoryPlace, of: getpid()), F_OK) != 0)
    }

    @Test(
        .enabled("takes root, or a delegated control group") {
            ControlGroups().memory.place != nil
        })
    func `control groups go when the lab is killed`() async throws {
        let place = try #require(ControlGroups().memory.place)
        let mark = UInt32.random(in: 100_000_000...999_999_999)
        let report = try #require(temporaryFolder()) + "/path"
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [mark = mark as UInt32, report = report as String] in
            guard let place = ControlGroups().memory.place else { exit(1) }
            let folder = ControlGroup.folder(in: place, of: getpid())
            setenv("SQUALL_TEST_MARK", "\(mark)", 1)
            var options = MachineHost.Options { _ in }
            options.groups = [folder]
            let bench = try await Bench.start(options)
            let machine = try await bench.machine()
            let memory = try ControlGroup(place, [.memory], machine: "kv-1")
            try await machine.moveProcesses(to: memory.processes(), slot: 1, stay: true)
            _ = try await bench.start("exec sleep \(mark)", in: machine)
            let file = open(report, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            _ = write(file, folder, folder.utf8.count)
            kill(getpid(), SIGKILL)
        }
        let folder = contents(report)
        #expect(folder.hasPrefix(place.parent + "/squall-"), "\(folder)")
        await noProcess(marked: "\(mark)", within: .seconds(2))
        #expect(access(folder, F_OK) != 0, "\(folder) was left behind")
    }
}

/// What share of one processor a machine uses, over some time.
private func share(
    of machine: Machine, over window: Duration = .milliseconds(600)
) async throws -> Double {
    let clock = ContinuousClock()
    let (first, began) = (try await machine.usage(), clock.now)
    try await Task.sleep(for: window)
    let (last, ended) = (try await machine.usage(), clock.now)
    return (last.cpu - first.cpu) / began.duration(to: ended)
}
