import Cluster
import Testing

@Suite struct `Histories of numbers` {
    private func sample(_ node: UInt16 = 0, requests: Float, lag: Float = 0) -> Sample {
        var sample = Sample(node: NodeID(node))
        sample.requests = requests
        sample.lag = lag
        return sample
    }

    private func view(_ course: Course, _ signal: Series.Signal = .requests) throws -> SeriesView {
        try #require(course.state.series)[NodeID(0), signal]
    }

    @Test func `a value stands until it is told again, and a gap is a gap`() throws {
        var course = Course()
        course.comeUp()
        course.at(10.2, .samples([sample(requests: 5)]))
        course.at(10.7, .samples([sample(requests: 6)]))
        course.at(13.0, .samples([sample(requests: 7)]))
        let values = try view(course).seconds(6, endingAt: Stamp(seconds: 14.9))
        #expect(values[0].isNaN)
        #expect(Array(values[1...]) == [6, 6, 6, 7, 7])
        course.phase(16, 0, .failed)
        let later = try view(course).seconds(4, endingAt: Stamp(seconds: 17))
        #expect(later[0] == 7 && later[1] == 7 && later[2].isNaN && later[3].isNaN)
        let long = try view(course, .lag).seconds(60, endingAt: Stamp(seconds: 40))
        #expect(long.count == 60 && long[59].isNaN)
    }

    @Test func `after ten minutes least, greatest and last of ten seconds are left`() throws {
        var course = Course()
        course.comeUp()
        for second in 0..<3_600 {
            course.at(Double(second) + 0.5, .samples([sample(requests: Float(second))]))
        }
        let view = try view(course)
        let early = view.columns(6, from: .zero, to: Stamp(seconds: 60))
        #expect(early.map(\.least) == [0, 10, 20, 30, 40, 50])
        #expect(early.map(\.greatest) == [9, 19, 29, 39, 49, 59])
        #expect(early.map(\.last) == [9, 19, 29, 39, 49, 59])
        let late = view.columns(60, from: Stamp(seconds: 3_540), to: Stamp(seconds: 3_600))
        let seconds: [Float] = (3_540..<3_600).map { Float($0) }
        #expect(late.map(\.last) == seconds)
        let whole = view.columns(36, from: .zero, to: Stamp(seconds: 3_600))
        let least: [Float] = (0..<36).map { Float($0 * 100) }
        #expect(whole.map(\.least) == least)
        #expect(whole.map(\.greatest) == least.map { $0 + 99 })
    }

    @Test func `clients have their own`() throws {
        var course = Course(clients: 2)
        course.comeUp()
        course.clients(10.1, 3, ok: 50, refused: 50)
        course.clients(10.6, 4, ok: 100)
        let series = try #require(course.state.series)
        let end = Stamp(seconds: 10.9)
        #expect(series[clients: .availability].seconds(1, endingAt: end) == [0.75])
        #expect(series[clients: .rate].seconds(1, endingAt: end) == [150])
        let p99 = series[clients: .p99].seconds(1, endingAt: end)[0]
        #expect(abs(p99 - 0.001) < 0.000_05)
    }

    @Test func `a story tells every change, however short`() throws {
        var course = Course()
        course.comeUp()
        course.phase(5.2, 0, .failed)
        course.phase(5.3, 0, .starting)
        course.phase(5.4, 0, .unready, "refused")
        course.role(5.5, 0, .follower)
        course.phase(5.6, 0, .ready)
        course.phase(8.0, 0, .off)
        let story = try #require(course.state.series).story(NodeID(0))
        let lane = String(story.seconds(10, endingAt: Stamp(seconds: 9)).map(\.letter))
        #expect(lane == "·LLLL─FF__")
        #expect(story.mark(at: Stamp(seconds: 5.2)) == .down)
        #expect(story.mark(at: Stamp(seconds: 5.45)) == .coming, "not ready yet, not any more")
        #expect(story.mark(at: Stamp(seconds: 7)) == .follower)
        let wide = story.cells(2, from: .zero, to: Stamp(seconds: 8)).map(\.letter)
        #expect(wide == ["·", "─"])
        #expect(
            try #require(course.state.series).story(NodeID(99)).seconds(3, endingAt: .zero) == [
                .nothing, .nothing, .nothing,
            ])
    }

    @Test func `what was copied stays as it was`() throws {
        var course = Course()
        course.comeUp()
        for second in 0..<700 {
            course.at(Double(second), .samples([sample(requests: Float(second))]))
        }
        let before = course
        for second in 700..<2_000 {
            course.at(Double(second), .samples([sample(requests: 1)]))
        }
        let values = try view(before).seconds(100, endingAt: Stamp(seconds: 699))
        let expected: [Float] = (600..<700).map { Float($0) }
        #expect(values == expected)
    }
}
