internal import Cluster

/// The life of one node as a value: what happened to it goes in, what must be done comes out. It
/// knows no clock, no process and no machine; the lab carries its actions out.
///
/// Faults hold a node in three ways, each counted: *down* (`stop`, `kill`, `crash` with a time, and
/// `poweroff`), *dark* (`poweroff` alone), *still* (`pause`, `freeze`). It runs again when the last
/// holder lets go.
struct NodeLife: Sendable, Equatable {
    /// What can happen to a node.
    enum Event: Equatable {
        /// Everything that it waits for is there, or somebody said `start`.
        case begin
        /// It waits for these.
        case waits(for: String)
        /// Its machine has power.
        case powered
        /// Its program runs.
        case started
        /// Its machine or program could not be had.
        case failed(String)
        /// The probe's answer.
        case probed(ready: Bool, reason: String)
        /// The main process ended: status or signal, one of them.
        case exited(status: Int32?, signal: String?)
        /// Only pid 1 is left in the machine.
        case emptied
        /// The machine has no power any more.
        case gone
        /// A fault takes hold.
        case hold(FaultID, ProcessFault, until: Stamp?)
        /// A fault lets go.
        case release(FaultID)
        /// A fault did its work in a moment: `kill`, `crash` without a time.
        case struck(FaultID, ProcessFault)
        /// `restart`: the stop ladder, then a start.
        case restart
        /// The lab ends: the stop ladder, whatever holds it.
        case finish
        /// The timer armed with this number fired.
        case timer(Int)
    }

    /// What has to be done, in this order.
    enum Action: Equatable {
        case powerOn
        /// The port was muted by the fault already.
        case powerOff
        case start
        /// To the main process.
        case signal(String)
        /// To all processes but pid 1.
        case signalAll(String)
        /// Fire `timer` with this number after so long.
        case arm(Int, Duration)
        /// Tell the world.
        case tell(NodeChange)
        /// It is down, verified empty, and nobody will start it again: for `finish`.
        case finished
    }

    private enum State: Equatable {
        /// Nothing runs; the machine may have power or not.
        case down
        /// `powerOn` was asked for.
        case powering
        /// `start` was asked for.
        case starting
        case running
        /// The stop ladder: a signal was sent, KILL follows when timer fires.
        case stopping
        /// The main process is gone, others are being killed.
        case emptying
        /// Waits for its backoff.
        case backingOff
        /// Told `finished`.
        case over
    }

    private let plan: NodePlan
    private var state = State.down
    private var hasPower = false
    /// `powerOff` was asked for, and the machine still there.
    private var isGoingOff = false
    private var begun = false
    private var holders: [FaultID: Holder] = [:]
    private var starts: UInt32 = 0
    private var backoff: Backoff
    private var timer = 0
    private var isReady = false
    private var blame: FaultID?
    private var wanted = true
    private var restarting = false
    private var finishing = false

    private struct Holder: Equatable {
        var kind: ProcessFault
        var until: Stamp?
    }

    /// A node that has not begun.
    init(plan: NodePlan, seed: UInt64, node: NodeID) {
        self.plan = plan
        backoff = Backoff(plan: plan.restart, seed: seed, node: node)
    }

    /// Takes one event and says what to do.
    mutating func on(_ event: Event, at now: Stamp) -> [Action] {
        switch event {
        case .begin: return begin(now)
        case .waits(let names):
            guard !begun else { return [] }
            return [tell(.waiting, "waits for \(names)")]
        case .powered:
            hasPower = true
            guard state == .powering else { return [] }
            state = .down
            if finishing { return over() }
            return isDark ? goDark() : startIfWanted(now)
        case .started: return started()
        case .failed(let message): return couldNotStart(message, now)
        case .probed(let ready, let reason): return probed(ready, reason)
        case .exited(let status, let signal): return exited(status, signal, now)
        case .emptied: return emptied(now)
        case .gone: return gone(now)
        case .hold(let fault, let kind, let until): return hold(fault, kind, until)
        case .release(let fault): return release(fault, now)
        case .struck(let fault, let kind):
            blame = fault
            guard state == .running || state == .stopping else { return [] }
            return kind == .kill ? [.signal("KILL")] : [.signalAll("KILL")]
        case .restart:
            restarting = true
            wanted = true
            return state == .running ? climbDown(reason: "restarting", nil) : startIfWanted(now)
        case .finish: return finish()
        case .timer(let number): return fired(number, now)
        }
    }

