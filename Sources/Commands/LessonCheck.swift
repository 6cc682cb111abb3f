internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Glibc
internal import Journal
internal import Lab
internal import Topology

/// A lesson that plays itself from the first step to the last, told line by line.
struct LessonCheck {
    private let found: LessonSource
    private let start: StartOptions

    init(_ found: LessonSource, _ start: StartOptions) {
        self.found = found
        self.start = start
    }

    /// 0 when each attempt made its `done` true, 1 otherwise, 4 when the cluster was never ready.
    func run() throws -> Int32 {
        Interruption.listen()
        let started = try StartedRun.start(found.source, found.topology, start, mode: "command")
        let client: ControlClient
        let origin: Int64
        do {
            client = try ControlClient(path: started.options.socket)
            origin = try client.ask(ControlRequest(verb: .attach)).origin ?? 0
        } catch {
            throw failure(error.description, code: error.code)
        }
        print(
            "\(found.lesson.name)   \(found.topology.name)   seed \(started.options.seed)   "
                + started.folder.path)
        Interruption.began(started.options.socket)
        let played = Result {
            try play(in: RunningLab(started), RunClock(origin: origin))
        }
        Interruption.ended()
        _ = try? client.ask(ControlRequest(verb: .quit))
        var status: Int32 = 0
        waitpid(started.process, &status, 0)
        if let code = Interruption.code { return code }
        let code = try played.get()
        print(code == 0 ? "PASSED" : "FAILED")
        return code
    }

    private func play(in lab: RunningLab, _ clock: RunClock) throws -> Int32 {
        var run = LessonRun(found.lesson, plays: true)
        var code: Int32 = 0
        var actions: [LessonRun.Action] = []
        do {
            let feed = try FileFeed(path: lab.folder.journal)
            let wake = try feed.wakeDescriptor()
            while true {
                for entry in try feed.poll() { actions += run.take(entry) }
                actions += run.on(.changed, at: clock.now)
                while !actions.isEmpty {
                    let action = actions.removeFirst()
                    if case .told(let outcome) = action { code = tell(outcome, code) }
                    actions += try carryOut(action, lab, clock, &run)
                }
                if run.isOver { return code }
                if feed.isFinished || !lab.folder.isInUse {
                    if Interruption.code == nil {
                        complain("squall: the lab ended before the lesson did")
                    }
                    return max(1, code)
                }
                var descriptor = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
                poll(&descriptor, 1, pause(until: run.wake, clock))
            }
        } catch let error as JournalError {
            throw failure(error.description, code: Code.internalError)
        }
    }

    /// Milliseconds; a lab that dies says nothing, and is looked after once a second.
    private func pause(until wake: Stamp?, _ clock: RunClock) -> Int32 {
        guard let wake else { return 1_000 }
        let left = (wake.microseconds - clock.now.microseconds) / 1_000 + 1
        return Int32(clamping: min(1_000, max(0, left)))
    }

    private func carryOut(
        _ action: LessonRun.Action, _ lab: RunningLab, _ clock: RunClock, _ run: inout LessonRun
    ) throws -> [LessonRun.Action] {
        guard case .command(let number, _, let text, let by) = action else { return [] }
        let reply = try lab.command(text, by: by)
        return run.on(
            reply.ok ? .done(number) : .refused(number, message: "\(text): \(reply.text)"),
            at: clock.now)
    }

    private func tell(_ outcome: LessonRun.Outcome, _ code: Int32) -> Int32 {
        let count = found.lesson.steps.count
        let time = "\(Duration.milliseconds(outcome.took.microseconds / 1_000).text)"
        guard let failure = outcome.failure else {
            print("  step \(outcome.step) of \(count)   \(time)   \(outcome.detail)")
            return code
        }
        guard outcome.step > 0 else {
            print("  \(failure)")
            return Code.notReady
        }
        print("  step \(outcome.step) of \(count)   \(time)   FAILED: \(failure)")
        return 1
    }
}
