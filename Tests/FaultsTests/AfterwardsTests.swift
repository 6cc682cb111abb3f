import Faults
import Testing

@Suite("The end of a proof")
struct AfterwardsTests {
    private func echoes(_ milliseconds: Double...) -> EchoFigures {
        EchoFigures(milliseconds.map { Int64($0 * 1e6) })
    }

    @Test func `a line that is as it was before is told so`() {
        let words = Afterwards.words([(echoes(0.04, 0.05, 0.06), echoes(0.05, 0.07, 0.09))])
        #expect(words == "afterwards 0.07 ms as before")
    }

    @Test func `the pair that is worst off is told, with what was usual there`() {
        let words = Afterwards.words([
            (echoes(0.05), echoes(0.05)), (echoes(0.05), echoes(80)), (echoes(20), echoes(21)),
        ])
        #expect(words == "afterwards 80 ms, before it 0.05 ms")
    }

    @Test func `a line that became quicker is not as it was before either`() {
        let words = Afterwards.words([(echoes(100), echoes(0.05))])
        #expect(words == "afterwards 0.05 ms, before it 100 ms")
    }

    @Test func `silence is told, and nobody asked says nothing`() {
        let silent = EchoFigures([Int64?](repeating: nil, count: 5))
        #expect(Afterwards.words([(echoes(0.05), silent)]) == "afterwards no echo came back")
        #expect(Afterwards.words([(echoes(0.05), nil)]) == "afterwards nobody could be asked")
        #expect(Afterwards.words([]) == "afterwards nobody could be asked")
    }
}
