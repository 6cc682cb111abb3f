import Chaos
import Checkers
import Cluster
import Foundation
import Testing

@testable import Lab
@testable import Topology

@Suite("A history that a run is checked by")
struct HistoryBudgetTests {
    private func history(_ lines: [String]) throws -> String {
        let path = "/tmp/squall-history-\(UInt64.random(in: 0 ... .max))"
        let header =
            #"{"squall":1,"history":1,"run":"r","kind":"register","seed":1,"columns":["invoked","#
            + #""returned","client","op","key","value","outcome","node"]}"#
        try ([header] + lines).map { $0 + "\n" }.joined().write(
            toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func judged(_ path: String, _ check: Topology.Check) async -> Cluster.Judgement {
        await HistoryToCheck.read(path).judgement(of: check, under: Circumstances(Core()))
    }

    private let end = #"{"end":{"at":9,"ok":2,"refused":0,"unknown":0,"open":0}}"#
    private let write = #"[1,2,"c","write","k",1,"ok","n"]"#

    @Test("a check is given its budgets, and is unknown when they are spent")
    func budgets() async throws {
        let path = try history([write, #"[3,4,"c","read","k",1,"ok","n"]"#, end])
        defer { try? FileManager.default.removeItem(atPath: path) }
        var check = Topology.Check(name: "linearizable", place: .nowhere)
        #expect(await judged(path, check).verdict == .holds)
        check.budget = .zero
        let hurried = await judged(path, check)
        #expect(hurried.verdict == .unknown && hurried.detail.contains("time"), "\(hurried)")
        check.budget = .seconds(30)
        check.memory = 1
        let narrow = await judged(path, check)
        #expect(narrow.verdict == .unknown && narrow.detail.contains("memory"), "\(narrow)")
    }

    @Test("a history that is missing or makes no sense leaves the verdict unknown, and says why")
    func missing() async throws {
        let check = Topology.Check(name: "linearizable", place: .nowhere)
        let none = await judged("/tmp/no-such-history", check)
        #expect(none.verdict == .unknown && none.detail.contains("cannot be read"))
        let path = try history(["nonsense", end])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let odd = await judged(path, check)
        #expect(odd.verdict == .unknown && odd.detail.contains("cannot be read"))
    }
}
