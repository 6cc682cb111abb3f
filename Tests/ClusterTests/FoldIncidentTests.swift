import Cluster
import Testing

@Suite struct `What a fault did, told from the entries` {
    /// The leader crashes at 10 s and is held for 8 s; kv-2 takes over.
    private func leaderCrash() -> Course {
        var course = Course()
        course.comeUp()
        for second in 2..<10 { course.clients(Double(second), ok: 100) }
        course.fault(10, 1, "crash kv-1 for 8s as crash", name: "crash", nodes: [0], ends: 18)
        course.phase(
            10.001, 0, .failed, "killed by SIGKILL, injected by f1", fault: 1, until: 18)
        course.clients(10.5, ok: 40, refused: 10, silence: 0.5)
        course.role(11.2, 1, .candidate, term: 2)
        course.clients(11.5, ok: 0, unknown: 50, silence: 1.5)
        course.role(11.6, 1, .leader, term: 2)
        course.clients(12.5, ok: 90, outage: 1.7)
        course.clients(13.5, ok: 100)
        course.over(18, 1)
        course.phase(18.1, 0, .starting)
        course.phase(18.4, 0, .started)
        course.role(18.9, 0, .follower, term: 2)
        course.phase(19.2, 0, .ready)
        return course
    }

    @Test func `a crashed leader is noticed, replaced, back, and one sentence says so`() throws {
        let core = leaderCrash().core
        let incident = try #require(core.incidents.first)
        #expect(core.incidents.count == 1)
        #expect(incident.wasLeader)
        #expect(incident.noticed == Stamp(seconds: 10.5) && incident.noticedBy == nil)
        #expect(incident.replaced == Stamp(seconds: 11.6) && incident.replacedBy == NodeID(1))
        #expect(incident.recovered == Stamp(seconds: 12.5))
        #expect(incident.back == Stamp(seconds: 19.2))
        #expect(
            core.sentence(of: incident)
                == "kv-1 crashed: noticed after 0.5 s, kv-2 leads after 1.6 s, back after 9.2 s, "
                + "clients waited 1.7 s, 60 operations failed.")
    }

    @Test func `times of a fault are counted from where they mean something`() {
        var course = leaderCrash()
        #expect(course.core.detection("crash") == .milliseconds(500))
        #expect(course.core.election("crash") == .milliseconds(1_600))
        #expect(course.core.recovery("crash") == .milliseconds(2_500))
        #expect(course.core.recovery("f1") == .milliseconds(2_500))
        #expect(course.core.recovery("nobody") == nil)
        course.fault(
            30, 2, "cut between kv-1 and kv-2 for 5s as cut", name: "cut",
            links: [([0], [1]), ([1], [0])])
        course.clients(31, ok: 100)
        #expect(course.core.recovery("cut") == nil, "a cut is not over before it ends")
        course.over(35, 2)
        course.clients(35.5, ok: 100)
        course.clients(36.5, ok: 98, unknown: 2)
        course.clients(37.5, ok: 100)
        #expect(course.core.recovery("cut") == .milliseconds(2_500), "counted from its end")
    }

    @Test func `the event line tells it in sentences`() {
        var course = leaderCrash()
        #expect(
            course.news(after: 9) == [
                "f1 crash kv-1 for 8s as crash", "kv-1 killed by SIGKILL, injected by f1",
                "kv-1 is held down until 00:18.0 by f1", "kv-2 is candidate now, term 2",
                "kv-2 leads now, term 2", "f1 is over after 8.0 s", "kv-1 back after 9.2 s",
            ])
        #expect(
            course.core.news.first { $0.kind == .fault }?.outcome
                == "noticed by a client after 0.50 s")
        course.at(
            20,
            .faultMeasured(FaultID(1), Proof(verdict: .proved, words: "3 processes ended")))
        #expect(
            course.core.news.first { $0.kind == .fault }?.outcome
                == "noticed by a client after 0.50 s · 3 processes ended")
        course.at(
            21,
            .commandRefused(
                CommandRecord(number: 9, text: "crash leader", names: "", by: "key"),
                message: "no leader now"))
        course.skipEntries(3)
        course.at(22, .note("lunch", by: "palette"))
        #expect(
            course.news(after: 20) == [
                "crash leader: no leader now", "3 entries are missing", "lunch (palette)",
            ])
        #expect(course.core.missingEntries == 3)
    }

    @Test func `a follower that dies is recovered from at once when nobody needs it`() throws {
        var course = Course()
        course.comeUp()
        course.clients(9, ok: 100)
        course.fault(10, 1, "crash kv-3 for 5s", nodes: [2], ends: 15)
        course.phase(10.001, 2, .failed, fault: 1)
        course.clients(10.5, ok: 100)
        #expect(course.core.incidents.first?.recovered == nil, "that second began before the fault")
        course.clients(11.5, ok: 100)
        let incident = try #require(course.core.incidents.first)
        #expect(incident.recovered == Stamp(seconds: 11.5))
        #expect(incident.waited == 0 && incident.noticed == nil)
        course.phase(13, 0, .unready, "cannot see kv-3")
        #expect(course.core.incidents.first?.noticedBy == NodeID(0), "still watched")
    }

    @Test func `a pause that is too short to be seen is over when it ends`() throws {
        var course = Course(clients: 0)
        course.comeUp()
        course.fault(10, 1, "pause kv-1 for 300ms", nodes: [0], ends: 10.3)
        #expect(course.core.incidents.first?.recovered == nil)
        course.over(10.3, 1)
        let incident = try #require(course.core.incidents.first)
        #expect(incident.back == Stamp(seconds: 10.3))
        #expect(incident.recovered == Stamp(seconds: 10.3))
        #expect(
            course.core.sentence(of: incident)
                == "kv-1 was paused: back after 0.3 s, no client noticed.")
    }

    @Test func `a killed node without a restart never counts as recovered`() {
        var course = Course(clients: 0)
        course.comeUp()
        course.fault(10, 1, "kill kv-2", nodes: [1], momentary: true)
        course.phase(10.1, 1, .failed, "killed by SIGKILL, injected by f1", fault: 1)
        course.role(11, 2, .candidate)
        #expect(course.core.fault(named: "f1")?.isActive == false)
        #expect(course.core.incidents.first?.recovered == nil)
        course.phase(14, 1, .ready)
        #expect(course.core.recovery("f1") == .seconds(4))
    }

    @Test func `clients that failed before are no witnesses, and need not be better afterwards`() {
        var course = Course()
        course.comeUp()
        for second in 2..<10 { course.clients(Double(second), ok: 80, refused: 20) }
        course.fault(10, 1, "delay between kv-1 and kv-2 by 1ms as slow", name: "slow")
        course.clients(11, ok: 78, refused: 22)
        #expect(course.core.detection("slow") == nil)
        course.clients(12, ok: 40, refused: 60)
        #expect(course.core.detection("slow") == .seconds(2))
        course.over(13, 1)
        course.clients(14, ok: 70, refused: 30)
        #expect(course.core.recovery("slow") == nil)
        course.clients(15, ok: 82, refused: 18)
        #expect(course.core.recovery("slow") == .seconds(2))
    }

    @Test func `another holder of a node that is gone is told once, by its time`() {
        var course = Course()
        course.comeUp()
        course.phase(5, 1, .stopped, "killed, held down by f1", fault: 1, until: 9)
        course.phase(6, 1, .stopped, "held down by f1 and f2", fault: 1, until: 9)
        course.phase(7, 1, .stopped, "held down by f1 and f3", fault: 3, until: 12)
        #expect(
            course.news(after: 4) == [
                "kv-2 killed, held down by f1", "kv-2 is held down until 00:09.0 by f1",
                "kv-2 is held down until 00:12.0 by f3",
            ])
    }
}
