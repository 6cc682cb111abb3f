import Cluster
import Testing

@Suite struct `Windows of a run` {
    private func stamps(_ from: Double, _ to: Double) -> Range<Stamp> {
        Stamp(seconds: from)..<Stamp(seconds: to)
    }

    @Test func `before and after reach to the neighbouring fault or ten seconds`() {
        var course = Course()
        course.comeUp()
        course.fault(20, 1, "cut from kv-1 to kv-2 as a", name: "a", links: [([0], [1])])
        course.over(25, 1)
        course.fault(29, 2, "cut from kv-1 to kv-2 as b", name: "b", links: [([0], [1])])
        #expect(course.core.window(during: "b") == stamps(29, 29))
        course.at(31, .note("", by: ""))
        #expect(course.core.window(before: "a") == stamps(10, 20))
        #expect(course.core.window(during: "a") == stamps(20, 25))
        #expect(course.core.window(after: "a") == stamps(25, 29))
        #expect(course.core.window(before: "b") == stamps(25, 29))
        #expect(course.core.window(during: "b") == stamps(29, 31), "until now while it acts")
        #expect(course.core.window(after: "b") == nil)
        #expect(course.core.window(during: "c") == nil)
        course.over(32, 2)
        course.at(40, .note("", by: ""))
        #expect(course.core.isOpen(after: "b") && !course.core.isOpen(after: "a"))
        course.at(50, .note("", by: ""))
        #expect(course.core.window(after: "b") == stamps(32, 42))
        #expect(!course.core.isOpen(after: "b"))
        #expect(course.core.wholeWindow == stamps(1, 50))
    }

    @Test func `a scenario that begins later means its own faults`() {
        var course = Course()
        course.comeUp()
        course.fault(20, 1, "cut from kv-1 to kv-2 as a", name: "a", links: [([0], [1])])
        course.over(25, 1)
        let later = course.core.forgettingNames(through: FaultID(1))
        #expect(later.fault(named: "a") == nil && later.fault(named: "f1") != nil)
        course.fault(29, 2, "cut from kv-1 to kv-2 as a", name: "a", links: [([0], [1])])
        #expect(
            course.core.forgettingNames(through: FaultID(1)).fault(named: "a")?.record.id
                == FaultID(2))
    }

    @Test func `seconds of several clients are one, and windows add them up`() throws {
        var course = Course(clients: 2)
        course.clients(0.5, 3, ok: 0, unknown: 10, silence: 0.5)
        course.comeUp()
        for second in 10..<20 {
            let at = Double(second)
            let isBad = (13..<15).contains(second)
            course.clients(at + 0.1, 3, ok: isBad ? 0 : 60, refused: isBad ? 60 : 0)
            course.clients(
                at + 0.6, 4, ok: 40, silence: second == 14 ? 3 : 0, micros: isBad ? 90_000 : 2_000)
        }
        let clients = course.core.clients
        #expect(clients.seconds.count == 11)
        #expect(clients.seconds.last?.ok == 100)
        #expect(clients.total.ok == 880, "only since all were ready")
        #expect(clients.total.availability == 880.0 / 1_000)
        #expect(clients.availability(in: stamps(13, 15)) == 0.4)
        #expect(clients.availability(in: stamps(15, 20)) == 1)
        #expect(clients.availability(in: stamps(30, 40)) == nil)
        #expect(clients.availability(in: stamps(15, 15)) == nil, "a moment has no share")
        #expect(clients.throughput(in: stamps(15, 20)) == 100)
        let slow = try #require(clients.latency(atQuantile: 0.99, in: stamps(13, 15)))
        #expect(abs(slow - 0.09) < 0.003)
        #expect(clients.longestOutage == 3)
        #expect(clients.outage(in: stamps(14, 20)) == 1, "no longer than the window so far")
        #expect(clients.outage(in: stamps(10, 20)) == 3)
        #expect(clients.outage(in: stamps(15, 20)) == 0)
    }

    @Test func `outages while the cluster came up do not count`() {
        var course = Course()
        course.clients(0.9, ok: 0, unknown: 5, silence: 0.9)
        course.comeUp()
        course.clients(1.5, ok: 0, unknown: 5, silence: 1.5)
        #expect(course.core.clients.longestOutage == 0.5)
    }
}
