internal import Cluster

/// The signals that this version can read. Whoever builds one of the others moves its word.
enum Signals {
    /// Asked of nodes.
    static let ofNodes: Set<String> = [
        "ready", "role", "term", "position", "behind", "lag", "requests", "errors", "latency",
        "cpu", "memory", "restarts",
    ]
    /// Asked of links.
    static let ofLinks: Set<String> = ["rtt", "dropped", "passed"]
    /// Asked of the cluster.
    static let ofCluster: Set<String> = [
        "leaders", "leaders-per-term", "quorum", "groups", "faults",
    ]
    /// What the clients saw; these know windows.
    static let ofClients: Set<String> = [
        "availability", "throughput", "p50", "p90", "p99", "p999", "outage", "errors",
    ]
    /// Asked of a fault.
    static let ofFaults: Set<String> = ["detection", "recovery", "election"]
    /// What checks of the clients' history counted.
    static let ofChecks: Set<String> = ["lost", "stale", "duplicated"]
    /// In the language, and not read by this version.
    static let notYet: Set<String> = ["undelivered", "refused"]
    /// Of a word and nodes.
    static let ofWords: Set<String> = ["metric", "last"]
    /// Asked of whoever does a lesson.
    static let ofLearners: Set<String> = ["did"]

    static let known = ofNodes.union(ofLinks).union(ofCluster).union(ofClients).union(ofFaults)
        .union(ofChecks).union(ofWords).union(ofLearners).union(["any", "check"])
}

extension Evaluation {
    /// What a signal tells: one figure a node or link, or one for all. Never empty: where nobody is
    /// meant, the one figure says so.
    func figures(of term: SignalTerm, comparedWith operand: Operand? = nil) -> [Figure] {
        if term.name == "errors" { return errorFigures(term, operand) }
        if Signals.ofClients.contains(term.name) { return [clientFigure(term)] }
        if Signals.ofNodes.contains(term.name) { return nodeFigures(term) }
        if Signals.ofLinks.contains(term.name) { return linkFigures(term) }
        if Signals.ofCluster.contains(term.name) { return [clusterFigure(term.name)] }
        if Signals.ofFaults.contains(term.name) { return [faultFigure(term)] }
        if Signals.ofWords.contains(term.name) { return wordFigures(term) }
        if Signals.ofLearners.contains(term.name) { return [didFigure(term)] }
        if core.nodes.contains(where: { $0.description.metrics.contains(term.name) }) {
            return metricFigures(term.name, of: term)
        }
        if Signals.ofChecks.contains(term.name) { return [countFigure(term)] }
        if term.name == "check" { return [checkFigure(term)] }
        return [Figure(label: term.text, reading: .unknown("not in this version"))]
    }

    /// Errors are asked of nodes or, without nodes, of the clients; as a share or as a rate,
    /// whichever they are compared with.
    private func errorFigures(_ term: SignalTerm, _ operand: Operand?) -> [Figure] {
        guard !term.arguments.isEmpty else {
            if case .quantity(.share)? = operand { return [clientFigure(term)] }
            if operand == nil { return [clientFigure(term)] }
            var rate = term
            rate.name = "errors a second"
            return [Figure(label: term.text, reading: clientFigure(rate).reading)]
        }
        guard case .quantity(.share)? = operand else { return nodeFigures(term) }
        var requests = term
        requests.name = "requests"
        return zip(nodeFigures(term), nodeFigures(requests)).map { errors, requests in
            guard case .number(let failed, _) = errors.reading,
                case .number(let all, _) = requests.reading, all > 0
            else { return Figure(label: errors.label, reading: .unknown("no requests")) }
            return Figure(label: errors.label, reading: .number(failed / all, .share))
        }
    }

    // MARK: Nodes

