import Cluster
import Testing

@testable import Dashboard

@Suite struct FiguresTests {
    @Test(
        "Times are short and have a unit",
        arguments: [
            (0, "0us"), (0.000_085, "85us"), (0.001_2, "1.2ms"), (0.009_96, "10ms"),
            (0.212, "212ms"), (0.999_6, "1.00s"), (2.314, "2.31s"), (12.36, "12.4s"),
            (124, "124s"), (1_260, "21m"), (7_200, "120m"), (90_000, "25h"),
        ])
    func times(_ seconds: Double, _ text: String) {
        #expect(Figures.time(seconds) == text)
    }

    @Test("No number is wider than its column", arguments: 0..<2_000)
    func widths(_ seed: Int) {
        var random = Dice(seed: UInt64(seed))
        let exponent = random.below(24) - 8
        var value = Double(random.below(10_000)) / 1_000
        for _ in 0..<abs(exponent) { value = exponent < 0 ? value / 10 : value * 10 }
        #expect((Figures.time(value) ?? "").count <= 5, "\(value)")
        #expect((Figures.lag(value) ?? "").count <= 5, "\(value)")
        #expect((Figures.count(value) ?? "").count <= 5, "\(value)")
        #expect((Figures.bytes(value) ?? "").count <= 4, "\(value)")
        #expect((Figures.share(value) ?? "").count <= 6, "\(value)")
    }

    @Test("What was not told is not shown as a number")
    func notTold() {
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(Figures.time(value) == nil && Figures.count(value) == nil)
            #expect(Figures.bytes(value) == nil && Figures.share(value) == nil)
        }
    }

    @Test("Clocks count hours when there are any, and never go below zero")
    func clocks() {
        #expect(Figures.clock(Stamp(seconds: 251)) == "04:11")
        #expect(Figures.clock(Stamp(seconds: 3_851)) == "1:04:11")
        #expect(Figures.clock(Stamp(seconds: -5)) == "00:00")
        #expect(Figures.thousandths(Stamp(microseconds: 242_007_900)) == "04:02.007")
        #expect(Figures.left(.milliseconds(47_001)) == "0:48")
        #expect(Figures.left(.seconds(-3)) == "0:00")
    }

    @Test("A share is never rounded up to a hundred")
    func percent() {
        let renderer = Renderer(ClusterState(), View(), Size(columns: 80, rows: 24))
        #expect(renderer.percent(0.999_99) == "99.9 %")
        #expect(renderer.percent(1) == " 100 %")
        #expect(renderer.percent(0) == " 0.0 %")
    }

    @Test("Graphs fill from the ground: one value two rows high")
    func graphs() {
        let braille = Graph(width: 2, height: 2, glyphs: .braille)
        #expect(braille.rows([nil, 0.5, 1, 0.01]).map { String($0) } == [" ⡇", "⢸⣇"])
        let block = Graph(width: 3, height: 2, glyphs: .block)
        #expect(block.rows([0.25, 0.5, 1]).map { String($0) } == ["  █", "▄██"])
        let ascii = Graph(width: 3, height: 1, glyphs: .ascii)
        #expect(ascii.rows([0, 0.3, 1]).map { String($0) } == [" .#"])
    }

    @Test(
        "A scale is a round number that nothing exceeds",
        arguments: [0.003, 0.9, 1, 780, 1_012, 48_000])
    func scales(_ value: Double) {
        let scale = Graph.ceiling(value)
        #expect(scale >= value && scale < value * 1.7)
    }
}
