import Chaos
import Cluster
import Testing

/// Two nodes that got ready after a second, the first of them leading.
struct Course {
    var run: LessonRun
    var number: UInt64 = 0
    var commands: UInt64 = 0
    /// Everything that came out.
    var actions: [LessonRun.Action] = []

    init(_ steps: [LessonText.Step], plays: Bool = false) throws {
        let text = LessonText(name: "t", title: "T", steps: steps)
        let (lesson, complaints) = Lesson.check(text, for: Course.machines)
        run = LessonRun(
            try #require(lesson, "\(complaints.map(\.message))"), plays: plays)
    }

    static let machines = ["kv-1", "kv-2"].map {
        NodeDescription(name: $0, group: "kv", address: "")
    }

    mutating func start() {
        for index in 0..<2 {
            let node = NodeID(UInt16(index))
            write(0, .nodeDefined(node, Course.machines[index]))
            write(1, .nodeChanged(node, NodeChange(phase: .ready, starts: 1)))
        }
        write(1, .roleChanged(NodeID(0), RoleChange(role: .leader, own: "leader")))
        write(1, .roleChanged(NodeID(1), RoleChange(role: .follower, own: "follower")))
    }

    mutating func write(_ seconds: Double, _ event: Event) {
        actions += run.take(Entry(number: number, at: Stamp(seconds: seconds), event: event))
        number += 1
    }

    /// Somebody gives a command, which is accepted.
    mutating func give(_ seconds: Double, _ text: String, by: String = "key") {
        commands += 1
        write(
            seconds,
            .commandAccepted(CommandRecord(number: commands, text: text, names: text, by: by)))
    }

    mutating func say(_ seconds: Double, _ input: LessonRun.Input) {
        actions += run.on(input, at: Stamp(seconds: seconds))
    }

    var page: LessonPage { run.page ?? LessonPage(title: "over", kind: .starting) }
    var notes: [String] {
        actions.compactMap { if case .note(let text) = $0 { text } else { nil } }
    }
    var told: [LessonRun.Outcome] {
        actions.compactMap { if case .told(let outcome) = $0 { outcome } else { nil } }
    }
    var orders: [String] {
        actions.compactMap {
            if case .command(let number, _, let text, let by) = $0 {
                "\(number) \(text) by \(by)"
            } else {
                nil
            }
        }
    }

    /// A step that says something.
    static func step(
        _ words: Lesson.Words = Lesson.Words(say: "x"), run: [String] = [],
        attempt: [String] = [], done: String? = nil
    ) -> LessonText.Step {
        LessonText.Step(
            words: words, run: run.map { Line($0) }, attempt: attempt.map { Line($0) },
            done: done.map { Line($0) })
    }
}
