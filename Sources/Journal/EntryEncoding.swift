internal import Cluster

extension LineWriter {
    /// The header: entry 0 of every journal, with everything that a stranger needs to read the rest.
    mutating func header(_ run: RunDescription) {
        raw("{\"squall\":1,\"journal\":")
        integer(JournalFormat.version)
        describe(run)
        raw(",\"columns\":{\"samples\":")
        list(SampleColumn.allCases) { $0.string($1.rawValue) }
        raw(",\"links\":")
        list(LinkColumn.allCases) { $0.string($1.rawValue) }
        raw(",\"clients\":")
        list(ClientColumn.allCases) { $0.string($1.rawValue) }
        raw(",\"metrics\":")
        list(MetricColumn.allCases) { $0.string($1.rawValue) }
        raw("}}\n")
    }

    private mutating func describe(_ run: RunDescription) {
        field("run", text: run.run)
        field("topology", text: run.topology)
        field("about", unlessEmpty: run.about)
        field("wall", text: run.wall)
        field("seed", integer: run.seed)
        field("fabric", text: run.fabric)
        field("scheduling", unlessEmpty: run.scheduling)
        field("scenario", text: run.scenario)
    }

    /// One line with its newline.
    mutating func line(_ entry: Entry) {
        if entry.number == 0, entry.at == .zero, case .runBegan(let run) = entry.event {
            return header(run)
        }
        raw("{\"n\":")
        integer(entry.number)
        raw(",\"t\":")
        stamp(entry.at)
        raw(",\"e\":")
        event(entry.event)
        raw("}\n")
    }

    private mutating func event(_ event: Event) {
        switch event {
        case .runBegan(let run):
            raw("\"run.began\"")
            describe(run)
        case .nodeDefined(let node, let description):
            raw("\"node.defined\"")
            fields(node, description)
        case .nodeChanged(let node, let change):
            raw("\"node.changed\"")
            fields(node, change)
        case .roleChanged(let node, let change):
            raw("\"role.changed\"")
            field("node", integer: node.index)
            field("role", text: change.role.word ?? "unknown")
            field("own", unlessEmpty: change.own)
            field("term", integer: change.term)
        case .samples(let samples):
            raw("\"samples\",\"s\":")
            list(samples) { $0.row($1) }
        case .linkSamples(let samples):
            raw("\"links\",\"s\":")
            list(samples) { $0.row($1) }
        case .clientSamples(let samples):
            raw("\"clients\",\"s\":")
            list(samples) { $0.row($1) }
        case .metricSamples(let samples):
            raw("\"metrics\",\"s\":")
            list(samples) { $0.row($1) }
        case .commandAccepted(let record):
            raw("\"command.accepted\"")
            fields(record)
        case .commandRefused(let record, let message):
            raw("\"command.refused\"")
            fields(record)
            field("message", text: message)
        case .faultBegan(let record):
            raw("\"fault.began\"")
            fields(record)
        case .faultMeasured(let fault, let proof):
            raw("\"fault.measured\"")
            field("fault", integer: fault.number)
            field("verdict", text: proof.verdict.rawValue)
            field("words", unlessEmpty: proof.words)
            field("applied", integer: proof.applied)
            if !proof.felt.isNaN {
                key("felt")
                number(proof.felt)
            }
        case .faultEnded(let fault, let end):
            raw("\"fault.ended\"")
            field("fault", integer: fault.number)
            field("why", text: end.rawValue)
        case .scenarioStep(let position):
            raw("\"scenario.step\"")
            field("scenario", text: position.scenario)
            field("step", unlessEmpty: position.step)
            field("text", unlessEmpty: position.text)
            field("state", text: position.state.rawValue)
            field("message", unlessEmpty: position.message)
        case .judged(let judgement):
            raw("\"judged\"")
            field("kind", text: judgement.kind.rawValue)
            field("text", text: judgement.text)
            field("verdict", text: judgement.verdict.rawValue)
            field("detail", unlessEmpty: judgement.detail)
            if !judgement.counts.isEmpty { counts(judgement.counts) }
            if !judgement.violations.isEmpty {
                key("violations")
                list(judgement.violations) { $0.violation($1) }
            }
        case .logLines(let node, let firstByte, let count):
            raw("\"log\"")
            field("node", integer: node.index)
            field("byte", integer: firstByte)
            field("count", integer: count)
        case .dropped(let report):
            raw("\"dropped\"")
            field("what", text: report.what)
            field("count", integer: report.count)
        case .note(let text, let by):
            raw("\"note\"")
            field("text", text: text)
            field("by", unlessEmpty: by)
        case .asked(let record):
            raw("\"asked\"")
            field("node", integer: record.node.index)
            field("verb", text: record.verb.rawValue)
            field("key", text: record.key)
            field("outcome", text: record.outcome.rawValue)
            field("value", text: record.value)
            field("reason", unlessEmpty: record.reason)
            field("by", unlessEmpty: record.by)
        case .unknown(let kind):
            string(kind)
        case .runEnded(let end):
            raw("\"run.ended\"")
            field("reason", text: end.reason)
            field("code", integer: end.code)
            field("timing", unlessEmpty: end.timing)
        }
    }

