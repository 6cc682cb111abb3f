internal import Cluster

extension Scanner {
    /// The header's fields, from `{` on.
    mutating func header() throws(Broken) -> (JournalHeader, Columns) {
        let fields = JSONFields(fields: try fields())
        guard isAtEnd else { throw Broken() }
        let version: Int = try fields.needed("journal")
        var columns = Columns()
        if case .object(let named)? = fields["columns"] { columns = Columns(header: named) }
        return (JournalHeader(version: version, run: try run(fields)), columns)
    }

    private func run(_ fields: JSONFields) throws(Broken) -> RunDescription {
        RunDescription(
            run: try fields.needed("run"), topology: fields.text("topology") ?? "",
            about: fields.text("about") ?? "", wall: fields.text("wall") ?? "",
            seed: fields.whole("seed") ?? 0, fabric: fields.text("fabric") ?? "",
            scheduling: fields.text("scheduling") ?? "", scenario: fields.text("scenario"))
    }

    /// A line that begins with `n`, `t` and `e`.
    mutating func entry(_ columns: Columns) throws(Broken) -> Entry {
        guard take("{\"n\":") else { throw Broken() }
        let number = try magnitude()
        guard take(",\"t\":") else { throw Broken() }
        let at = try stamp()
        guard take(",\"e\":") else { throw Broken() }
        let kind = try string()
        let event: Event
        switch kind {
        case "samples":
            event = .samples(
                try table { (scanner) throws(Broken) in try scanner.sample(columns.samples) })
        case "links":
            event = .linkSamples(
                try table { (scanner) throws(Broken) in try scanner.linkSample(columns.links) })
        case "clients":
            event = .clientSamples(
                try table { (scanner) throws(Broken) in try scanner.clientSample(columns.clients) })
        case "metrics":
            event = .metricSamples(
                try table { (scanner) throws(Broken) in try scanner.metricSample(columns.metrics) })
        default:
            event = try rare(kind, JSONFields(fields: try remainingFields()))
        }
        guard isAtEnd else { throw Broken() }
        return Entry(number: number, at: at, event: event)
    }

    /// `,"s":[[…],[…]]}`, other fields skipped.
    private mutating func table<Row>(
        _ row: (inout Scanner) throws(Broken) -> Row?
    ) throws(Broken) -> [Row] {
        var found: [Row]?
        while take(.comma) {
            let name = try string()
            try expect(.colon)
            if name == "s", found == nil { found = try rows(row) } else { _ = try value() }
        }
        try expect(.closeBrace)
        guard let found else { throw Broken() }
        return found
    }

    private mutating func remainingFields() throws(Broken) -> [JSONField] {
        var fields: [JSONField] = []
        while take(.comma) {
            let name = try string()
            try expect(.colon)
            fields.append(JSONField(name: name, value: try value()))
        }
        try expect(.closeBrace)
        return fields
    }

    private func rare(_ kind: String, _ fields: JSONFields) throws(Broken) -> Event {
        switch kind {
        case "run.began": .runBegan(try run(fields))
        case "node.defined": .nodeDefined(try fields.node("node"), try description(fields))
        case "node.changed": .nodeChanged(try fields.node("node"), try change(fields))
        case "role.changed":
            .roleChanged(
                try fields.node("node"),
                RoleChange(
                    role: Role(word: fields.text("role") ?? ""), own: fields.text("own") ?? "",
                    term: fields.whole("term")))
        case "command.accepted": .commandAccepted(try command(fields))
        case "command.refused":
            .commandRefused(try command(fields), message: fields.text("message") ?? "")
        case "fault.began": .faultBegan(try fault(fields))
        case "fault.measured":
            .faultMeasured(
                FaultID(try fields.needed("fault")),
                Proof(
                    verdict: fields.word("verdict", or: .measuring),
                    words: fields.text("words") ?? "", applied: fields.whole("applied") ?? 0,
                    felt: fields.double("felt") ?? .nan))
        case "fault.ended":
            .faultEnded(FaultID(try fields.needed("fault")), fields.word("why", or: .healed))
        case "scenario.step":
            .scenarioStep(
                ScenarioPosition(
                    scenario: try fields.needed("scenario"), step: fields.text("step") ?? "",
                    text: fields.text("text") ?? "", state: fields.word("state", or: .began),
                    message: fields.text("message") ?? ""))
        case "judged":
            .judged(
                Judgement(
                    kind: fields.word("kind", or: .check), text: try fields.needed("text"),
                    verdict: fields.word("verdict", or: .unknown),
                    detail: fields.text("detail") ?? "", counts: counts(fields),
                    violations: fields.array("violations").compactMap(violation)))
        case "log":
            .logLines(
                try fields.node("node"), firstByte: try fields.needed("byte"),
                count: try fields.needed("count"))
        case "dropped":
            .dropped(
                DropReport(what: try fields.needed("what"), count: try fields.needed("count")))
        case "note": .note(try fields.needed("text"), by: fields.text("by") ?? "")
        case "asked":
            .asked(
                AskRecord(
                    node: try fields.node("node"), verb: fields.word("verb", or: .call),
                    key: fields.text("key") ?? "", outcome: fields.word("outcome", or: .timeout),
                    value: fields.text("value"), reason: fields.text("reason") ?? "",
                    by: fields.text("by") ?? ""))
        case "run.ended":
            .runEnded(
                RunEnd(
                    reason: try fields.needed("reason"), code: fields.whole("code") ?? 0,
                    timing: fields.text("timing") ?? ""))
        default: .unknown(kind: kind)
        }
    }

