import Testing

@testable import Cluster

@Suite struct LanguageEffectTests {
    @Test(
        "an echo says what the command does",
        arguments: [
            ("delay between kv-1 and kv-2 by 100ms", "each way 100 ms, round trip +200 ms"),
            ("delay from kv-1 to kv-2 by 100ms", "one way 100 ms, round trip +100 ms"),
            ("delay between kv and kv by 1.5s", "each way 1.5 s, round trip +3 s"),
            (
                "delay from leader by 100ms jitter 20ms normal",
                "one way 100 ms ± 20 ms normal, round trip +100 ms"
            ),
            (
                "delay between kv-1 and kv-2 by ramp 0 to 300ms over 1m",
                "each way 0 s rising to 300 ms over 1 m, round trip up to +600 ms"
            ),
            ("partition leader", "no packet between kv-1 and the others"),
            ("partition kv-1,kv-2 / kv-3,proxy", "no packet between kv-1,kv-2 and kv-3,proxy"),
            ("partition kv-1 / kv-2 / rest", "no packet between 3 groups"),
            ("isolate kv-1", "no packet between kv-1 and the other nodes; clients still reach it"),
            ("unplug kv-1", "no packet between kv-1 and any machine, clients included"),
            ("cut from kv-1 to kv-2", "no packet from kv-1 to kv-2; the other way is open"),
            ("cut between kv-1 and kv-2", "no packet between kv-1 and kv-2"),
            ("cut to kv-2", "no packet from anybody to kv-2: kv-2 is heard, but hears nothing"),
            ("crash leader", "every process ends; peers read FIN, then RST"),
            (
                "crash leader for 8s",
                "every process ends; peers read FIN, then RST; started again after 8 s"
            ),
            ("poweroff kv-1 for 1m30s", "silence; the disk stays; powered on after 1 m 30 s"),
            (
                "loss between kv-1 and kv-2 5%",
                "each way 5% of packets lost, of round trips 9.8%"
            ),
            ("loss from kv-1 5%", "one way 5% of packets lost"),
            ("limit from kv-1 1MB/s", "one way at most 1 MB/s, queue 200 ms"),
            (
                "cut from kv-1 only tcp port 80",
                "no packet from kv-1 to anybody: kv-1 hears, but is "
                    + "not heard, only tcp port 80"
            ),
            ("note hello", ""),
        ])
    func effects(_ line: String, _ words: String) throws {
        let found = try Command(parsing: line).resolved(
            in: LanguageResolveTests.roster, random: KeyedRandom(seed: 1), number: 1)
        #expect(found.effect == words)
    }

    @Test("every command of the shipped files that names somebody says what it does")
    func shipped() throws {
        for line in LanguageLines.commands {
            let command = try Command(parsing: line)
            guard case .fault = command else { continue }
            #expect(!command.effect.isEmpty, "\(line)")
        }
    }

    @Test(
        "what this version does not have is refused by name",
        arguments: [
            ("scale kv to 5", "'scale' is not in this version"),
            ("delay from a by trace x.txt", "'delay … trace' is not in this version"),
            ("limit from a trace x.txt", "'limit … trace' is not in this version"),
            ("traffic trace x.txt", "'traffic … trace' is not in this version"),
            ("disk kv slow 5ms", "'disk … slow' is not in this version"),
            ("disk kv failing 5%", "'disk … failing' is not in this version"),
            ("attack kv with forged-token", "'attack' is not in this version"),
        ])
    func refused(_ line: String, _ words: String) throws {
        #expect(try Command(parsing: line).unsupported == words)
    }

    @Test(
        "what this version has is not refused",
        arguments: [
            "kill kv", "crash kv", "pause kv", "freeze kv", "poweroff kv", "stop kv", "start kv",
            "resume kv", "poweron kv", "restart kv", "signal kv HUP", "partition a / rest",
            "isolate a", "unplug a", "cut from a", "delay from a by 1ms",
            "delay from a by 1ms jitter 1ms", "delay from a by 1ms jitter 1ms normal",
            "delay from a by 1ms jitter 1ms uniform", "loss from a 5%", "heal all", "heal weather",
            "heal on a", "heal f3", "traffic start", "traffic stop", "traffic 5/s",
            "put x 1 at kv", "get x at kv", "call kv GET /", "restart kv rolling", "note x",
            "wait 5s", "hold from a to b", "cut from a only tcp",
            "delay from a by sine 1ms to 2ms every 1s only port 80", "loss from a 5% burst 10",
            "delay from a by 1ms jitter 1ms pareto correlation 5%", "profile from a ocean",
            "delay from a by 1ms jitter 1ms exponential", "duplicate from a 5%",
            "reorder from a square 1% to 5% every 1s within 5ms",
            "corrupt from a 5% checksum right",
            "limit from a ramp 1MB/s to 2MB/s over 1m burst 10kB queue 1s", "mtu from a 900 silent",
            "refuse from a only udp", "traffic ramp 1/s to 2/s over 1m",
            "disk kv full", "cpu kv 20%", "memory kv 64MB", "files kv 64", "clock kv ahead 5s",
            "clock kv speed 2", "reset from a", "reset from a only tcp port 5", "partition ring",
            "partition halves of kv", "wait until quorum", "expect quorum", "exec kv ls",
        ])
    func supported(_ line: String) throws {
        #expect(try Command(parsing: line).unsupported == nil)
    }
}