    private mutating func fields(_ node: NodeID, _ description: NodeDescription) {
        field("node", integer: node.index)
        field("name", text: description.name)
        field("group", text: description.group)
        field("address", unlessEmpty: description.address)
        if description.kind != .node { field("kind", text: description.kind.rawValue) }
        if !description.probed { raw(",\"probed\":false") }
        field("disk", integer: description.disk?.bytes)
        field("clock", onlyIf: description.hasFaultableClock)
        if !description.metrics.isEmpty {
            key("metrics")
            list(description.metrics) { $0.string($1) }
        }
        raw(",\"labels\":{")
        for (index, label) in description.labels.enumerated() {
            if index > 0 { byte(.comma) }
            string(label.key)
            byte(.colon)
            string(label.value)
        }
        raw("}")
    }

    private mutating func violation(_ violation: Judgement.Violation) {
        raw("{\"text\":")
        string(violation.text)
        field("at", integer: violation.at.microseconds)
        if !violation.story.isEmpty {
            key("story")
            list(violation.story) { $0.string($1) }
        }
        raw("}")
    }

    private mutating func counts(_ counts: [Judgement.Count]) {
        raw(",\"counts\":{")
        for (index, count) in counts.enumerated() {
            if index > 0 { byte(.comma) }
            string(count.name)
            byte(.colon)
            integer(count.number)
        }
        raw("}")
    }

    private mutating func fields(_ node: NodeID, _ change: NodeChange) {
        field("node", integer: node.index)
        field("phase", text: change.phase.rawValue)
        field("reason", unlessEmpty: change.reason)
        field("status", integer: change.status)
        field("signal", text: change.signal)
        field("injected", fault: change.fault)
        field("until", stamp: change.until)
        if change.starts > 0 { field("starts", integer: change.starts) }
    }

    private mutating func fields(_ record: CommandRecord) {
        field("command", integer: record.number)
        field("text", text: record.text)
        field("names", text: record.names)
        field("by", text: record.by)
        field("fault", fault: record.fault)
    }

    private mutating func fields(_ record: FaultRecord) {
        field("fault", integer: record.id.number)
        field("name", text: record.name)
        field("text", text: record.text)
        if !record.nodes.isEmpty {
            key("nodes")
            list(record.nodes) { $0.integer($1.index) }
        }
        if !record.links.blocks.isEmpty {
            key("links")
            list(record.links.blocks) { writer, block in
                writer.byte(.openBracket)
                writer.list(block.from) { $0.integer($1.index) }
                writer.byte(.comma)
                writer.list(block.to) { $0.integer($1.index) }
                writer.byte(.closeBracket)
            }
        }
        field("ends", stamp: record.ends)
        field("weather", onlyIf: record.weather)
        field("momentary", onlyIf: record.momentary)
        field("by", unlessEmpty: record.by)
    }
}