    private func nodeFigures(_ term: SignalTerm) -> [Figure] {
        var nodes: [NodeState]
        do {
            nodes = try self.nodes(term)
        } catch {
            return [Figure(label: term.text, reading: .unknown(error.message))]
        }
        // A bare `role` or `lag` asks those that have one.
        if term.arguments.isEmpty, term.name != "ready", term.name != "restarts" {
            let telling = nodes.filter {
                if case .unknown = reading(term.name, of: $0) { false } else { true }
            }
            if !telling.isEmpty { nodes = telling }
        }
        return nodes.map {
            Figure(label: "\(term.name)(\($0.name))", reading: reading(term.name, of: $0))
        }
    }

    private func nodes(_ term: SignalTerm) throws(SelectorError) -> [NodeState] {
        var selector = Selector([.all])
        if case .nodes(let named)? = term.arguments.first { selector = named }
        return try lookUp(selector, in: core).map { core.nodes[Int($0.index)] }
    }

    private func reading(_ signal: String, of node: NodeState) -> Figure.Reading {
        switch signal {
        case "ready": return .truth(core.isReady(node))
        case "restarts":
            return .number(Double(max(1, node.change.starts) - 1), .plain)
        case "role":
            guard node.isTelling, node.role.role != .unknown else { return .unknown("") }
            return .words([node.role.role.word ?? "", node.role.own].filter { !$0.isEmpty })
        case "cpu": return node.phase.isUp ? number(node.sample.cpu, .share) : .unknown("")
        case "memory":
            guard node.phase.isUp, node.sample.memory != Sample.notTold else { return .unknown("") }
            return .number(Double(node.sample.memory) * 1024, .bytes)
        default: break
        }
        guard node.isTelling else { return .unknown(node.phase.rawValue) }
        switch signal {
        case "lag": return number(node.sample.lag, .seconds)
        case "requests": return number(node.sample.requests, .perSecond)
        case "errors": return number(node.sample.errors, .perSecond)
        case "latency": return number(node.sample.p99, .seconds)
        case "behind": return number(node.sample.behind)
        case "term": return number(node.sample.term)
        case "position": return .number(Double(node.sample.position), .plain)
        default: return .unknown("")
        }
    }

    private func number(_ value: Float, _ unit: Figure.Unit) -> Figure.Reading {
        value.isNaN ? .unknown("") : .number(Double(value), unit)
    }

    private func number(_ value: UInt32) -> Figure.Reading {
        value == Sample.notTold ? .unknown("") : .number(Double(value), .plain)
    }

    // MARK: Words

    /// `metric(in-doubt, bank)`, `last(put, kv-1)`.
    private func wordFigures(_ term: SignalTerm) -> [Figure] {
        guard case .nodes(let first)? = term.arguments.first,
            case .name(let word)? = first.terms.first
        else { return [Figure(label: term.text, reading: .unknown(""))] }
        var rest = term
        rest.arguments.removeFirst()
        return term.name == "last" ? lastFigures(word, of: rest) : metricFigures(word, of: rest)
    }

    /// A word of the topology's own; without nodes, of all that have it.
    private func metricFigures(_ word: String, of term: SignalTerm) -> [Figure] {
        do {
            let nodes = try self.nodes(term)
            let telling = nodes.filter { $0.description.metrics.contains(word) }
            return (term.arguments.isEmpty && !telling.isEmpty ? telling : nodes).map { node in
                let value = node.isTelling ? node.metrics[word] ?? .nan : .nan
                return Figure(
                    label: "metric(\(word), \(node.name))", reading: number(value, .plain))
            }
        } catch {
            return [Figure(label: term.text, reading: .unknown(error.message))]
        }
    }

    /// What came of the last operation by hand: a value, `ok`, `refused` or `timeout`.
    private func lastFigures(_ word: String, of term: SignalTerm) -> [Figure] {
        do {
            return try nodes(term).map { node in
                let label = "last(\(word), \(node.name))"
                guard let verb = AskRecord.Verb(rawValue: word),
                    let record = deeds.map({ $0.last(verb, node.id) }) ?? node.asked[verb]
                else {
                    return Figure(label: label, reading: .unknown("nobody did"))
                }
                guard record.outcome == .ok, verb == .get else {
                    return Figure(label: label, reading: .words([record.outcome.rawValue]))
                }
                guard let value = record.value else {
                    return Figure(label: label, reading: .words(["none"]))
                }
                return Figure(
                    label: label,
                    reading: Double(value).map { .number($0, .plain) } ?? .words([value]))
            }
        } catch {
            return [Figure(label: term.text, reading: .unknown(error.message))]
        }
    }

