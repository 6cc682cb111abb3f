import Cluster
import Testing

@testable import Dashboard

/// What a machine tells of itself.
@Suite struct InspectionTests {
    @Test("Processes are a tree without those that look; names may hold anything")
    func processes() {
        let inspection = Inspection(of: NodeID(0), reading: Screens.inside)
        #expect(inspection.processes.map(\.id) == [1, 2, 7])
        #expect(inspection.processes.map(\.depth) == [0, 1, 2])
        #expect(inspection.processes.map(\.state) == ["S", "S", "T"])
        #expect(inspection.processes[1].text == "redis-server 10.66.0.2:6379")
        #expect(inspection.processes[2].text == "(redis (aof) x)")
    }

    @Test("Files have sizes, folders none; lines without sense are left out")
    func files() {
        let inspection = Inspection(of: NodeID(0), reading: Screens.inside)
        #expect(inspection.files.map(\.name) == ["dump.rdb", "append only dir"])
        #expect(inspection.files.map(\.isFolder) == [false, true])
        #expect(inspection.files.first?.size == 2_048)
        #expect(inspection.environment == ["HOME=/run/squall/data", "SQUALL_NODE=redis-1"])
    }

    @Test("Whatever a machine answers, reading it ends")
    func hostile() {
        for seed in 0..<300 {
            var dice = Dice(seed: UInt64(seed))
            var text = ""
            for _ in 0..<dice.below(60) {
                switch dice.below(6) {
                case 0: text += "#files\n"
                case 1: text += "#self \(dice.below(9))\n"
                case 2: text += "\(dice.below(9)) (\(dice.text())) S \(dice.below(9)) 0\n"
                case 3: text += "\(dice.text())\n"
                case 4: text += "#environment\n"
                default: text += "-rw 1 2 3 \(dice.below(99)) Nov 1 12:00 \(dice.text())\n"
                }
            }
            let inspection = Inspection(of: NodeID(0), reading: text)
            #expect(Set(inspection.processes.map(\.id)).count == inspection.processes.count)
            #expect(inspection.processes.allSatisfy { $0.depth <= 31 }, "seed \(seed)")
        }
    }

    @Test("Only the machine of the node's screen is looked at, and e goes through its parts")
    func looked() {
        var interaction = Interaction(view: Screens.inspected)
        #expect(interaction.inspected(Screens.sentinel) == nil)
        _ = interaction.on(.enter, state: Screens.sentinel)
        #expect(interaction.inspected(Screens.sentinel) == NodeID(0))
        _ = interaction.on(.down, state: Screens.sentinel)
        #expect(interaction.inspected(Screens.sentinel) == NodeID(1))
        var parts: [NodeView.Part] = []
        for _ in 0..<4 {
            parts.append(interaction.view.node.part)
            _ = interaction.on(.character("e"), state: Screens.sentinel)
        }
        #expect(parts == NodeView.Part.allCases && interaction.view.node.part == .story)
        // What is known of another machine is not shown as this one's.
        _ = interaction.on(.character("e"), state: Screens.sentinel)
        let frame = render(
            Screens.sentinel, interaction.view, Size(columns: 80, rows: 24))
        #expect(!frame.lines.contains { $0.contains("redis-server") })
    }
}
