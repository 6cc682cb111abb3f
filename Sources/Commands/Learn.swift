internal import ArgumentParser
internal import Chaos
internal import Dashboard
internal import Glibc
internal import Lab
internal import Topology

/// `squall learn [LESSON]`: a lesson beside the dashboard.
struct Learn: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn by doing: a lesson beside the dashboard of a running cluster.",
        discussion: """
            Without a lesson, lists those that are shipped. A lesson is one of them, a file of its own, or a
            topology with `lesson:`. With --check nobody has to learn: each step's `try` lines are played, and
            the exit code is 0 when each of them made its `done` true, 1 otherwise, 4 when the cluster was
            never ready.
            """)

    @OptionGroup var start: StartOptions
    @OptionGroup var look: LookOptions

    @Flag(help: "Plays the lesson by itself, headlessly, and judges whether it works.")
    var check = false

    @Argument(help: "A shipped lesson, a file of one, or a topology that has one.")
    var lesson: String?

    func validate() throws {
        if look.linear { throw ValidationError("a lesson stands beside the dashboard, not lines") }
    }

    func run() throws {
        guard let word = lesson else {
            guard !check else { throw failure("--check needs a lesson", code: Code.usage) }
            return try list()
        }
        let found = try LessonSource(word, set: start.set)
        var start = start
        start.set = found.settings
        if check {
            let code = try LessonCheck(found, start).run()
            if code != 0 { throw ExitCode(code) }
            return
        }
        guard isatty(0) == 1, isatty(1) == 1 else {
            throw failure(
                "a lesson needs a terminal; --check plays it without one", code: Code.usage)
        }
        // Before anything is started.
        _ = try look.keyMap()
        let run = try StartedRun.start(found.source, found.topology, start, mode: "dashboard")
        try Up.show(run, look: look, lesson: LessonRun(found.lesson))
    }

    private func list() throws {
        for (name, _) in LessonSource.shipped {
            let found = try LessonSource(name)
            let missing = TopologySource.missingPrograms(of: found.topology)
            let minutes = found.text.minutes
            print("\(name)   \(found.text.title)   \(minutes) minutes, on \(found.topology.name)")
            for program in missing { print("    \(program.description)") }
        }
        print("Begin one: squall learn \(LessonSource.shipped[0].name)")
    }
}
