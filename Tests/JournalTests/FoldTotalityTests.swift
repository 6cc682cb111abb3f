import Cluster
import Testing

@testable import Journal

@Suite struct `The fold of anything` {
    @Test func `it never traps on a million random entries, and keeps its bounds`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = RandomEntries(seed: seed)
        var state = ClusterState()
        var asked: UInt64 = 0
        let time = processorTime {
            for number in 0..<1_000_000 {
                state.apply(random.next())
                if number % 5_000 == 0 { asked &+= ask(state) }
            }
        }
        print("a million entries folded in \(time), answers \(asked)")
        let core = state.core
        #expect(core.folded == 1_000_000)
        #expect(core.nodes.count <= Core.mostNodes)
        #expect(core.news.count <= Core.keptNews)
        #expect(core.commands.count <= Core.keptCommands)
        #expect(core.incidents.count <= Core.keptIncidents)
        #expect(core.faults.count <= Core.keptFaults)
        #expect(core.clients.seconds.count <= ClientsState.kept)
        #expect(time < .seconds(60), "of the processor, in a debug build")
    }

    @Test func `a replayed fold equals a live one`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = RandomEntries(seed: seed)
        var live = ClusterState()
        var replayed = ClusterState()
        for _ in 0..<200 {
            let entries = (0..<100).map { _ in random.next() }
            for entry in entries { live.apply(entry) }
            var decoder = JournalDecoder()
            for entry in decoder.decode(JournalFormat.encode(entries)) { replayed.apply(entry) }
            #expect(live == replayed)
        }
    }

    /// Every question a viewer asks.
    private func ask(_ state: ClusterState) -> UInt64 {
        let core = state.core
        var sum = UInt64(core.health.words.utf8.count + core.groups)
        sum += UInt64(core.leadersPerTerm ?? 0) + (core.quorum == true ? 1 : 0)
        for name in ["split", "a", "f1", "f7", "f39"] {
            for window in [
                core.window(before: name), core.window(during: name), core.window(after: name),
                core.wholeWindow,
            ] {
                guard let window else { continue }
                if core.clients.availability(in: window) != nil { sum += 1 }
                if core.clients.outage(in: window) != nil { sum += 1 }
                if core.clients.latency(atQuantile: 0.99, in: window) != nil { sum += 1 }
            }
            if core.recovery(name) != nil || core.detection(name) != nil { sum += 1 }
            if core.election(name) != nil || core.isOpen(after: name) { sum += 1 }
        }
        for incident in core.incidents { sum += UInt64(core.sentence(of: incident).utf8.count) }
        return sum
    }
}