    /// Whether a fault keeps it down.
    var isHeldDown: Bool { holders.values.contains { $0.kind.holdsDown } }
    /// Whether a fault keeps its processes still.
    var isStill: Bool { holders.values.contains { $0.kind.holdsStill } }
    private var isDark: Bool { holders.values.contains { $0.kind == .poweroff } }

    // MARK: Starting

    private mutating func begin(_ now: Stamp) -> [Action] {
        begun = true
        wanted = true
        if isGoingOff { restarting = true }
        return startIfWanted(now)
    }

    private mutating func startIfWanted(_ now: Stamp) -> [Action] {
        // A machine that is going off must be gone before it is made again.
        guard begun, wanted, !isHeldDown, !finishing, !isGoingOff else { return [] }
        guard state == .down || state == .backingOff else { return [] }
        disarm()
        guard hasPower else {
            state = .powering
            return [.powerOn, tell(.starting)]
        }
        state = .starting
        return [.start]
    }

    private mutating func started() -> [Action] {
        guard state == .starting else { return [] }
        state = .running
        starts += 1
        restarting = false
        isReady = false
        blame = nil
        var actions = [tell(plan.isProbed ? .started : .ready)]
        isReady = !plan.isProbed
        wasReady = isReady
        lastWhy = ""
        // A process that is born while its machine is paused must not run either.
        if isStill { actions.append(.signalAll("STOP")) }
        if isHeldDown || finishing { actions += climbDown(reason: "stopped", nil) }
        return actions
    }

    private mutating func couldNotStart(_ message: String, _ now: Stamp) -> [Action] {
        guard state == .powering || state == .starting else { return [] }
        state = .down
        if finishing { return over() }
        if isHeldDown { return [tellHeld()] }
        return again(after: .failed, message, status: nil, signal: nil, now)
    }

    private mutating func probed(_ ready: Bool, _ reason: String) -> [Action] {
        guard state == .running, ready != isReady || (!ready && reason != lastWhy) else {
            return []
        }
        isReady = ready
        lastWhy = reason
        if ready { wasReady = true }
        // A program that has only just begun is not broken because it does not answer yet.
        return [tell(ready ? .ready : wasReady ? .unready : .started, reason)]
    }

    private var lastWhy = ""
    /// Whether it was ready since it was started last.
    private var wasReady = false

    // MARK: Ending

    private mutating func exited(_ status: Int32?, _ signal: String?, _ now: Stamp) -> [Action] {
        switch state {
        case .running, .stopping, .starting: break
        default: return []
        }
        let wasStopping = state == .stopping
        disarm()
        // A program that ended by itself just before the blow fell was not killed by anybody.
        let byItself = status != nil && !wasStopping
        if byItself, !isHeldDown { blame = nil }
        // Whatever it left behind goes too, so that the next start finds an empty machine.
        state = .emptying
        lastEnd = End(
            status: status, signal: signal, asked: wasStopping, by: byItself ? nil : blame)
        return [.signalAll("KILL")] + (hasPower ? [] : gone(now))
    }

    private var lastEnd = End()
    private struct End: Equatable {
        var status: Int32?
        var signal: String?
        var asked = false
        /// The fault that did it; one that only held it down afterwards did not.
        var by: FaultID?
    }

    private mutating func emptied(_ now: Stamp) -> [Action] {
        guard state == .emptying else { return [] }
        return settle(now)
    }

    private mutating func gone(_ now: Stamp) -> [Action] {
        hasPower = false
        isGoingOff = false
        switch state {
        case .emptying, .running, .stopping:
            if state != .emptying { lastEnd = End(status: nil, signal: "SIGKILL", by: blame) }
            return settle(now)
        case .powering, .starting, .backingOff, .down:
            let wasDown = state == .down
            disarm()
            state = .down
            if finishing { return over() }
            if isHeldDown { return [tellHeld()] }
            if restarting { return startIfWanted(now) }
            return wasDown
                ? [] : again(after: .failed, "its machine is gone", status: nil, signal: nil, now)
        case .over:
            return []
        }
    }

    private mutating func goDark() -> [Action] {
        guard !isGoingOff else { return [] }
        isGoingOff = true
        return [.powerOff]
    }

    /// The machine is empty: decide what becomes of the node.
    private mutating func settle(_ now: Stamp) -> [Action] {
        state = .down
        isReady = false
        lastWhy = ""
        if finishing { return over() }
        if isHeldDown { return [tellHeld()] }
        let end = lastEnd
        if restarting { return startIfWanted(now) }
        guard wanted else {
            return [tell(.stopped, words(end), status: end.status, signal: end.signal)]
        }
        let phase: Phase = end.status == 0 ? .exited : .failed
        return again(after: phase, words(end), status: end.status, signal: end.signal, now)
    }

