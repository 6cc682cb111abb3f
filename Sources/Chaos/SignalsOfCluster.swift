internal import Cluster

extension Evaluation {
    func clusterFigure(_ name: String) -> Figure {
        Figure(label: name, reading: clusterReading(name))
    }

    private func clusterReading(_ name: String) -> Figure.Reading {
        let tellsRoles = core.nodes.contains { $0.phase.isUp && $0.role.role != .unknown }
        switch name {
        case "leaders":
            // Who was never told a role says nothing about leaders; that nobody leads is an answer
            // where somebody did.
            guard tellsRoles || !core.voters.isEmpty else {
                return .unknown("no node tells a role")
            }
            return .number(Double(core.leaders.count), .plain)
        case "leaders-per-term":
            return core.leadersPerTerm.map { .number(Double($0), .plain) }
                ?? .unknown("no node tells a term")
        case "quorum":
            return core.quorum.map { .truth($0) } ?? .unknown("no node tells a role")
        case "groups":
            let count = core.groups
            return count == 0 ? .unknown("there are no nodes") : .number(Double(count), .plain)
        default:
            let active = core.faults.filter { $0.isActive && !$0.record.weather }
            return .number(Double(active.count), .plain)
        }
    }

    // MARK: Clients

    func clientFigure(_ term: SignalTerm) -> Figure {
        Figure(label: term.text, reading: clientReading(term))
    }

    private func clientReading(_ term: SignalTerm) -> Figure.Reading {
        let window: Range<Stamp>
        switch self.window(term.window) {
        case .open(let range): window = range
        case .unknown(let why): return .unknown(why)
        }
        let sum = term.window == nil ? core.clients.total : core.clients.summary(in: window)
        guard let sum, sum.due > 0 || sum.ok + sum.refused + sum.unknown > 0 else {
            return .unknown("no client told anything then")
        }
        let length = max(1, (window.upperBound - window.lowerBound).inSeconds)
        switch term.name {
        case "availability":
            return sum.availability.map { .number($0, .share) } ?? .unknown("nothing was finished")
        case "errors":
            return sum.availability.map { .number(1 - $0, .share) }
                ?? .unknown("nothing was finished")
        case "errors a second":
            return .number(Double(sum.refused + sum.unknown) / length, .perSecond)
        case "throughput": return .number(Double(sum.ok) / length, .perSecond)
        case "outage": return .number(Double(sum.outage), .seconds)
        default:
            let quantiles = ["p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999]
            return sum.latency(atQuantile: quantiles[term.name] ?? 0.99)
                .map { .number($0, .seconds) } ?? .unknown("nothing was answered")
        }
    }

    private enum Window {
        case open(Range<Stamp>)
        case unknown(String)
    }

    private func window(_ window: SignalTerm.Window?) -> Window {
        guard let window else {
            return core.wholeWindow.map { .open($0) } ?? .unknown("not all are ready yet")
        }
        if let range = core.clientWindow(window) { return .open(range) }
        return .unknown(
            core.fault(named: window.fault) == nil
                ? "there was no \(window.fault)" : "\(window.fault) is not over")
    }
}
