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

    /// Ten moments for each who, from the first thread to machines in every state.
    static let moments: [Moment] = Who.all.flatMap { who in
        (0..<10).map { _ in
            Moment(
                who: who, milliseconds: Int.random(in: 0...150),
                mark: UInt32.random(in: 100_000_000...999_999_999))
        }
    }

    struct Moment: Sendable, Codable, CustomStringConvertible {
        var who: Who
        var milliseconds: Int
        var mark: UInt32

        var description: String { "\(who), after \(milliseconds) ms" }
    }

    @Test(arguments: moments)
    func `it may die at any moment`(moment: Moment) async {
        await #expect(processExitsWith: .signal(SIGKILL)) { [moment = moment as Moment] in
            moment.who.become()
            setenv("SQUALL_TEST_MARK", "\(moment.mark)", 1)
            Task.detached {
                try await Task.sleep(for: .milliseconds(moment.milliseconds))
                kill(getpid(), SIGKILL)
            }
            let bench = try await Bench.start()
            for number in 0..<UInt32(1000) {
                async let next = bench.machine("kv-\(number)a", last: 2 + 2 * number)
                let machine = try await bench.machine("kv-\(number)b", last: 3 + 2 * number)
                _ = try await bench.shell(
                    "setsid sleep \(moment.mark) </dev/null >/dev/null 2>&1 &", in: machine)
                try await next.powerOff()
            }
        }
        await noProcess(marked: "\(moment.mark)", within: .seconds(2))
    }
}
