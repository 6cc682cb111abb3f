import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// The embedded default, run headlessly as the reference says.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct KVTests {
        @Test func `the store survives the death of its leader, and the run says so`() async throws
        {
            let home = try Home(Who.all[Who.all.count - 1])
            let ran = try await home.squall(
                "run", "kv", "leader-crash", "--runs", home.runs, within: .seconds(90))
            #expect(ran.code == 0, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains("PASSED"))
            let folder = try #require(RunFolder.list(in: home.runs).first)
            let recording = try Recording(path: folder.journal)
            let core = recording.last.core
            #expect(core.faults.map(\.proof?.verdict) == [.proved])
            let incident = try #require(core.incidents.first)
            #expect(incident.wasLeader && incident.noticed != nil && incident.recovered != nil)
            #expect(core.clients.total.ok > 1_000)
            #expect(core.judgements.allSatisfy { $0.verdict == .holds })
            #expect(recording.brokenLines == 0 && !recording.isTorn)
            #expect(processes(marked: home.mark).isEmpty)
        }
    }
}
