import Cluster
import Testing

@testable import Lab

@Suite struct UnaskedLossesTests {
    let a = NodeID(0)
    let b = NodeID(1)

    @Test func `what a device lost is counted once, however often it is read`() {
        var losses = UnaskedLosses()
        losses.saw(3, at: a, process: 100)
        losses.saw(3, at: a, process: 100)
        losses.saw(5, at: a, process: 100)
        losses.saw(2, at: b, process: 101)
        #expect(losses.dropped == [a: 5, b: 2])
    }

    @Test func `a machine that lost its power begins anew, and its losses stay`() {
        var losses = UnaskedLosses()
        losses.saw(5, at: a, process: 100)
        losses.saw(1, at: a, process: 200)
        #expect(losses.dropped == [a: 6])
    }

    @Test func `only what is new is told, of ports and devices together`() {
        var losses = UnaskedLosses()
        #expect(losses.news(ports: 0) == 0)
        losses.saw(4, at: a, process: 100)
        #expect(losses.news(ports: 3) == 7)
        #expect(losses.news(ports: 3) == 0)
        // A port that is gone takes its count with it: nothing is told twice.
        #expect(losses.news(ports: 1) == 0)
        losses.saw(6, at: a, process: 100)
        #expect(losses.news(ports: 3) == 2)
    }
}
