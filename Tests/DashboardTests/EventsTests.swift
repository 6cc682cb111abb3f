import Cluster
import Testing

@testable import Dashboard

@Suite struct EventsTests {
    private func on(_ keys: [Input], _ view: View = Screens.now) -> (Interaction, [Outcome]) {
        var interaction = Interaction(view: view)
        var outcomes: [Outcome] = []
        for key in [.character("8")] + keys {
            outcomes += interaction.on(key, state: Screens.sentinel)
        }
        return (interaction, outcomes)
    }

    private func chosen(_ keys: [Input]) -> News? {
        EventList(Screens.sentinel.core, on(keys).0.view).current
    }

    @Test(
        "The chosen event moves one by one, also among those of one moment, and follows at the end")
    func choosing() {
        let all = Screens.sentinel.core.news
        #expect(chosen([]) == all.last)
        for step in 0..<all.count {
            let keys = Array(repeating: Input.up, count: step)
            #expect(chosen(keys) == all[all.count - 1 - step], "\(step) up")
            #expect(chosen([.character("g")] + Array(repeating: .down, count: step)) == all[step])
        }
        #expect(on([.up, .up, .character("G")]).0.view.events.chosen == nil)
    }

    @Test("Kinds, the filter and marks leave out what they should")
    func filters() {
        let faults = EventList(Screens.sentinel.core, on([.character("e")]).0.view)
        #expect(faults.items.map(\.kind) == [.fault, .fault])
        let every = on(Array(repeating: .character("e"), count: 5)).0.view
        #expect(EventList(Screens.sentinel.core, every).items.count == 11)
        let one = EventList(Screens.sentinel.core, on([.up, .character("o")]).0.view)
        #expect(!one.items.isEmpty && one.items.allSatisfy { $0.node == one.items[0].node })
    }

    @Test("Enter goes to its node, v to its moment: the playhead of a recording")
    func going() {
        let (node, _) = on([.up, .enter])
        #expect(node.view.screen == .node && node.view.cursor != nil)
        let (moment, nothing) = on([.up, .up, .character("v")])
        #expect(moment.view.screen == .timeline && nothing.isEmpty)
        #expect(moment.view.timeline.cursor == Stamp(seconds: 246.501))
        let (_, seeks) = on([.up, .up, .character("v")], Screens.replay)
        #expect(seeks == [.playback(.to(Stamp(seconds: 246.501)))])
    }
}
