import Cluster
import Foundation
import Testing

@testable import Bench

/// The measurements themselves, on real machines, as short as they can be. Nothing here judges a figure:
/// other tests may run beside these.
@Suite("Measuring", .serialized)
struct MeasuringTests {
    private static let host = Programs.host

    @Test("links: every contender that is here has every figure, and what is not here is named")
    func links() async throws {
        var bench = LinkBench(quick: true) { _ in }
        bench.rounds = 1
        bench.measurement = .milliseconds(30)
        bench.requests = 1_000
        bench.host = Self.host
        let report = try await bench.run()
        let names = report.contenders.map(\.name)
        #expect(names.first == "loopback" && names.last == "plain proxy")
        #expect(names.contains("squall (veth)"))
        for row in report.contenders {
            for figures in [row.bulk, row.tripMedian, row.tripP99, row.redis, row.connections] {
                #expect(figures.values.count == 1 && figures.values[0] > 0, "\(row)")
            }
            #expect(row.lossyBulk.values.count == (row.name.hasPrefix("squall") ? 1 : 0))
        }
        for way in ["toxiproxy-server", "haproxy", "socat", "veth + bridge"] {
            #expect(names.contains(way) != report.leftOut.contains { $0.hasPrefix(way) }, "\(way)")
        }
        #expect(report.delays.count == 2 * report.surroundings.attachments.count)
        for row in report.delays {
            #expect(row.lateMedian.values.count == 1 && row.lateP99.values.count == 1)
        }
        for row in report.rates {
            // Either there is a figure, or the reason why there is none.
            #expect(
                row.rate.values.isEmpty == report.leftOut.contains { $0.hasPrefix(row.name) })
        }
        #expect(!report.judgements.isEmpty)
    }

    @Test(
        "machines: 100 of them are made, talk through delayed links, lose nothing, and end",
        arguments: Programs.attachments)
    func machines(attachment: String) async throws {
        var bench = MachineBench(count: 100, quick: true) { _ in }
        bench.attachment = attachment
        bench.host = Self.host
        let report = try await bench.run()
        #expect(report.attachment == attachment)
        let mesh = try #require(report.mesh)
        #expect(mesh.machines == 100)
        #expect(mesh.arrived > 0.999, "\(mesh)")
        // Not a figure of this machine but what one core is for: were it more, packets would be late
        // without end.
        #expect(mesh.core < 1, "\(mesh)")
        #expect(report.memory < 2, "\(report)")
        #expect(report.gone > 0)
    }
}
