import Cluster
import Faults
import Glibc
import Testing

@Suite("Levels that change")
struct CourseTests {
    static let second: Int64 = 1_000_000_000
    let link = LinkID(from: NodeID(0), to: NodeID(1))

    private func term(_ shape: Course.Shape, began: Int64 = 0) throws -> Term {
        let course = Course(shape, to: .time(.milliseconds(300)), period: .seconds(60))
        let fault = try LinkFault(
            FaultID(1),
            [.init(.delay(Delay(.milliseconds(100))), on: [link], course: course)], began: began)
        return try #require(LinkTable([fault], nodes: 2).terms(link).first)
    }

    @Test("a ramp rises evenly from its first level to its last and stays there")
    func ramp() throws {
        let ramp = try term(.ramp, began: 5 * Self.second)
        for (second, milliseconds) in [
            (0, 100), (5, 100), (20, 150), (35, 200), (65, 300), (900, 300),
        ] {
            #expect(ramp.level(at: Int64(second) * Self.second) == Int64(milliseconds) * 1_000_000)
        }
    }

    @Test("a sine goes there and back in its period, as the C library's does")
    func sine() throws {
        let sine = try term(.sine)
        for tenth in 0..<1_300 {
            let angle = 2 * Double.pi * Double(tenth) / 600
            let wanted = 1e8 + 2e8 * (1 - cos(angle)) / 2
            #expect(abs(Double(sine.level(after: Int64(tenth) * Self.second / 10)) - wanted) < 2)
        }
    }

    @Test("a square changes from one level to the other each period")
    func square() throws {
        let square = try term(.square)
        for (second, milliseconds) in [(0, 100), (59, 100), (60, 300), (119, 300), (120, 100)] {
            #expect(
                square.level(after: Int64(second) * Self.second) == Int64(milliseconds) * 1_000_000)
        }
    }

    @Test("decisions under a level that changes are those of packets and times alone")
    func repeats() throws {
        let course = Course(.sine, to: .share(Share(billionths: 800_000_000)), period: .seconds(2))
        let lossy = try LinkFault(
            FaultID(1), [.init(.loss(Share(billionths: 0)), on: [link], course: course)],
            began: 1_000)
        let other = try LinkFault(
            FaultID(2), [.init(.duplicate(Share(billionths: 500_000_000)), on: [link])])
        var alone = Replay([lossy], link: link)
        var together = Replay([other, lossy], link: link)
        let tcp = PacketFacts(transport: 6)
        var hits = 0
        for number in 0..<20_000 {
            let now = 1_000 + Int64(number) * 100_000
            let one = alone.decide(tcp, now: now)
            #expect(one.dropped == together.decide(tcp, now: now).dropped)
            if one.dropped { hits += 1 }
        }
        // One whole wave: 40% on average.
        #expect((7_500...8_500).contains(hits), "\(hits)")
    }

    @Test("traffic and faults change by the same rule")
    func way() {
        let ramp = Course(.ramp, to: .number(Fixed(1)), period: .seconds(4))
        #expect(ramp.way(after: .seconds(1)) == 0.25)
        #expect(ramp.way(after: .seconds(9)) == 1)
        let square = Course(.square, to: .number(Fixed(1)), period: .seconds(4))
        #expect(square.way(after: .seconds(3)) == 0 && square.way(after: .seconds(5)) == 1)
    }
}
