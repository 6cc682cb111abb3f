import Cluster
import Testing

@testable import Lab

/// A node's life as scripts: events on the left, what it asks for on the right.
@Suite struct LifeTests {
    private let failing = RestartPlan(policy: .onFailure, first: .seconds(1), longest: .seconds(8))

    @Test func `a node is powered, started, ready, and told apart from one that does not answer`() {
        var node = LifeScript(isProbed: true)
        #expect(node.on(.waits(for: "primary")) == "<waiting: waits for primary>")
        #expect(node.on(.begin) == "power on; <starting>")
        #expect(node.on(.waits(for: "primary")) == "")
        #expect(node.on(.powered) == "start")
        #expect(node.on(.started) == "<started>")
        #expect(node.on(.probed(ready: false, reason: "refused")) == "<started: refused>")
        #expect(node.on(.probed(ready: false, reason: "refused")) == "")
        #expect(node.on(.probed(ready: true, reason: "")) == "<ready>")
        #expect(node.on(.probed(ready: true, reason: "")) == "")
        #expect(node.on(.probed(ready: false, reason: "no answer")) == "<unready: no answer>")
        #expect(node.on(.probed(ready: false, reason: "refused")) == "<unready: refused>")
        #expect(node.on(.probed(ready: true, reason: "")) == "<ready>")
    }

    @Test func `without a probe a node is ready when it is started`() {
        var node = LifeScript()
        _ = node.on(.begin)
        _ = node.on(.powered)
        #expect(node.on(.started) == "<ready>")
    }

    @Test func `a crash without a time leaves the rest to the restart policy`() {
        var node = LifeScript.running()
        #expect(node.on(.struck(f1, .crash)) == "KILL to all")
        #expect(node.dies() == "KILL to all | <failed: killed by SIGKILL, injected by f1>")
        #expect(node.on(.begin) == "start")
        #expect(node.on(.started) == "<ready>")
        // What ends it next was not that fault.
        #expect(node.ends(3) == "KILL to all | <failed: exited with status 3>")
        var other = LifeScript.running(restart: failing)
        #expect(other.on(.struck(f1, .kill)) == "KILL")
        let answer = other.dies()
        #expect(answer.contains("<backing-off: killed by SIGKILL, injected by f1 until"))
        #expect(other.fire() == "start")
    }

