internal import Glibc
import Testing

@testable import Supervisor

/// What a node finds in its machine, and what it may not do there.
@Suite(.timeLimit(.minutes(2)))
struct FurnitureTests {
    @Test(arguments: Who.all)
    func `each machine has its own names, ids, processes and devices`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            let machine = try await bench.machine { $0.userName = "kvuser" }
            let facts = try await bench.shell(
                """
                hostname; cat /etc/hostname; id -un; id -u; id -g; id -G
                grep kv-2 /etc/hosts; cat /etc/resolv.conf | wc -c
                set -- /proc/[0-9]*; echo $#; ls /sys/class/net | tr '\\n' ' '
                """, in: machine)
            #expect(machine.losses == [])
            expect(
                facts.output,
                is: """
                    kv-1
                    kv-1
                    kvuser
                    1000
                    1000
                    1000
                    10.66.0.3 kv-2
                    0
                    2
                    eth0 lo\u{20}
                    """)
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `two machines do not meet in /tmp, /run, /dev/shm, nor in shared memory`(
        who: Who
    ) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            let first = try await bench.machine("kv-1", last: 2)
            let second = try await bench.machine("kv-2", last: 3)
            let made = try await bench.shell(
                "touch /tmp/squall-a /run/squall-b /dev/shm/squall-c && ipcmk -M 4096", in: first)
            #expect(made.end?.status == 0, "\(made.output)")
            let seen = try await bench.shell(
                "ls -A /tmp /dev/shm; ls /run; ipcs -m | grep -c 0x", in: second)
            expect(seen.output, is: "/dev/shm:\n\n/tmp:\nlock\nsquall\n0\n")
            for path in ["/tmp/squall-a", "/run/squall-b", "/dev/shm/squall-c"] {
                #expect(access(path, F_OK) != 0, "\(path) is on the host")
            }
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `a node has no capability and cannot get one`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            // With handlers for what a signal of the node's could set off.
            setenv("SWIFT_BACKTRACE", "enable=yes", 1)
            let bench = try await Bench.start()
            let machine = try await bench.machine()
            let facts = try await bench.shell(
                """
                grep -E '^(Cap|NoNewPrivs)' /proc/self/status | tr -d '\\t'
                mount -t tmpfs none /mnt 2>/dev/null && echo mounts
                hostname other 2>/dev/null && echo renames
                echo 1 2>/dev/null > /proc/sys/net/ipv4/ip_forward && echo sets
                for s in KILL STOP SEGV QUIT ABRT TERM; do kill -$s 1; done; sleep 0.1; ls /proc/1/fd 2>/dev/null && echo looks
                hostname
                """, in: machine)
            let none = "0000000000000000"
            expect(
                facts.output,
                is: """
                    CapInh:\(none)
                    CapPrm:\(none)
                    CapEff:\(none)
                    CapBnd:\(none)
                    CapAmb:\(none)
                    NoNewPrivs:1
                    kv-1

                    """)
            // As root inside, too, which no file capability and no set-id bit may bring back.
            let root = try await bench.machine("kv-2", last: 3) { spec in
                spec.userID = 0
                spec.groupID = 0
                spec.userName = "root"
            }
            let asRoot = try await bench.shell(
                "id -u; grep CapEff /proc/self/status | tr -d '\\t'", in: root)
            expect(asRoot.output, is: "0\nCapEff:\(none)\n")
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `a node writes no file that its outer id could not`(who: Who) async throws {
        // Made before any id is given up: as root they are root's, and a node is never root.
        let folder = try #require(temporaryFolder())
        defer { remove(folder) }
        try #require(make(folder + "/private", mode: 0o600, text: "secret"))
        try #require(make(folder + "/readable", mode: 0o644, text: "hello"))
        await #expect(processExitsWith: .success) {
            [who = who as Who, folder = folder as String] in
            who.become()
            let bench = try await Bench.start()
            let machine = try await bench.machine { spec in
                spec.binds = [Bind(source: folder, target: "/run/folder", writable: true)]
            }
            let line = """
                cat /run/folder/private; echo x > /run/folder/private; echo x > /run/folder/readable
                cat /run/folder/readable; echo x > /run/folder/new; cat /etc/shadow; echo x >> /etc/shells
                """
            let tried = try await bench.shell("(\(line)) 2>/dev/null; true", in: machine)
            let isMine = geteuid() != 0 && getuid() == bench.host.identity.userID
            let mayRead = isMine && access(folder + "/private", R_OK) == 0
            expect(tried.output, is: (mayRead ? "secretx\n" : "hello"))
            #expect(access(folder + "/new", F_OK) != 0 || isMine)
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `what is bound is where it was asked to be, and writable only where it was said`(
        who: Who
    ) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let folder = try #require(temporaryFolder())
            // Where only the operator may go: for root's nodes there is no way but the bind.
            let root = folder + "/closed"
            mkdir(root, 0o700)
            mkdir(root + "/data", 0o755)
            mkdir(root + "/bin", 0o755)
            try #require(make(root + "/bin/tool", mode: 0o755, text: "#!/bin/sh\necho tool\n"))
            let bench = try await Bench.start()
            try bench.host.give(root + "/data")
            let machine = try await bench.machine { spec in
                spec.binds = [
                    Bind(source: root + "/data", target: "/run/squall/data", writable: true),
                    Bind(source: root + "/bin", target: "/run/squall/bin"),
                    Bind(source: root + "/bin/tool", target: "/tmp/one/tool"),
                ]
            }
            let tried = try await bench.shell(
                """
                /run/squall/bin/tool; /tmp/one/tool; echo kept > file; cat file
                touch /run/squall/bin/x 2>/dev/null || echo closed
                """, in: machine, directory: "/run/squall/data")
            expect(tried.output, is: "tool\ntool\nkept\nclosed\n")
            try await machine.powerOff()
            let again = try await bench.machine { spec in
                spec.binds = [
                    Bind(source: root + "/data", target: "/run/squall/data", writable: true)
                ]
            }
            let kept = try await bench.shell("cat /run/squall/data/file", in: again)
            expect(kept.output, is: "kept\n")
            remove(folder)
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `a node runs with the priority of the lab, not of the thread that made it`(
        who: Who
    ) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            // As root, such a thread has a better one.
            let bench = try await Task(priority: .userInitiated) {
                try await Bench.start()
            }.value
            let machine = try await bench.machine()
            let nice = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(getpid()))
            let output = try await bench.shell("nice", in: machine).output
            expect(output, is: "\(nice)\n")
            await bench.host.end()
        }
    }

    @Test
    func `a Swift runtime that a node cannot reach is brought to it`() async throws {
        let folder = try #require(temporaryFolder())
        defer { remove(folder) }
        mkdir(folder + "/lib", 0o755)
        try #require(make(folder + "/lib/libswiftCore.so", mode: 0o644, text: "library"))
        let stranger = Identity(userID: 4243, groupID: 4243, origin: .free)
        #expect(Runtime(directory: folder + "/lib", identity: stranger).hidden == nil)
        chmod(folder, 0o700)
        #expect(Runtime(directory: folder + "/lib", identity: stranger).hidden == folder + "/lib")
        let own = Identity(userID: geteuid(), groupID: getegid(), origin: .operatorOwn)
        #expect(Runtime(directory: folder + "/lib", identity: own).hidden == nil)

        var options = MachineHost.Options { _ in }
        options.runtime = Runtime(directory: folder + "/lib", identity: stranger)
        let bench = try await Bench.start(options)
        let machine = try await bench.machine()
        expect(
            try await bench.shell("echo $LD_LIBRARY_PATH; cat /run/squall/lib/*", in: machine)
                .output,
            is: "/run/squall/lib\nlibrary")
        await bench.host.end()
    }

    @Test
    func `the names of others are replaced in place`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine()
        let before = try await bench.shell("exec 3</etc/hosts; cat <&3 | grep -c kv-9", in: machine)
        try await machine.replaceHosts("127.0.0.1 localhost\n10.66.0.9 kv-9\n")
        let after = try await bench.shell("cat /etc/hosts; getent hosts kv-9", in: machine)
        expect(before.output, is: "0\n")
        expect(after.output, is: "127.0.0.1 localhost\n10.66.0.9 kv-9\n10.66.0.9       kv-9\n")
        await bench.host.end()
    }

    @Test(arguments: Who.all)
    func `a node finds no writable file that its outer id does not find outside`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            // The files that are the machine's own are left out, and so is the kernel's view of it.
            let find = """
                find /etc /usr /var /opt /srv /home /root /boot -xdev -writable ! -type l \
                ! -path /etc/hosts ! -path /etc/hostname ! -path /etc/resolv.conf \
                ! -path /etc/passwd ! -path /etc/group 2>/dev/null | sort
                """
            let bench = try await Bench.start()
            let machine = try await bench.machine()
            let inside = try await bench.shell(find, in: machine).output.split(separator: "\n")
            let identity = bench.host.identity
            await bench.host.end()
            if geteuid() == 0 {
                try #require(setgroups(0, nil) == 0)
                try #require(setgid(identity.groupID) == 0 && setuid(identity.userID) == 0)
            }
            let outside = try #require(popen(find, "r"))
            var lines: Set<Substring> = []
            var line = [CChar](repeating: 0, count: 8192)
            while fgets(&line, Int32(line.count), outside) != nil {
                let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
                lines.insert(Substring(decoding: bytes, as: UTF8.self))
            }
            pclose(outside)
            #expect(!lines.isEmpty)
            let more = inside.filter { !lines.contains($0) }
            #expect(more.isEmpty, "\(more.prefix(10))")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can hide a part of /proc"))
    func `where /proc must stay the host's, a machine works and says what it lacks`() async throws {
        await #expect(processExitsWith: .success) {
            // What a container does to /proc, so that no fresh one may be mounted below it.
            try #require(hide("/proc/tty"))
            Who.ordinary.become()
            let bench = try await Bench.start()
            let machine = try await bench.machine()
            #expect(machine.losses.count == 1, "\(machine.losses)")
            #expect(machine.losses.first?.hasPrefix("/proc is the host's") == true)
            let none = try await machine.usage()
            #expect(none.processes == 0, "\(none)")
            _ = try await machine.start(.sleeping, streams: StandardStreams())
            let one = try await machine.usage()
            #expect(one.processes == 1, "\(one)")
            let output = try await bench.shell("cat /etc/hostname", in: machine).output
            expect(output, is: "kv-1\n")
            await bench.host.end()
        }
    }
}