    private func violation(_ value: JSONValue) -> Judgement.Violation? {
        guard case .object(let pairs) = value else { return nil }
        let fields = JSONFields(fields: pairs)
        guard let text = fields.text("text"), let at: Int64 = fields.whole("at") else { return nil }
        return Judgement.Violation(
            text: text, at: Stamp(microseconds: at), story: texts(fields["story"]))
    }

    private func counts(_ fields: JSONFields) -> [Judgement.Count] {
        guard case .object(let pairs)? = fields["counts"] else { return [] }
        return pairs.compactMap { pair in
            guard case .number(let text) = pair.value, let number = UInt64(text) else { return nil }
            return Judgement.Count(name: pair.name, number: number)
        }
    }

    private func description(_ fields: JSONFields) throws(Broken) -> NodeDescription {
        let name = try fields.needed("name")
        var labels: [NodeDescription.Label] = []
        if case .object(let pairs)? = fields["labels"] {
            for pair in pairs {
                if case .string(let value) = pair.value {
                    labels.append(NodeDescription.Label(key: pair.name, value: value))
                }
            }
        }
        return NodeDescription(
            name: name, group: fields.text("group") ?? name,
            address: fields.text("address") ?? "", kind: fields.word("kind", or: .node),
            labels: labels, probed: fields.flag("probed") ?? true,
            disk: fields.whole("disk").map { ByteCount(bytes: $0) },
            hasFaultableClock: fields.flag("clock") ?? false,
            metrics: texts(fields["metrics"]))
    }

    private func texts(_ list: JSONValue?) -> [String] {
        (list?.elements ?? []).compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    private func change(_ fields: JSONFields) throws(Broken) -> NodeChange {
        NodeChange(
            phase: Phase(rawValue: try fields.needed("phase")) ?? .started,
            reason: fields.text("reason") ?? "", fault: fields.fault("injected"),
            status: fields.whole("status"), signal: fields.text("signal"),
            until: fields.stamp("until"), starts: fields.whole("starts") ?? 0)
    }

    private func command(_ fields: JSONFields) throws(Broken) -> CommandRecord {
        let text = try fields.needed("text")
        return CommandRecord(
            number: try fields.needed("command"), text: text, names: fields.text("names") ?? text,
            by: fields.text("by") ?? "", fault: fields.fault("fault"))
    }

    private func fault(_ fields: JSONFields) throws(Broken) -> FaultRecord {
        let blocks = fields.array("links").compactMap { block -> LinkSet.Block? in
            let sides = block.elements
            guard sides.count == 2 else { return nil }
            return LinkSet.Block(from: sides[0].nodes, to: sides[1].nodes)
        }
        return FaultRecord(
            id: FaultID(try fields.needed("fault")), name: fields.text("name"),
            text: fields.text("text") ?? "", nodes: fields["nodes"]?.nodes ?? [],
            links: LinkSet(blocks), ends: fields.stamp("ends"),
            weather: fields.flag("weather") ?? false, momentary: fields.flag("momentary") ?? false,
            by: fields.text("by") ?? "")
    }
}
