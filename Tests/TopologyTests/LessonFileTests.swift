import Testing
import Topology

/// Lessons in files of their own.
@Suite struct LessonFileTests {
    private let topology = Topology.read(
        "name: kv\nsettings: {size: 1}\nnodes: {kv: {run: sleep 1}}", file: "kv.yaml"
    ).topology

    private func mistakes(_ text: String) throws -> [String] {
        do {
            let file = try Topology.LessonFile(parsing: text, file: "l.yaml", name: "l")
            _ = try file.lesson(for: #require(topology))
            return []
        } catch let mistakes as Diagnostics {
            return mistakes.items.map { "\($0.place.line):\($0.place.column) \($0.code)" }
        }
    }

    @Test("a file has its topology, its settings and its steps")
    func whole() throws {
        let text = """
            title: Small
            minutes: 3
            with: kv
            set: {size: 2}
            steps:
              - say: >-
                  Two lines
                  are one text.
                done: ready(kv)
            """
        let file = try Topology.LessonFile(parsing: text, file: "l.yaml", name: "l")
        #expect(file.with.text == "kv")
        let lesson = try file.lesson(for: #require(topology))
        #expect(lesson.name == "l" && lesson.title == "Small" && lesson.minutes == 3)
        #expect(lesson.settings.map { "\($0.name)=\($0.value)" } == ["size=2"])
        #expect(lesson.steps.map(\.say) == ["Two lines are one text."])
        #expect(lesson.steps.first?.done?.place == Place(line: 9, column: 11))
    }

    @Test("mistakes are told with their places")
    func places() throws {
        #expect(try mistakes("") == ["1:1 yaml/empty"])
        #expect(try mistakes("title: x") == ["1:1 key/missing"])
        #expect(try mistakes("with: [kv]\ntitle: x") == ["1:7 value/kind"])
        #expect(
            try mistakes("with: kv\ntitle: x\nset: {siez: 2}\nsteps:\n  - say: \"\"\n")
                == ["1:1 key/missing", "3:7 setting/unknown", "5:10 lesson/blank"])
        #expect(try mistakes("with: kv\nlesson: {}\n") == ["2:1 key/unknown"])
    }

    @Test("a file with nodes is a topology")
    func kinds() {
        #expect(Topology.LessonFile.isLesson("title: x", file: "l.yaml"))
        #expect(!Topology.LessonFile.isLesson("nodes: {}\nlesson: {}", file: "l.yaml"))
        #expect(!Topology.LessonFile.isLesson("- x", file: "l.yaml"))
    }
}
