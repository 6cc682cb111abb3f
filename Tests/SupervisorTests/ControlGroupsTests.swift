import Testing

@testable import Supervisor

/// Where control groups may be made, on machines that these tests are not run on.
@Suite struct ControlGroupsTests {
    private func find(
        _ membership: String, _ mounts: String, writable: Set<String>, texts: [String: String] = [:]
    ) -> ControlGroups {
        ControlGroups(
            .init(
                membership: membership, mounts: mounts, isWritable: { writable.contains($0) },
                text: { texts[$0] ?? "" }))
    }

    private static let old = """
        30 1 0:25 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        31 1 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        32 1 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """

    @Test func `root on the old hierarchies gets both, beside where it is`() {
        let found = find(
            "4:memory:/box/one\n2:cpu,cpuacct:/\n0::/", Self.old,
            writable: ["/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/memory/box/one"])
        #expect(
            found.cpu.place
                == .init(
                    version: 1, parent: "/sys/fs/cgroup/cpu,cpuacct",
                    home: "/sys/fs/cgroup/cpu,cpuacct"))
        #expect(found.memory.place?.parent == "/sys/fs/cgroup/memory/box/one")
        #expect(found.folders.count == 2)
    }

    @Test func `an ordinary user there gets none, and is told why`() {
        let found = find("4:memory:/\n2:cpu,cpuacct:/\n0::/", Self.old, writable: [])
        #expect(
            found.cpu == .none("only root may make control groups in /sys/fs/cgroup/cpu,cpuacct"))
        #expect(found.memory == .none("only root may make control groups in /sys/fs/cgroup/memory"))
        #expect(found.folders.isEmpty)
    }

    private static let new = "26 1 0:23 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
    private static let slice =
        "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice"

    @Test func `a delegated scope makes its groups beside itself`() {
        let scope = Self.slice + "/run-1.scope"
        let own = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope"
        let writable: Set = [
            Self.slice, Self.slice + "/cgroup.procs", scope + "/cgroup.procs",
            Self.slice + "/cgroup.subtree_control",
        ]
        let found = find(
            own, Self.new, writable: writable,
            texts: [Self.slice + "/cgroup.controllers": "cpu memory pids\n"])
        let place = ControlGroups.Place(version: 2, parent: Self.slice, home: scope)
        #expect(found.cpu.place == place && found.memory.place == place)
        #expect(found.folders.count == 1)
        // Only what the parent has.
        let half = find(
            own, Self.new, writable: writable,
            texts: [Self.slice + "/cgroup.controllers": "memory pids\n"])
        #expect(half.memory.place == place)
        #expect(half.cpu == .none("the control group \(Self.slice) has no cpu controller"))
    }

    @Test func `a login session is not delegated`() {
        let parent = "/sys/fs/cgroup/user.slice/user-1000.slice"
        let found = find(
            "0::/user.slice/user-1000.slice/session-2.scope", Self.new, writable: [],
            texts: [parent + "/cgroup.controllers": "cpu memory pids"])
        #expect(found.memory == .none("\(parent) is not delegated to this user"))
    }

    @Test func `nothing is found where nothing is mounted, or only a part that is elsewhere`() {
        #expect(find("0::/", "", writable: []).cpu == .none("no control groups are mounted"))
        let part = "31 1 0:26 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory"
        #expect(
            find("4:memory:/other", part, writable: ["/sys/fs/cgroup/memory"]).memory
                == .none("the control group of this process is not mounted"))
        #expect(
            find("4:memory:/docker/abc/x", part, writable: ["/sys/fs/cgroup/memory/x"]).memory
                .place?.home == "/sys/fs/cgroup/memory/x")
        #expect(find("nonsense", "more nonsense\n- -", writable: []).memory.place == nil)
    }

    @Test func `a period is 20 ms, and longer for shares that the kernel would not grant`() {
        #expect(ControlGroup.period(of: 200_000) == 20_000)
        #expect(ControlGroup.period(of: 1_500_000) == 20_000)
        for share in [UInt32(1_000), 5_000, 10_000, 49_000] {
            let period = ControlGroup.period(of: share)
            #expect(period <= 1_000_000 + 1 && UInt64(share) * period / 1_000_000 >= 999)
        }
    }
}