    // MARK: Links

    private func linkFigures(_ term: SignalTerm) -> [Figure] {
        guard case .path(let path)? = term.arguments.first else { return [] }
        let links: [LinkID]
        do {
            links = try self.links(path)
        } catch {
            return [Figure(label: term.text, reading: .unknown(error.message))]
        }
        if term.name == "rtt" {
            return links.map { link in
                let rtt = core.links[link]?.sample.rtt ?? .nan
                return Figure(label: "rtt(\(name(link)))", reading: number(rtt, .seconds))
            }
        }
        let total = links.reduce(0.0) { sum, link in
            guard let state = core.links[link] else { return sum }
            return sum + (term.name == "dropped" ? state.dropped : state.passed)
        }
        return [Figure(label: term.text, reading: .number(total, .plain))]
    }

    private func name(_ link: LinkID) -> String {
        let names = [link.from, link.to].map { id in
            core.nodes.indices.contains(Int(id.index)) ? core.nodes[Int(id.index)].name : "?"
        }
        return "from \(names[0]) to \(names[1])"
    }

    private func links(_ path: Path) throws(SelectorError) -> [LinkID] {
        var resolver = Resolver(roster: Roster(core), random: KeyedRandom(seed: 0), command: 0)
        let links = try resolver.links(on: path).links.blocks.flatMap { block in
            block.from.flatMap { from in
                block.to.compactMap { from == $0 ? nil : LinkID(from: from, to: $0) }
            }
        }
        return Set(links).sorted()
    }

    // MARK: Faults

    private func faultFigure(_ term: SignalTerm) -> Figure {
        guard case .nodes(let selector)? = term.arguments.first,
            case .name(let name)? = selector.terms.first, core.fault(named: name) != nil
        else {
            return Figure(label: term.text, reading: .unknown("no such fault yet"))
        }
        let time =
            switch term.name {
            case "detection": core.detection(name)
            case "election": core.election(name)
            default: core.recovery(name)
            }
        guard let time else { return Figure(label: term.text, reading: .unknown("not yet")) }
        return Figure(label: term.text, reading: .number(time.inSeconds, .seconds))
    }
}

/// Who is meant in a question. Nothing is drawn there, so the seed does not matter.
func lookUp(_ selector: Selector, in core: Core) throws(SelectorError) -> [NodeID] {
    try selector.resolve(in: core, random: KeyedRandom(seed: 0), command: 0)
        .filter { core.nodes.indices.contains(Int($0.index)) }
}

extension Core {
    /// Ready, and not just about to be gone: between a fault that takes its process away and the
    /// news of its end a node still counts as ready, and a `wait until ready(all)` behind a `crash`
    /// would be over before it began.
    func isReady(_ node: NodeState) -> Bool {
        guard node.isReady else { return false }
        return !incidents.contains { incident in
            incident.node == node.id && node.since <= incident.began
                && now - incident.began < .seconds(5) && takesProcesses(incident.fault)
        }
    }

    private func takesProcesses(_ id: FaultID) -> Bool {
        guard case .process(let way, _)? = faults.last(where: { $0.record.id == id })?.spec else {
            return false
        }
        switch way {
        case .kill, .crash, .stop, .poweroff: return true
        case .pause, .freeze: return false
        }
    }
}

extension NodeState {
    /// Ready; without a probe a node is ready when it is started.
    var isReady: Bool { phase == .ready || (phase == .started && !description.probed) }

    /// Whether its last sample is about the program that runs now.
    var isTelling: Bool {
        switch phase {
        case .ready, .stopping: true
        // A probe that gets no answer leaves the last sample standing; that one tells nothing.
        case .unready: sampledAt >= since
        case .started: !description.probed
        default: false
        }
    }
}
