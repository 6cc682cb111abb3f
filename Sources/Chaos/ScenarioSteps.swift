internal import Cluster

/// How the strands of a scenario go forward.
extension ScenarioRun {
    /// Goes on until every strand waits for something.
    mutating func runStrands(_ now: Stamp, _ core: Core) {
        var moved = true
        var moves = 0
        while moved, phase == .steps {
            moved = false
            for id in strands.keys.sorted() where phase == .steps {
                guard advance(id, now, core) else { continue }
                moved = true
                moves += 1
                if moves > Self.mostMoves {
                    fail(id, "the steps go round and round without waiting for anything", now)
                }
            }
        }
    }

    /// Loops of loops around nothing would take for ever.
    private static let mostMoves = 200_000

    /// One move of a strand; false when it has to wait, or is no more.
    private mutating func advance(_ id: Int, _ now: Stamp, _ core: Core) -> Bool {
        guard let strand = strands[id] else { return false }
        switch strand.waiting {
        case .nothing: return mayGoOn && nextStep(id, now, core)
        case .order: return false
        case .time(let by):
            guard now >= by else { return false }
            stepDone(id)
            return true
        case .ready(let order, let by):
            if Self.isReady(core) {
                issue(id, order.command, order.text)
                return true
            }
            guard now >= by else { return false }
            fail(id, "the cluster is not ready: \(Self.unready(core))", now)
            return true
        case .condition(let expression, let by):
            let answer = Evaluation(of: core).value(of: expression)
            if answer.verdict == .holds {
                stepDone(id)
                return true
            }
            guard let by, now >= by else { return false }
            fail(id, "it did not come true: \(answer.figures)", now)
            return true
        case .expectation(var deadline):
            let judgement = deadline.look(at: core, now: now)
            strands[id]?.waiting = .expectation(deadline)
            guard let judgement else { return false }
            tell(judgement)
            stepDone(id)
            return true
        case .children(let children):
            guard children.allSatisfy({ strands[$0] == nil }) else { return false }
            strands[id]?.waiting = .nothing
            return true
        case .drawing(let drawing): return draw(id, drawing, now, core)
        }
    }

    // MARK: Taking steps

    private mutating func nextStep(_ id: Int, _ now: Stamp, _ core: Core) -> Bool {
        guard var strand = strands[id], var frame = strand.frames.popLast() else {
            strands[id] = nil
            return true
        }
        guard frame.next < frame.steps.count else {
            frame.next = 0
            frame.round += 1
            if frame.round < frame.rounds.count { strand.frames.append(frame) }
            strands[id] = strand
            return true
        }
        let step = frame.steps[frame.next]
        frame.next += 1
        strand.frames.append(frame)
        strand.step = "\(frame.prefix)\(frame.next)"
        strands[id] = strand
        enter(id, step, it: frame.it, now, core)
        return true
    }

    private mutating func enter(
        _ id: Int, _ step: Script.Step, it: String?, _ now: Stamp, _ core: Core
    ) {
        let prefix = (strands[id]?.step ?? "") + "."
        switch step {
        case .command(let command, let text):
            mayStep = false
            begin(id, command, text, now, core)
        case .template(let template):
            mayStep = false
            let text = template.replacing("{it}", with: it ?? "{it}")
            do {
                begin(id, try Command(parsing: text), text, now, core)
            } catch {
                strands[id]?.text = text
                fail(id, "\(error)", now)
            }
        case .repetition(let times, let steps):
            strands[id]?.frames.append(
                Frame(steps, rounds: Array(repeating: it, count: max(0, times)), prefix: prefix))
        case .forEach(let selector, let text, let steps):
            do {
                let names = try lookUp(selector, in: core).map { core.nodes[Int($0.index)].name }
                strands[id]?.frames.append(Frame(steps, rounds: names, prefix: prefix))
            } catch  where isRehearsal {
                // Who leads is not known yet.
                strands[id]?.frames.append(Frame(steps, rounds: [text], prefix: prefix))
            } catch {
                strands[id]?.text = "for each \(text)"
                fail(id, error.message, now)
            }
        case .parallel(let branches):
            var children = Set<Int>()
            for (index, branch) in branches.enumerated() {
                let child = nextStrand
                nextStrand += 1
                children.insert(child)
                strands[child] = Strand(
                    id: child, parent: id,
                    frames: [Frame(branch, rounds: [it], prefix: "\(prefix)\(index + 1).")])
            }
            strands[id]?.waiting = .children(children)
        case .chaos(let chaos):
            mayStep = false
            strands[id]?.text = "chaos"
            tellBegun(id)
            let first = now + pause(chaos)
            strands[id]?.waiting = .drawing(
                Drawing(chaos: chaos, end: now + chaos.duration, next: first))
        }
    }

    private mutating func begin(
        _ id: Int, _ command: Command, _ text: String, _ now: Stamp, _ core: Core
    ) {
        strands[id]?.text = text
        tellBegun(id)
        switch command {
        case .wait(let time): strands[id]?.waiting = .time(now + time)
        case .waitUntil where isRehearsal, .expect where isRehearsal: stepDone(id)
        case .waitUntil(let expression, let limit):
            strands[id]?.waiting = .condition(expression, by: limit.map { now + $0 })
        case .expect(let clause): expect(id, clause, now, core)
        case .fault where !hasHurt && !isRehearsal && !Self.isReady(core):
            strands[id]?.waiting = .ready(
                Strand.Order(command: command, text: text), by: now + Self.startLimit)
        default: issue(id, command, text)
        }
    }

