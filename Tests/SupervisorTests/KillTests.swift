internal import Glibc
import Testing

@testable import Supervisor

/// The lab dies without a word. What it must not leave is looked for from outside, by a mark that
/// every program of the dead lab carries on its command line, and the host in its environment. A
/// namespace, a mount or a socket lives no longer than the last process that holds it.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct KillTests {
    struct Death: Sendable, Codable, CustomStringConvertible {
        var who: Who
        var tieOff: String?
        var mark: UInt32

        var description: String {
            "\(who), \(tieOff.map { "without \($0)" } ?? "both ties")"
        }
    }

    static let deaths: [Death] = Who.all.flatMap { who in
        [nil, "pdeath", "eof"].map { tie in
            Death(who: who, tieOff: tie, mark: UInt32.random(in: 100_000_000...999_999_999))
        }
    }

    @Test(arguments: deaths)
    func `nothing is left of a lab that was killed`(death: Death) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [death = death as Death] in
            death.who.become()
            setenv("SQUALL_TEST_MARK", "\(death.mark)", 1)
            if let tie = death.tieOff { setenv("SQUALL_TIE_OFF", tie, 1) }
            let bench = try await Bench.start()
            for last in 2...4 {
                let machine = try await bench.machine("kv-\(last)", last: UInt32(last))
                // A daemon with a session of its own, its child, and one that ignores every signal.
                _ = try await bench.shell(
                    """
                    setsid sleep \(death.mark) </dev/null >/dev/null 2>&1 &
                    (trap '' HUP TERM INT; sleep \(death.mark)) </dev/null >/dev/null 2>&1 &
                    """, in: machine)
            }
            guard processes(marked: "\(death.mark)").count >= 6 else { exit(1) }
            kill(getpid(), SIGKILL)
        }
        await noProcess(marked: "\(death.mark)", within: .seconds(2))
    }
}
