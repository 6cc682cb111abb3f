import Cluster
import Testing

@testable import Dashboard

@Suite struct TrafficTests {
    private func points(_ curve: (Double) -> Double, upTo most: Double) -> [TrafficReading.Point] {
        stride(from: most / 120, through: most, by: most / 120).map {
            TrafficReading.Point(rate: $0, p99: curve($0))
        }
    }

    @Test("A knee is where the slowest hundredth leaves what it is at a light load")
    func knee() throws {
        let bent = points({ $0 < 650 ? 0.002 : 0.002 + ($0 - 650) * 0.001 }, upTo: 1_000)
        let knee = try #require(TrafficReading.knee(bent))
        #expect(knee > 550 && knee < 700, "\(knee)")
        #expect(TrafficReading.knee(points({ _ in 0.002 }, upTo: 1_000)) == nil)
        // A burst that is over is no knee: beyond it, it is fast again.
        let burst = points({ $0 > 300 && $0 < 400 ? 0.1 : 0.002 }, upTo: 1_000)
        #expect(TrafficReading.knee(burst) == nil)
        // Whoever was always asked the same knows nothing of a curve.
        let constant = (0..<100).map { TrafficReading.Point(rate: 500 + Double($0 % 5), p99: 0.01) }
        #expect(TrafficReading.knee(constant) == nil)
        #expect(TrafficReading.knee([]) == nil)
    }

    @Test("Every latency is in one column, in order")
    func columns() {
        var histogram = LatencyHistogram()
        for value: Int64 in [100, 1_000, 10_000, 100_000] { histogram.record(microseconds: value) }
        let columns = TrafficReading.columns(histogram, count: 40, from: 0.000_1, to: 0.1)
        #expect(columns.reduce(0, +) == 4)
        let places = columns.indices.filter { columns[$0] > 0 }
        #expect(places.count == 4 && places.first == 0 && places.last == 39, "\(places)")
    }

    @Test("The window is what is summed up; the whole run is the total")
    func windows() {
        var view = Screens.at(121)
        view.traffic.window = .seconds
        let last = TrafficReading(Screens.climbing.core, view)
        #expect(last.sum.due > 10_000 && last.sum.due <= 12_000 && last.seconds <= 10)
        view.traffic.window = .run
        let all = TrafficReading(Screens.climbing.core, view)
        #expect(all.sum == Screens.climbing.core.clients.total)
        #expect(Screens.climbing.core.clients.each.values.reduce(0) { $0 + $1.ok } == all.sum.ok)
    }

    @Test(
        "What waits before it is sent is late from when it was due, and not from when it was sent")
    func omission() throws {
        let total = Screens.climbing.core.clients.total
        let due = try #require(total.latency.microseconds(atQuantile: 0.99))
        let sent = try #require(total.uncorrected.microseconds(atQuantile: 0.99))
        #expect(due > sent * 10)
    }

    @Test("x unplugs the client under the cursor, and heals it")
    func unplug() {
        var interaction = Interaction(view: Screens.at(121))
        var made: [Outcome] = []
        for key: Input in [.character("7"), .down, .character("x")] {
            made += interaction.on(key, state: Screens.climbing)
        }
        #expect(made == [.run(command: "unplug client-2", by: "key")])
        #expect(throws: Never.self) { try Command(parsing: "unplug client-2") }
    }

    @Test("A plot has a dot where its point is")
    func plot() {
        var plot = Plot(width: 4, height: 2, glyphs: .ascii)
        plot.mark(x: 0, y: 0)
        plot.mark(x: 0.99, y: 0.99)
        plot.mark(x: .nan, y: 0.5)
        #expect(plot.rows.map { String($0) } == ["   *", "*   "])
        var fine = Plot(width: 1, height: 1, glyphs: .braille)
        fine.mark(x: 0, y: 0.9)
        fine.mark(x: 0.9, y: 0)
        #expect(fine.rows.map { String($0) } == ["⢁"])
    }
}
