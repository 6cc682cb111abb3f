internal import Chaos
internal import Cluster

/// Drives the scenario of a run: tells it what happened, carries out what it says.
extension Lab {
    /// Begins the scenario, if the run has one.
    func startScenario() {
        guard let script else { return }
        scenario = ScenarioRun(script, seed: plan.seed, strict: options.strict ?? false)
        feedScenario(.changed)
        if let timeout = options.timeout {
            let limit = Duration.seconds(timeout)
            after(limit) {
                $0.end(RunEnd(reason: "it took longer than \(limit.text)", code: 1))
            }
        }
    }

    /// An entry was folded: the scenario looks at it once the present turn of the lab is over, so that
    /// several entries of one turn are looked at together.
    func scenarioSees(_ entry: Entry) {
        guard scenario != nil, !scenarioIsAwake else { return }
        scenarioIsAwake = true
        Task {
            self.scenarioIsAwake = false
            self.feedScenario(.changed)
        }
    }

    /// Ends a scenario early: it heals, is judged as far as it came, and ends with this code.
    func interrupt(_ code: Int32) {
        guard let scenario, !scenario.isFinished else {
            return end(RunEnd(reason: "interrupted", code: code))
        }
        feedScenario(.interrupted(code))
    }

    func feedScenario(_ input: ScenarioRun.Input) {
        guard !isEnding, endResult == nil,
            let actions = scenario?.on(input, at: clock.now, core: state.core)
        else { return }
        for action in actions {
            switch action {
            case .command(let order): carryOut(order)
            case .position(let position): record(.scenarioStep(position))
            case .judged(let judgement): record(.judged(judgement))
            case .check: byHand == nil ? makeChecks() : makeChecksSoFar()
            case .wake(let moment): wakeScenario(at: moment)
            case .finished(let findings):
                guard let before = byHand else {
                    return end(RunEnd(reason: findings.reason, code: findings.code))
                }
                goOn(after: before)
            }
        }
    }

    private func carryOut(_ order: ScenarioRun.Order) {
        let number = scenariosBegun
        background { lab in
            let reply = await lab.run(order.command, as: order.text, by: order.by)
            guard lab.scenariosBegun == number else { return }
            lab.feedScenario(
                reply.ok
                    ? .done(order.number, fault: reply.fault.map { FaultID($0) })
                    : .failed(order.number, message: reply.text))
        }
    }

    private func wakeScenario(at moment: Stamp) {
        scenarioWake?.cancel()
        let delay = max(.zero, moment - clock.now)
        scenarioWake = Task {
            do { try await Task.sleep(for: delay) } catch { return }
            self.feedScenario(.changed)
        }
    }
}