    @Test func `who ended by itself just before the blow fell was not killed by it`() {
        var node = LifeScript.running()
        #expect(node.on(.struck(f1, .kill)) == "KILL")
        #expect(node.ends(0) == "KILL to all | <exited: exited with status 0>")
        var held = LifeScript.running()
        #expect(held.on(.hold(f1, .crash, until: nil)) == "KILL to all")
        #expect(
            held.ends(0) == "KILL to all | <stopped: exited with status 0; held down by f1>")
    }

    @Test func `a crash with a time holds the node down and starts it again, whatever the policy`()
    {
        var node = LifeScript.running()
        #expect(node.on(.hold(f1, .crash, until: Stamp(microseconds: 5_000_000))) == "KILL to all")
        #expect(
            node.dies()
                == "KILL to all | <stopped: killed by SIGKILL, injected by f1; held down by f1 until 5>"
        )
        #expect(node.on(.begin) == "")
        #expect(node.on(.release(f1)) == "start")
        #expect(node.on(.release(f1)) == "")
        #expect(node.on(.started) == "<ready>")
    }

    @Test func `a crash that lets go before the process has ended still starts the node again`() {
        var node = LifeScript.running()
        _ = node.on(.hold(f1, .crash, until: nil))
        #expect(node.on(.release(f1)) == "")
        #expect(node.dies() == "KILL to all | start")
    }

    @Test func `a node runs again when its last holder lets go, and who killed it stays known`() {
        var node = LifeScript.running()
        _ = node.on(.hold(f1, .crash, until: Stamp(microseconds: 5_000_000)))
        _ = node.dies()
        #expect(node.on(.hold(f2, .poweroff, until: nil)) == "power off")
        #expect(
            node.on(.gone) == "<off: killed by SIGKILL, injected by f1; held down by f1 and f2>")
        #expect(
            node.on(.hold(f3, .stop, until: nil))
                == "<off: killed by SIGKILL, injected by f1; held down by f1 and f2 and f3>")
        #expect(
            node.on(.release(f1))
                == "<off: killed by SIGKILL, injected by f1; held down by f2 and f3>")
        #expect(
            node.on(.release(f2))
                == "<stopped: killed by SIGKILL, injected by f1; held down by f3>")
        #expect(node.on(.release(f3)) == "power on; <starting>")
        #expect(node.on(.powered) == "start")
    }

    @Test func `two pauses are one standstill, and the last one wakes it`() {
        var node = LifeScript.running()
        #expect(node.on(.hold(f1, .pause, until: nil)) == "STOP to all")
        #expect(node.on(.hold(f2, .freeze, until: nil)) == "")
        #expect(node.on(.release(f1)) == "")
        #expect(node.on(.release(f2)) == "CONT to all")
    }

    @Test func `what is started inside a pause stands still from its birth`() {
        var node = LifeScript.running()
        #expect(
            node.on(.restart) == "<stopping: restarting>; TERM; arm 5000 ms")
        #expect(node.on(.hold(f1, .pause, until: nil)) == "STOP to all")
        // A stopped process does not hear TERM; KILL it hears.
        #expect(node.fire() == "KILL to all")
        #expect(node.dies() == "KILL to all | start")
        #expect(node.on(.started) == "<ready>; STOP to all")
        #expect(node.on(.release(f1)) == "CONT to all")
    }

    @Test func `who is asked to stop while standing still is woken to hear it`() {
        var node = LifeScript.running()
        _ = node.on(.hold(f1, .pause, until: nil))
        #expect(
            node.on(.hold(f2, .stop, until: nil))
                == "<stopping: stopped by f2>; TERM; arm 5000 ms; CONT to all")
        #expect(node.ends(0) == "KILL to all | <stopped: stopped, injected by f2; held down by f2>")
    }

    @Test func `the stop ladder is signal, grace, KILL, and only then is it down`() {
        var node = LifeScript.running()
        #expect(
            node.on(.hold(f1, .stop, until: nil))
                == "<stopping: stopped by f1>; TERM; arm 5000 ms")
        #expect(node.fire() == "KILL to all")
        #expect(node.on(.exited(status: nil, signal: "SIGKILL")) == "KILL to all")
        #expect(
            node.on(.emptied) == "<stopped: killed by SIGKILL, injected by f1; held down by f1>")
        #expect(node.fire() == "")
        #expect(node.on(.release(f1)) == "start")
    }

    @Test func `a timer of a ladder that is over says nothing`() {
        var node = LifeScript.running()
        _ = node.on(.restart)
        let old = node.timer
        #expect(node.ends(0) == "KILL to all | start")
        _ = node.on(.started)
        #expect(node.on(.timer(old)) == "")
        _ = node.on(.restart)
        #expect(node.on(.timer(old)) == "")
        #expect(node.fire() == "KILL to all")
    }

    @Test func `a start during the stop ladder waits for its end`() {
        var node = LifeScript.running()
        _ = node.on(.hold(f1, .stop, until: nil))
        #expect(node.on(.release(f1)) == "")
        #expect(node.ends(0) == "KILL to all | start")
    }

    @Test func `a power cut during a backoff ends the waiting`() {
        var node = LifeScript.running(restart: failing)
        #expect(node.ends(1).hasPrefix("KILL to all | <backing-off: exited with status 1 until"))
        let old = node.timer
        #expect(node.on(.hold(f1, .poweroff, until: nil)) == "power off")
        #expect(node.on(.timer(old)) == "")
        #expect(node.on(.gone) == "<off: exited with status 1; held down by f1>")
        #expect(node.on(.release(f1)) == "power on; <starting>")
        #expect(node.on(.powered) == "start")
    }

    @Test func `power that comes back before the machine is gone makes it again, once it is`() {
        for prepare in [LifeScript.running(restart: failing), LifeScript.running()] {
            var node = prepare
            _ = node.on(.hold(f1, .poweroff, until: nil))
            #expect(node.on(.release(f1)) == "")
            #expect(node.on(.gone) == "power on; <starting>")
        }
        var waiting = LifeScript.running(restart: failing)
        _ = waiting.ends(1)
        #expect(waiting.on(.hold(f1, .poweroff, until: nil)) == "power off")
        #expect(waiting.on(.release(f1)) == "")
        #expect(waiting.fire() == "")
        #expect(waiting.on(.gone) == "power on; <starting>")
        var ended = LifeScript.running()
        _ = ended.ends(0)
        #expect(ended.on(.hold(f1, .poweroff, until: nil)) == "power off")
        #expect(ended.on(.release(f1)) == "")
        #expect(ended.on(.gone) == "power on; <starting>")
    }

    @Test func `a power cut while the machine is made takes effect when it is there`() {
        var node = LifeScript()
        _ = node.on(.begin)
        #expect(node.on(.hold(f1, .poweroff, until: nil)) == "")
        #expect(node.on(.powered) == "power off")
        #expect(node.on(.gone) == "<off: held down by f1>")
        #expect(node.on(.release(f1)) == "power on; <starting>")
    }

    @Test func `a machine that goes by itself is a failure like any other`() {
        var node = LifeScript.running(restart: failing)
        #expect(node.on(.gone).hasPrefix("<backing-off: killed by SIGKILL until"))
        #expect(node.fire() == "power on; <starting>")
        var early = LifeScript(restart: failing)
        _ = early.on(.begin)
        _ = early.on(.powered)
        #expect(early.on(.gone).hasPrefix("<backing-off: its machine is gone until"))
        #expect(early.on(.failed("no machine")) == "")
        #expect(early.fire() == "power on; <starting>")
    }

    @Test func `what cannot be started is tried again as the policy says`() {
        var node = LifeScript(restart: failing)
        _ = node.on(.begin)
        #expect(
            node.on(.failed("no such program")).hasPrefix("<backing-off: no such program until"))
        var once = LifeScript()
        _ = once.on(.begin)
        _ = once.on(.powered)
        #expect(once.on(.failed("no such program")) == "<failed: no such program>")
    }

    @Test func `a program that ended before its start was told is not forgotten`() {
        var node = LifeScript(restart: failing)
        _ = node.on(.begin)
        _ = node.on(.powered)
        #expect(node.ends(1).hasPrefix("KILL to all | <backing-off: exited with status 1 until"))
        #expect(node.on(.started) == "")
    }

    @Test func `the end of the lab finds its way from every state, and is told once`() {
        func finish(
            _ node: LifeScript, _ wanted: String, then rest: [(NodeLife.Event, String)] = []
        ) {
            var node = node
            #expect(node.on(.finish) == wanted)
            for (event, answer) in rest { #expect(node.on(event) == answer, "\(event)") }
            #expect(node.on(.finish) == "")
            // Nothing brings it back.
            for event in [
                NodeLife.Event.begin, .restart, .powered, .gone, .emptied, .timer(node.timer),
            ] {
                #expect(node.on(event) == "", "\(event)")
            }
        }
        finish(LifeScript(), "finished")

        var powering = LifeScript()
        _ = powering.on(.begin)
        finish(powering, "", then: [(.powered, "finished")])
        finish(powering, "", then: [(.failed("no"), "finished")])

        var starting = powering
        _ = starting.on(.powered)
        let exit = NodeLife.Event.exited(status: 0, signal: nil)
        finish(
            starting, "",
            then: [
                (.started, "<ready>; <stopping: stopped>; TERM; arm 5000 ms"),
                (exit, "KILL to all"), (.emptied, "finished"),
            ])
        finish(starting, "", then: [(.failed("no"), "finished")])
        finish(starting, "", then: [(.gone, "finished")])

        let running = LifeScript.running(restart: failing)
        let ladder = "<stopping: the lab ends>; TERM; arm 5000 ms"
        finish(running, ladder, then: [(exit, "KILL to all"), (.emptied, "finished")])
        finish(running, ladder, then: [(.gone, "finished")])

        var paused = running
        _ = paused.on(.hold(f1, .pause, until: nil))
        finish(
            paused, ladder + "; CONT to all", then: [(exit, "KILL to all"), (.emptied, "finished")])

        var stopping = running
        _ = stopping.on(.restart)
        finish(stopping, "", then: [(exit, "KILL to all"), (.emptied, "finished")])

        var emptying = running
        _ = emptying.on(exit)
        finish(emptying, "", then: [(.emptied, "finished")])

        var waiting = running
        _ = waiting.ends(1)
        finish(waiting, "finished")

        var held = running
        _ = held.on(.hold(f1, .crash, until: nil))
        _ = held.dies()
        finish(held, "finished")

        var dark = running
        _ = dark.on(.hold(f1, .poweroff, until: nil))
        finish(dark, ladder, then: [(.gone, "finished")])
        _ = dark.on(.gone)
        finish(dark, "finished")
    }
}
