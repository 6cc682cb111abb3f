import Cluster
import Testing

@testable import Journal

@Suite struct `The playhead` {
    private func playback(seconds: Int = 100) -> Playback {
        var recording = Recording()
        recording.append(SampleRun(nodes: 3, seconds: seconds).entries)
        return Playback(recording)
    }

    private func expectHonest(_ playback: Playback, _ location: SourceLocation = #_sourceLocation) {
        #expect(
            playback.state == playback.recording.state(after: playback.folded),
            sourceLocation: location)
    }

    @Test func `it moves with the time that passed, times its speed`() {
        var playback = playback()
        #expect(playback.position == .zero && playback.isPlaying)
        let moved = playback.advance(by: .seconds(2))
        #expect(moved)
        #expect(playback.position == Stamp(seconds: 2))
        playback.setSpeed(10)
        playback.advance(by: .milliseconds(500))
        #expect(playback.position == Stamp(seconds: 7))
        expectHonest(playback)
        playback.toggle()
        let movedAgain = playback.advance(by: .seconds(5))
        #expect(!movedAgain)
        #expect(playback.position == Stamp(seconds: 7))
        playback.setSpeed(1e9)
        #expect(playback.speed == 100)
        playback.setSpeed(.nan)
        #expect(playback.speed == 100)
        playback.slower()
        #expect(playback.speed == 25)
        playback.setSpeed(0.01)
        playback.slower()
        #expect(playback.speed == 0.1)
        playback.faster()
        #expect(playback.speed == 0.25)
    }

    @Test func `it stops at the end, and plays from the beginning again`() {
        var playback = playback()
        playback.setSpeed(100)
        playback.advance(by: .seconds(30))
        #expect(playback.position == playback.length && !playback.isPlaying)
        #expect(playback.state == playback.recording.last)
        playback.toggle()
        #expect(playback.isPlaying && playback.position == .zero)
        expectHonest(playback)
    }

    @Test func `it seeks both ways, and the ends are the ends`() {
        var playback = playback()
        for seconds in [50.0, 50.05, 20, 99, 0, 1e12, -5, 33.3] {
            playback.seek(to: Stamp(seconds: seconds))
            #expect(playback.position == Stamp(seconds: min(100, max(0, seconds))))
            expectHonest(playback)
            #expect(playback.state.core.now <= playback.position)
        }
        playback.seek(share: 0.25)
        #expect(playback.position == Stamp(seconds: 25))
        playback.step(seconds: -10)
        #expect(playback.position == Stamp(seconds: 15))
        playback.step(seconds: .infinity)
        #expect(playback.position == playback.length)
    }

    @Test func `it steps by entry and by tick`() {
        var playback = playback()
        playback.seek(to: Stamp(seconds: 10.65))
        let folded = playback.folded
        playback.stepEntry(true)
        #expect(playback.folded == folded + 1 && playback.position == Stamp(seconds: 10.7))
        #expect(!playback.isPlaying)
        playback.stepEntry(false)
        #expect(playback.folded == folded && playback.position == Stamp(seconds: 10.6))
        expectHonest(playback)
        playback.stepTick(true)
        #expect(playback.position == Stamp(seconds: 11.1))
        playback.stepTick(true)
        #expect(playback.position == Stamp(seconds: 11.6))
        playback.stepTick(false)
        playback.stepTick(false)
        #expect(playback.position == Stamp(seconds: 10.6))
        expectHonest(playback)
        playback.seek(to: .zero)
        for _ in 0..<50 { playback.stepEntry(false) }
        #expect(playback.folded >= 1)
        playback.seek(to: playback.length)
        for _ in 0..<5 { playback.stepEntry(true) }
        #expect(playback.position == playback.length)
        expectHonest(playback)
    }

    @Test func `it jumps from event to event, a fault and what it ends being one`() {
        var playback = playback(seconds: 150)
        let starts = playback.nextMark()
        #expect(starts?.at == Stamp(seconds: 0.5))
        let first = playback.nextMark()
        #expect(first?.kind == .fault && playback.position == Stamp(seconds: 30.9))
        let well = playback.nextMark()
        #expect(well?.text == "recovered 1.9 s after f1")
        let second = playback.nextMark()
        #expect(second?.kind == .fault && playback.position == Stamp(seconds: 90.9))
        expectHonest(playback)
        // The leader was gone, and nobody leads since: all is never well again.
        let end = playback.nextMark()
        #expect(end?.at == playback.length)
        let beyond = playback.nextMark()
        #expect(beyond == nil)
        let back = playback.previousMark()
        #expect(back == second)
        let farther = playback.previousMark()
        #expect(farther == well)
        expectHonest(playback)
    }

    @Test func `what broke a check is a mark where it can be seen, however late it was found`() {
        var entries = SampleRun(nodes: 3, seconds: 100).entries
        let judgement = Judgement(
            kind: .check, text: "linearizable", verdict: .broken,
            violations: [
                .init(text: "k2 is odd", at: Stamp(seconds: 40), story: ["one", "two"]),
                .init(text: "k1 is odd", at: Stamp(seconds: 20)),
            ])
        entries.insert(
            Entry(
                number: UInt64(entries.count), at: Stamp(seconds: 99.9), event: .judged(judgement)),
            at: entries.count - 1)
        var recording = Recording()
        recording.append(entries)
        let odd = recording.marks.filter { $0.kind == .violation }
        #expect(odd.map(\.at) == [Stamp(seconds: 20), Stamp(seconds: 40)])
        #expect(odd.last?.text == "linearizable: k2 is odd" && odd.last?.story == ["one", "two"])
        #expect(recording.marks.map(\.at) == recording.marks.map(\.at).sorted())
        var playback = Playback(recording)
        playback.seek(to: Stamp(seconds: 10))
        let first = playback.nextMark()
        #expect(first == odd.first && playback.position == Stamp(seconds: 20))
        expectHonest(playback)
    }

    @Test func `a run that goes on can be looked back into`() {
        let entries = SampleRun(nodes: 2, seconds: 60).entries
        var recording = Recording()
        recording.append(Array(entries[..<100]))
        var playback = Playback(recording)
        playback.seek(to: playback.length)
        playback.append(Array(entries[100...]))
        #expect(playback.length == Stamp(seconds: 60) && playback.folded == 100)
        playback.seek(to: playback.length)
        #expect(playback.state == playback.recording.last)
        playback.seek(to: Stamp(seconds: 5))
        expectHonest(playback)
    }
}
