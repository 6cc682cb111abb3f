import Cluster
import Foundation
import Testing

extension LabTests {
    /// The lab is killed at any moment, without a word. What it must not leave is looked for from
    /// outside: processes by a mark in their environment or on their command line, namespaces by the
    /// processes that hold them, mounts and listening sockets in the host's own tables.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct DeathTests {
        /// Both ties, and each of them alone.
        static let ties: [String?] = [nil, "pdeath", "eof"]

        /// Every node leaves daemons behind: a session of its own, a double fork, one that is deaf.
        private func topology(_ mark: String) -> String {
            """
            squall: 1
            name: daemons
            nodes:
              n:
                count: 3
                ports: {x: 7000}
                publish: {x: any}
                run:
                  - sh
                  - -c
                  - |
                    (setsid sleep \(mark) >/dev/null 2>&1 &)
                    (trap '' HUP TERM INT; sleep \(mark) & wait) >/dev/null 2>&1 &
                    sh -c 'sh -c "sleep \(mark) &" &'
                    exec sleep \(mark)
            """
        }

        @Test(arguments: Who.all)
        func `nothing is left of a lab that is killed at any of ten moments`(who: Who) async throws
        {
            var random = SystemRandomNumberGenerator()
            let seed = UInt64.random(in: 1...999_999, using: &random)
            let moments = KeyedRandom(seed: seed)
            print("moments of death of \(who.testDescription): seed \(seed)")
            let mounts = contents("/proc/self/mountinfo")
            let listening = listeningSockets()

            let homes = try (0..<10).map { _ in try Home(who) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, home) in homes.enumerated() {
                    if index >= 3 { try await group.next() }
                    let file = try home.topology(topology(home.mark), "daemons")
                    let share = Double(moments.bits(.other, number: UInt64(index)) >> 11)
                    let moment = share / Double(UInt64(1) << 53)
                    let tie = Self.ties[index % Self.ties.count]
                    group.addTask { try await die(home, file, after: .seconds(moment * 1.5), tie) }
                }
                try await group.waitForAll()
            }
            #expect(contents("/proc/self/mountinfo") == mounts, "a mount was left behind")
            let left = listeningSockets().subtracting(listening)
            #expect(left.isEmpty, "listening sockets were left behind")
            // The next lab takes over what files the dead ones left.
            let home = homes[0]
            let lab = try await LiveLab(home, home.topology(topology(home.mark), "daemons"))
            try await lab.wait(for: "a new lab to run") { $0.core.allReadyAt != nil }
            try await lab.end()
            let rest = processes(marked: home.mark)
            #expect(rest.isEmpty, "\(rest.map { contents("/proc/\($0)/cmdline") })")
        }

        @Test func `an orderly end leaves nothing either`() async throws {
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(topology(home.mark), "daemons"))
            try await lab.wait(for: "all to run") { $0.core.allReadyAt != nil }
            #expect(processes(marked: home.mark).count > 6)
            try await lab.end()
            let left = processes(marked: home.mark)
            #expect(left.isEmpty, "\(left.map { contents("/proc/\($0)/cmdline") })")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: home.path + "/sockets/squall")
                    .isEmpty, "a socket was left behind")
        }
    }
}

/// Starts a lab, waits for its moment, kills it and looks for what is left after two seconds.
private func die(_ home: Home, _ file: String, after life: Duration, _ tie: String?) async throws {
    let started = try home.start(
        ["up", file, "--detach", "--runs", home.runs],
        environment: tie.map { ["SQUALL_TIE_OFF": $0] } ?? [:])
    let lab = try #require(await appeared(below: home.runs), "no lab appeared")
    _ = await onThread { processEnded(lab, within: life) }
    let namespaces = namespaces(of: processes(marked: home.mark))
    let moment = uptimeInTicks()
    kill(lab, SIGKILL)
    let words =
        "\(home.who.testDescription), \(tie.map { "without \($0)" } ?? "both ties"), \(life)"
    let left = await onThread { survivors(of: home.mark, within: .seconds(2)) }
    #expect(left.isEmpty, "left behind (\(words)): \(left)")
    let held = held(namespaces, by: moment)
    #expect(held.isEmpty, "namespaces left behind (\(words)): \(held)")
    // The one that started it may still have waited for its first word.
    _ = try await started.end(within: .seconds(5))
}

/// The lab that was started to write below a path. Blocks nobody for longer than it takes.
private func appeared(below path: String) async -> pid_t? {
    await onThread {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if let lab = labs(of: path).first { return lab }
        }
        return nil
    }
}

/// Command lines of the processes that carry a mark when the time is over. Blocks.
private func survivors(of mark: String, within limit: Duration) -> [String] {
    let deadline = ContinuousClock.now + limit
    while true {
        // A process that starts another while it is being looked for is found the next time.
        let left = processes(marked: mark)
        if left.isEmpty { return [] }
        for id in left where !processEnded(id, within: deadline - ContinuousClock.now) {
            return processes(marked: mark).map { "\($0) \(contents("/proc/\($0)/cmdline"))" }
        }
    }
}

/// The namespaces of some processes that are not this one's own.
private func namespaces(of ids: [pid_t]) -> Set<String> {
    let own = Set(names(of: getpid()))
    return Set(ids.flatMap { names(of: $0) }).subtracting(own)
}

/// Those that a process still is in that was there at a moment, in clock ticks since the machine began:
/// the number of a namespace that is gone may be given to a new one.
private func held(_ namespaces: Set<String>, by moment: UInt64) -> Set<String> {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let old = all.compactMap { pid_t($0) }.filter { id in
        // State and start; a process that only waits to be collected by init is gone.
        let fields = contents("/proc/\(id)/stat").split(separator: ")").last?.split(separator: " ")
        guard let fields, fields.count > 19, fields[0] != "Z" else { return false }
        return UInt64(fields[19]) ?? .max < moment
    }
    return namespaces.intersection(old.flatMap { names(of: $0) })
}

private func uptimeInTicks() -> UInt64 {
    let seconds = contents("/proc/uptime").split(separator: " ").first.flatMap { Double($0) } ?? 0
    return UInt64(seconds * Double(sysconf(Int32(_SC_CLK_TCK)))) + 1
}

private func names(of id: pid_t) -> [String] {
    ["net", "mnt", "pid", "user", "uts", "ipc"].compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/ns/\($0)")
    }
}

/// Local addresses of the host's listening TCP sockets that belong to a process named squall.
private func listeningSockets() -> Set<String> {
    let lines = (contents("/proc/self/net/tcp") + contents("/proc/self/net/tcp6")).split(
        separator: "\n")
    return Set(
        lines.compactMap { line in
            let fields = line.split(separator: " ")
            return fields.count > 9 && fields[3] == "0A" ? String(fields[1]) : nil
        })
}
