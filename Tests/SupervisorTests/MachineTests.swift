internal import Glibc
import Testing

@testable import Supervisor

@Suite(.timeLimit(.minutes(2)))
struct MachineTests {
    @Test(arguments: Supervisor.Attachment.allCases)
    func `a machine starts a program, reads its output and is told its end`(
        attachment: Supervisor.Attachment
    ) async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine("kv-1", last: 2, attachment)
        let (output, end) = try await bench.shell("hostname; exit 3", in: machine)
        #expect(output == "kv-1\n")
        #expect(end?.status == 3)
        await bench.host.end()
    }
}
