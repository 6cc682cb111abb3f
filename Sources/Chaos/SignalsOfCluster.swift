internal import Cluster

extension Evaluation {
    func clusterFigure(_ name: String) -> Figure {
        let nodes = core.nodes.filter { !$0.isClient }
        let telling = nodes.filter { $0.isTelling && $0.role.role != .unknown }
        let reading: Figure.Reading
        switch name {
        case "leaders":
            reading =
                telling.isEmpty
                ? .unknown("no node tells a role")
                : .number(Double(telling.count { $0.role.role == .leader }), .plain)
        case "leaders-per-term":
            var counts: [UInt64?: Int] = [:]
            for node in telling where node.role.role == .leader {
                counts[node.role.term, default: 0] += 1
            }
            reading =
                telling.isEmpty
                ? .unknown("no node tells a role") : .number(Double(counts.values.max() ?? 0), .plain)
        case "quorum": reading = quorum(nodes)
        case "groups":
            let up = nodes.filter { $0.phase.isUp }
            reading = up.isEmpty ? .unknown("no node is up") : .number(Double(parts(of: up).count), .plain)
        default:
            reading = .number(
                Double(core.faults.count { $0.isActive && !$0.record.weather }), .plain)
        }
        return Figure(label: name, reading: reading)
    }

    /// Voters are all nodes of the groups whose members tell that they lead, follow or are candidates:
    /// one that is down still counts for the majority.
    private func quorum(_ nodes: [NodeState]) -> Figure.Reading {
        let groups = Set(
            nodes.filter { [.leader, .follower, .candidate].contains($0.role.role) }
                .map(\.description.group))
        let voters = nodes.filter { groups.contains($0.description.group) }
        if voters.isEmpty { return .unknown("no node tells a role") }
        let largest = parts(of: voters.filter(\.isReady)).map(\.count).max() ?? 0
        return .truth(largest * 2 > voters.count)
    }

    /// Nodes in sets that reach each other, both ways, by the faults that act on their links.
    private func parts(of nodes: [NodeState]) -> [[NodeID]] {
        let cuts = core.faults.filter { $0.isActive && $0.separates }
        func reach(_ a: NodeID, _ b: NodeID) -> Bool {
            !cuts.contains {
                $0.record.links.contains(LinkID(from: a, to: b))
                    || $0.record.links.contains(LinkID(from: b, to: a))
            }
        }
        var parts: [[NodeID]] = []
        for node in nodes {
            let touching = parts.indices.filter { index in
                parts[index].contains { reach($0, node.id) }
            }
            var joined = [node.id]
            for index in touching.reversed() { joined += parts.remove(at: index) }
            parts.append(joined)
        }
        return parts
    }

    // MARK: Clients

    func clientFigure(_ term: SignalTerm) -> Figure {
        Figure(label: term.text, reading: clientReading(term))
    }

    private func clientReading(_ term: SignalTerm) -> Figure.Reading {
        let seconds: ArraySlice<ClientsState.Second>
        switch span(of: term.window) {
        case .all: seconds = secondsSinceReady
        case .between(let from, let to): seconds = self.seconds(from: from, to: to)
        case .unknown(let why): return .unknown(why)
        }
        guard !seconds.isEmpty else { return .unknown("no client told anything then") }
        var total = ClientsState.Second(at: .zero)
        if term.window == nil {
            total = core.clients.total
        } else {
            for second in seconds {
                total.ok += second.ok
                total.refused += second.refused
                total.unknown += second.unknown
                total.silence = max(total.silence, second.silence)
                total.latency.merge(second.latency)
            }
        }
        switch term.name {
        case "availability":
            return total.availability.map { .number($0, .share) } ?? .unknown("nothing was finished")
        case "errors":
            return total.availability.map { .number(1 - $0, .share) }
                ?? .unknown("nothing was finished")
        case "errors a second":
            let failed = seconds.reduce(0.0) { $0 + Double($1.refused + $1.unknown) }
            return .number(failed / Double(seconds.count), .perSecond)
        case "throughput":
            let ok = seconds.reduce(0.0) { $0 + Double($1.ok) }
            return .number(ok / Double(seconds.count), .perSecond)
        case "outage":
            let silence = term.window == nil ? core.clients.longestOutage : total.silence
            return .number(Double(silence), .seconds)
        default:
            let quantile =
                switch term.name {
                case "p50": 0.5
                case "p90": 0.9
                case "p999": 0.999
                default: 0.99
                }
            return total.latency.microseconds(atQuantile: quantile)
                .map { .number($0 / 1_000_000, .seconds) } ?? .unknown("nothing was answered")
        }
    }

    private var secondsSinceReady: ArraySlice<ClientsState.Second> {
        guard let ready = core.allReadyAt else { return core.clients.seconds[...] }
        return core.clients.seconds.drop { $0.at + .milliseconds(500) < ready }
    }

    /// Seconds that lie in a span by their larger half; for a span shorter than that, the ones it
    /// touches.
    private func seconds(from: Stamp, to: Stamp) -> ArraySlice<ClientsState.Second> {
        let all = core.clients.seconds
        let first = all.firstIndex { $0.at + .milliseconds(500) >= from } ?? all.endIndex
        let last = all[first...].firstIndex { $0.at + .milliseconds(500) >= to } ?? all.endIndex
        if first < last { return all[first..<last] }
        let touched = all.indices.filter { all[$0].at <= to && all[$0].at + .seconds(1) > from }
        guard let low = touched.first, let high = touched.last else { return [] }
        return all[low...high]
    }
}

extension FaultState {
    /// Whether it keeps whole packets from passing, so that machines do not reach each other.
    fileprivate var separates: Bool {
        switch spec {
        case .partition, .isolate, .unplug, .link(.cut, _, only: nil), .link(.hold, _, only: nil),
            .process(.poweroff, _), .process(.freeze, _):
            true
        default: false
        }
    }
}