    private mutating func issue(_ id: Int, _ command: Command, _ text: String) {
        let step = strands[id]?.step ?? ""
        let number = order(command, text, step: step)
        strands[id]?.waiting = .order(number)
    }

    private mutating func expect(_ id: Int, _ clause: Clause, _ now: Stamp, _ core: Core) {
        let promise = Script.Promise(clause: clause, text: clause.text)
        guard var deadline = Deadline(promise, from: now) else {
            let answer = Evaluation(of: core).value(of: clause.expression)
            tell(
                Judgement(
                    kind: .expect, text: promise.text, verdict: answer.verdict,
                    detail: answer.figures))
            stepDone(id)
            return
        }
        deadline.stepsEnded(at: now)
        // A fault that is not there, or will never end by itself, would be waited for in vain.
        let fault = deadline.fault.flatMap { core.fault(named: $0) }
        if let name = deadline.fault,
            fault == nil || fault?.isActive == true && fault?.record.ends == nil
        {
            fail(id, fault == nil ? "there was no \(name)" : "\(name) does not end by itself", now)
            return
        }
        strands[id]?.waiting = .expectation(deadline)
    }

    // MARK: What became of steps

    mutating func strandAnswered(
        _ id: Int, _ number: Int, fault: FaultID?, refusal: String?, _ now: Stamp
    ) {
        switch strands[id]?.waiting {
        case .order(number):
            if let refusal {
                fail(id, refusal, now)
            } else {
                if fault != nil { hasHurt = true }
                stepDone(id)
            }
        case .drawing(var drawing) where drawing.pending.contains(number):
            // A draw that means nobody now (no leader) is passed over.
            drawing.pending.remove(number)
            drawing.refusal = refusal ?? drawing.refusal
            if let fault {
                drawing.made.insert(fault)
                hasHurt = true
            }
            strands[id]?.waiting = .drawing(drawing)
        default: break
        }
    }

    private mutating func tellBegun(_ id: Int) {
        guard let strand = strands[id] else { return }
        say(strand.step, strand.text, .began)
    }

    private mutating func stepDone(_ id: Int) {
        guard let strand = strands[id] else { return }
        strands[id]?.waiting = .nothing
        say(strand.step, strand.text, .done)
    }

    /// A step that fails ends the steps. Before anything was hurt, that means that the scenario never
    /// began; afterwards it is a broken promise.
    private mutating func fail(_ id: Int, _ message: String, _ now: Stamp) {
        guard let strand = strands[id] else { return }
        say(strand.step, strand.text, .failed, message)
        if hasHurt { findings.broken = true } else { findings.neverReady = true }
        abandonSteps(now)
    }

    // MARK: Drawing faults

    private mutating func draw(
        _ id: Int, _ drawing: Drawing, _ now: Stamp, _ core: Core
    ) -> Bool {
        guard mayGoOn else { return false }
        var drawing = drawing
        let active =
            drawing.pending.count
            + core.faults.count { $0.isActive && drawing.made.contains($0.record.id) }
        guard now < drawing.end else {
            guard active == 0 else { return false }
            // A storm without wind proves nothing.
            if drawing.made.isEmpty, !isRehearsal, !hasHurt, !Self.isReady(core) {
                fail(id, "the cluster is not ready: \(Self.unready(core))", now)
            } else if drawing.made.isEmpty, let refusal = drawing.refusal {
                fail(id, "not one of its faults could be injected: \(refusal)", now)
            } else {
                stepDone(id)
            }
            return true
        }
        guard now >= drawing.next || mayStep else { return false }
        mayStep = false
        drawing.next = min(drawing.end, now + pause(drawing.chaos))
        // Before the first fault the cluster has to be whole; later ones find it as it is.
        if active < drawing.chaos.atMost, hasHurt || isRehearsal || Self.isReady(core) {
            let fault = choose(drawing.chaos.faults)
            let step = strands[id]?.step ?? ""
            drawing.pending.insert(order(fault.command, fault.text, step: step))
        }
        strands[id]?.waiting = .drawing(drawing)
        return true
    }

    private mutating func choose(_ faults: [Script.Chaos.Fault]) -> Script.Chaos.Fault {
        let total = faults.reduce(0) { $0 + UInt64(max(1, $1.weight)) }
        draws += 1
        var left = KeyedRandom.scale(random.bits(.chaos, number: draws), below: max(1, total))
        for fault in faults {
            let weight = UInt64(max(1, fault.weight))
            if left < weight { return fault }
            left -= weight
        }
        return faults[faults.count - 1]
    }

    private mutating func pause(_ chaos: Script.Chaos) -> Duration {
        draws += 1
        let low = max(1_000, chaos.every.lowerBound.microseconds)
        let width = max(0, chaos.every.upperBound.microseconds - low)
        let drawn = KeyedRandom.scale(random.bits(.chaos, number: draws), below: UInt64(width) + 1)
        return .microseconds(low + Int64(drawn))
    }
}
