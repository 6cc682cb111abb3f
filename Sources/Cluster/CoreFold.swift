extension Core {
    /// Folds one entry. Total: whatever the entry says, this neither throws nor traps; what refers to
    /// something that does not exist is ignored, time never goes back, numbers saturate.
    public mutating func apply(_ entry: Entry) {
        count(entry)
        now = max(now, entry.at)
        switch entry.event {
        case .runBegan(let run): self.run = run
        case .nodeDefined(let node, let description): define(node, description)
        case .nodeChanged(let node, let change): changed(node, change)
        case .roleChanged(let node, let change): changed(node, change)
        case .samples(let samples): for sample in samples { fold(sample) }
        case .linkSamples(let samples): fold(samples)
        case .clientSamples(let samples): fold(samples)
        case .metricSamples(let samples): fold(samples)
        case .commandAccepted(let record):
            commands.append(StampedCommand(at: now, record: record), keeping: Core.keptCommands)
        case .commandRefused(let record, let message):
            commands.append(
                StampedCommand(at: now, record: record, refusal: message),
                keeping: Core.keptCommands)
            tell(.refused, "\(record.text): \(message)")
        case .faultBegan(let record): began(record)
        case .faultMeasured(let fault, let proof): measured(fault, proof)
        case .faultEnded(let fault, let end): ended(fault, end)
        case .scenarioStep(let position): fold(position)
        case .judged(let judgement): fold(judgement)
        case .logLines(let node, _, let count):
            guard let index = index(of: node) else { break }
            nodes[index].logLines = nodes[index].logLines.adding(UInt64(count))
        case .dropped(let report): fold(report)
        case .note(let text, let by): tell(.note, by.isEmpty ? text : "\(text) (\(by))")
        case .asked(let record): fold(record)
        case .unknown: break
        case .runEnded(let end): fold(end)
        }
    }

    private mutating func fold(_ samples: [MetricSample]) {
        for sample in samples {
            guard let index = index(of: sample.node) else { continue }
            let isKnown = nodes[index].metrics[sample.word] != nil
            guard isKnown || nodes[index].metrics.count < Core.mostMetrics else { continue }
            nodes[index].metrics[sample.word] = sample.value.isNaN ? nil : sample.value
        }
    }

    private mutating func fold(_ record: AskRecord) {
        guard let index = index(of: record.node) else { return }
        nodes[index].asked[record.verb] = record
        tell(
            .note, "\(record.verb.rawValue) \(record.key) at \(nodes[index].name): \(record.words)",
            node: record.node)
    }

    private mutating func count(_ entry: Entry) {
        let expected = folded == 0 ? 0 : lastEntry.adding(1)
        if entry.number > expected {
            let missing = entry.number - expected
            missingEntries = missingEntries.adding(missing)
            tell(.lost, missing == 1 ? "1 entry is missing" : "\(missing) entries are missing")
        }
        lastEntry = max(lastEntry, entry.number)
        folded = folded.adding(1)
    }

    /// Adds a sentence for the event line.
    mutating func tell(
        _ kind: News.Kind, _ text: String, fault: FaultID? = nil, node: NodeID? = nil
    ) {
        news.append(
            News(at: now, kind: kind, text: text, outcome: "", fault: fault, node: node),
            keeping: Core.keptNews)
        newsTold = newsTold.adding(1)
    }

    /// The place of a machine that was defined.
    func index(of node: NodeID) -> Int? {
        let index = Int(node.index)
        return index < nodes.count ? index : nil
    }

    /// The name of a machine; `node 7` when it was never defined.
    public func name(of node: NodeID) -> String {
        index(of: node).map { nodes[$0].name } ?? "node \(node.index)"
    }

    private mutating func fold(_ report: DropReport) {
        if dropped[report.what] != nil || dropped.count < 1_000 {
            dropped[report.what] = (dropped[report.what] ?? 0).adding(report.count)
        }
        tell(.lost, "\(report.what): \(report.count) lost")
    }

    private mutating func fold(_ end: RunEnd) {
        ended = end
        for index in faults.indices where faults[index].isActive {
            faults[index].ended = now
            faults[index].end = .runEnded
        }
        tell(.note, end.reason.isEmpty ? "the run ended" : "the run ended: \(end.reason)")
    }

    private mutating func fold(_ position: ScenarioPosition) {
        let isItself =
            position.step.isEmpty && position.text == ScenarioState.text(of: position.scenario)
        if scenario?.name != position.scenario || isItself && position.state == .began {
            scenario = ScenarioState(name: position.scenario, steps: [])
            // What an earlier one promised is no verdict on this one.
            judgements = []
        }
        if isItself {
            scenario?.isPaused = position.state == .paused
            if position.state == .paused || position.state == .resumed { return }
        }
        if isItself, position.state == .done { tell(.note, "\(position.text) passed") }
        if position.state == .failed {
            let step = position.step.isEmpty ? "the scenario" : "step \(position.step)"
            let message = position.message.isEmpty ? position.text : position.message
            tell(.refused, "\(step) failed: \(message)")
        }
        let last = scenario?.steps.lastIndex {
            $0.step == position.step && $0.text == position.text && $0.state == .began
        }
        if let last, position.state != .began {
            scenario?.steps[last] = position
        } else {
            scenario?.steps.append(position, keeping: Core.keptJudgements)
        }
    }

    private mutating func fold(_ judgement: Judgement) {
        let known = judgements.firstIndex {
            $0.kind == judgement.kind && $0.text == judgement.text
        }
        let before = known.map { judgements[$0].verdict }
        if let known {
            judgements[known] = judgement
        } else {
            judgements.append(judgement, keeping: Core.keptJudgements)
        }
        guard before != judgement.verdict else { return }
        if judgement.kind == .always, judgement.verdict == .holds, before == nil { return }
        let words =
            switch judgement.verdict {
            case .holds: "holds"
            case .broken: "is broken"
            case .unknown: "is unknown"
            }
        let detail = judgement.detail.isEmpty ? "" : ": \(judgement.detail)"
        tell(.verdict, "\(judgement.kind.rawValue) \(judgement.text) \(words)\(detail)")
    }
}

extension UInt64 {
    /// The sum, saturating.
    func adding(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension Int64 {
    /// The sum, saturating.
    func adding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : sum
    }
}

extension Float {
    /// The greater one; what is not told, or no number, counts as nothing.
    func orMore(_ other: Float) -> Float { other.isFinite && other > self ? other : self }
}
