/// Why a node is as it is, from events alone: its phase and the reason for it, what it waits for, the
/// faults that act on it, what its probe says, and what it was before.
public struct Why: Sendable {
    private let core: Core

    /// What somebody waits for may wait as well: so many of them are followed.
    private static let deepest = 3

    /// As far as a run came.
    public init(_ core: Core) { self.core = core }

    /// Sentences about a node at a moment (not before the last entry), the main one first; empty for one
    /// that was never defined.
    public func lines(about node: NodeID, at now: Stamp) -> [String] {
        guard let index = core.index(of: node) else { return [] }
        var lines = [phase(core.nodes[index], now)]
        lines += waits(core.nodes[index], now, depth: 0, seen: [node])
        lines += faults(node, now)
        lines += role(core.nodes[index], now)
        if let incident = core.incidents.last(where: { $0.node == node }) {
            lines.append(core.sentence(of: incident))
        }
        return lines
    }

    // MARK: Its phase

    private func phase(_ node: NodeState, _ now: Stamp) -> String {
        let (name, change) = (node.name, node.change)
        let since = spoken(now - node.since)
        let told = change.reason.isEmpty ? "" : " (\(change.reason))"
        switch node.phase {
        case .ready:
            return "\(name) is ready, for \(since): its probe says yes\(again(change))."
        case .waiting: return "\(name) is not started yet: it \(change.reason), for \(since)."
        case .starting: return "\(name) is being started, for \(since)."
        case .started:
            return
                "\(name) is not ready: it was started \(since) ago, and its probe has not said yes\(told)."
        case .unready:
            let until = node.readyAt.map { "; it was ready at \($0.clock(decimals: 1))" } ?? ""
            return "\(name) is not ready: its probe says no for \(since)\(told)\(until)."
        case .stopping: return "\(name) is not ready: it is being stopped\(told)."
        case .exited: return "\(name) does not run: its program ended \(since) ago\(told)."
        case .failed: return "\(name) does not run: its program failed \(since) ago\(told)."
        case .backingOff:
            let next = change.until.map { ", and is tried again in \(spoken($0 - now))" } ?? ""
            return
                "\(name) does not run: its program ended \(since) ago\(told)\(next)\(again(change))."
        case .stopped, .off:
            let state = node.phase == .off ? "is without power" : "does not run"
            guard let fault = change.fault.flatMap(fault) else { return "\(name) \(state)\(told)." }
            let until = (change.until ?? fault.record.ends).map {
                " until \($0.clock(decimals: 1))"
            }
            return
                "\(name) \(state): \(fault.label) holds it down\(until ?? " until it is healed")\(told)."
        }
    }

    private func again(_ change: NodeChange) -> String {
        change.starts > 1 ? "; started \(change.starts) times" : ""
    }

    /// What it waits for, and why that is not there.
    private func waits(
        _ node: NodeState, _ now: Stamp, depth: Int, seen: Set<NodeID>
    ) -> [String] {
        guard node.phase == .waiting, depth < Why.deepest,
            node.change.reason.hasPrefix("waits for ")
        else { return [] }
        let names = node.change.reason.dropFirst("waits for ".count)
            .split { $0 == "," || $0 == " " }.map(String.init)
        let others = core.nodes.indices.filter { names.contains(core.nodes[$0].name) }
        return others.flatMap { index -> [String] in
            let other = core.nodes[index]
            guard other.phase != .ready, !seen.contains(other.id) else { return [] }
            return [phase(other, now)]
                + waits(other, now, depth: depth + 1, seen: seen.union([other.id]))
        }
    }

    // MARK: What is done to it

    private func faults(_ node: NodeID, _ now: Stamp) -> [String] {
        let acting = core.faults.filter { fault in
            fault.isActive
                && (fault.record.nodes.contains(node) || fault.record.links.touches(node))
        }
        return acting.prefix(4).map { fault in
            let left = fault.record.ends.map { "for another \(spoken($0 - now))" }
            let what =
                fault.record.nodes.contains(node)
                ? "acts on it" : "acts on the links of \(core.nodes[Int(node.index)].name)"
            let noticed = fault.noticed.map { ", noticed after \(spoken($0 - fault.began))" } ?? ""
            let weather = fault.record.weather ? " (weather)" : ""
            return "\(fault.label) \(what)\(weather), \(left ?? "until it is healed"): "
                + "\(fault.record.text)\(noticed)."
        }
    }

    // MARK: What it is

    private func role(_ node: NodeState, _ now: Stamp) -> [String] {
        guard node.phase.isUp, let word = node.role.role.word else { return [] }
        let own = node.role.own.isEmpty || node.role.own == word ? "" : " (\(node.role.own))"
        let article = node.role.role == .leader ? "the" : word.hasPrefix("o") ? "an" : "a"
        var text = "It says that it is \(article) \(word)\(own)"
        if let term = node.role.term { text += " in term \(term)" }
        if node.sample.lag.isFinite, node.role.role != .leader {
            text +=
                ", \(spoken(.microseconds(Int64(max(0, min(1e9, node.sample.lag)) * 1_000_000)))) behind"
        }
        return [text + "."]
    }

    private func fault(_ id: FaultID) -> FaultState? { core.faults.last { $0.record.id == id } }

    /// `0.2 s`, `48.0 s`, `04:11 min`.
    private func spoken(_ duration: Duration) -> String {
        let tenths = max(0, duration.microseconds) / 100_000
        if tenths < 1_000 { return "\(tenths / 10).\(tenths % 10) s" }
        let clock = Stamp(microseconds: tenths * 100_000).clock()
        return (clock.hasPrefix("0") ? String(clock.dropFirst()) : clock) + " min"
    }
}