    private mutating func again(
        after phase: Phase, _ reason: String, status: Int32?, signal: String?, _ now: Stamp
    ) -> [Action] {
        guard let delay = backoff.next(succeeded: phase == .exited, at: now) else {
            return [tell(phase, reason, status: status, signal: signal)]
        }
        state = .backingOff
        timer += 1
        return [
            tell(.backingOff, reason, status: status, signal: signal, until: now + delay),
            .arm(timer, delay),
        ]
    }

    private mutating func climbDown(reason: String, _ fault: FaultID?) -> [Action] {
        state = .stopping
        timer += 1
        var actions: [Action] = [
            tell(.stopping, reason, fault: fault), .signal(plan.stopSignal),
            .arm(timer, plan.grace),
        ]
        // A stopped process cannot act on the signal.
        if isStill { actions.append(.signalAll("CONT")) }
        return actions
    }

    private mutating func finish() -> [Action] {
        finishing = true
        switch state {
        case .running: return climbDown(reason: "the lab ends", nil)
        case .stopping, .emptying, .powering, .starting: return []
        case .down, .backingOff: return over()
        case .over: return []
        }
    }

    private mutating func over() -> [Action] {
        disarm()
        guard state != .over else { return [] }
        state = .over
        return [.finished]
    }

    private mutating func fired(_ number: Int, _ now: Stamp) -> [Action] {
        guard number == timer else { return [] }
        switch state {
        case .stopping: return [.signalAll("KILL")]
        case .backingOff: return startIfWanted(now)
        default: return []
        }
    }

    private mutating func disarm() { timer += 1 }

    // MARK: Holding

    private mutating func hold(
        _ fault: FaultID, _ kind: ProcessFault, _ until: Stamp?
    ) -> [Action] {
        let wasStill = isStill
        holders[fault] = Holder(kind: kind, until: until)
        if kind.holdsStill {
            return !wasStill && hasPower ? [.signalAll("STOP")] : []
        }
        blame = fault
        switch (kind, state) {
        case (.poweroff, _) where hasPower: return goDark()
        case (.stop, .running): return climbDown(reason: "stopped by \(fault)", fault)
        case (.kill, .running), (.kill, .stopping): return [.signal("KILL")]
        case (.crash, .running), (.crash, .stopping): return [.signalAll("KILL")]
        case (_, .backingOff):
            disarm()
            state = .down
            return [tellHeld()]
        case (_, .down): return [tellHeld()]
        default: return []
        }
    }

    private mutating func release(_ fault: FaultID, _ now: Stamp) -> [Action] {
        guard let holder = holders.removeValue(forKey: fault) else { return [] }
        if holder.kind.holdsStill {
            return !isStill && hasPower ? [.signalAll("CONT")] : []
        }
        guard !isHeldDown else { return state == .down ? [tellHeld()] : [] }
        wanted = true
        restarting = state != .down || isGoingOff
        return startIfWanted(now)
    }

    // MARK: Telling

    private func tell(
        _ phase: Phase, _ reason: String = "", fault: FaultID? = nil, status: Int32? = nil,
        signal: String? = nil, until: Stamp? = nil
    ) -> Action {
        .tell(
            NodeChange(
                phase: phase, reason: reason, fault: fault ?? (phase.isUp ? nil : blame),
                status: status, signal: signal, until: until, starts: starts))
    }

    private func tellHeld() -> Action {
        let down = holders.filter { $0.value.kind.holdsDown }
        let ends = down.values.map(\.until)
        // It runs again when the last one lets go; one without an end holds it for good.
        let until = ends.contains(nil) ? nil : ends.compactMap { $0 }.max()
        let names = down.keys.sorted().map(\.description).joined(separator: " and ")
        let how = lastEnd.signal == nil && lastEnd.status == nil ? "" : words(lastEnd) + "; "
        return tell(
            isDark ? .off : .stopped, how + "held down by \(names)", fault: down.keys.min(),
            status: lastEnd.status, signal: lastEnd.signal, until: until)
    }

    private func words(_ end: End) -> String {
        let by = end.by.map { ", injected by \($0)" } ?? ""
        if let signal = end.signal { return "killed by \(signal)" + by }
        if let status = end.status {
            return end.asked ? "stopped" + by : "exited with status \(status)" + by
        }
        return "ended" + by
    }
}

extension ProcessFault {
    /// Whether it keeps a node from running.
    var holdsDown: Bool { self != .pause && self != .freeze }
    /// Whether it keeps running processes still.
    var holdsStill: Bool { !holdsDown }
}
