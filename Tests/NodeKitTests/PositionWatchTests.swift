internal import NodeKit
internal import Testing

@Suite("Waiting for a position") struct PositionWatchTests {
    @Test("ends when the position moves on")
    func moved() async {
        let watch = PositionWatch(position: 3)
        let began = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { await watch.wait(past: 3, atMost: .seconds(20)) } }
            group.addTask { watch.advance(to: 4) }
        }
        #expect(began.duration(to: .now) < .seconds(10))
    }

    @Test("does not begin when it has moved on already")
    func already() async {
        let began = ContinuousClock.now
        await PositionWatch(position: 4).wait(past: 3, atMost: .seconds(20))
        #expect(began.duration(to: .now) < .seconds(10))
    }

    @Test("ends when its time is over")
    func over() async {
        let began = ContinuousClock.now
        await PositionWatch(position: 3).wait(past: 3, atMost: .milliseconds(50))
        #expect(began.duration(to: .now) >= .milliseconds(50))
    }
}
