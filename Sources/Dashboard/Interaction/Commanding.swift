import Cluster

/// From keys to lines of the command language.
extension Interaction {
    /// Runs a line, and echoes it with its effect.
    mutating func run(_ line: String, by: String = "key", state: ClusterState) -> [Outcome] {
        if let refusal = refusal(state) { return remark(refusal, tone: .refused) }
        let understanding = Understanding(line, in: state.core)
        if let complaint = understanding.complaint {
            view.echo = View.Echo(command: line, effect: complaint, tone: .refused)
            return []
        }
        view.echo = View.Echo(command: line, effect: understanding.effect)
        if !understanding.isHealing { repeated = line }
        return [.run(command: line, by: by)]
    }

    /// Runs a line at once unless it would take the quorum: then the same key has to be pressed again.
    mutating func runGuarded(
        _ line: String, taking nodes: [NodeID], on input: Input, state: ClusterState
    ) -> [Outcome] {
        if let refusal = refusal(state) { return remark(refusal, tone: .refused) }
        if let warning = state.core.warning(taking: nodes) {
            guarded = Guarded(input: input, command: line)
            view.echo = View.Echo(command: line, effect: warning, tone: .asking)
            return []
        }
        return run(line, state: state)
    }

    /// `!`: always safe, never asks.
    mutating func healAll(_ state: ClusterState) -> [Outcome] {
        let active = state.core.faults.filter { $0.isActive && !$0.record.weather }
        if active.isEmpty && refusal(state) == nil { return remark("no fault to heal") }
        return run("heal all", state: state)
    }

    /// `u`: takes back the youngest fault that came from a dashboard's keys.
    mutating func undo(_ state: ClusterState) -> [Outcome] {
        let last = state.core.faults.last {
            $0.isActive && !$0.record.weather && Interaction.isByHand($0.record.by)
        }
        guard let last else { return remark("nothing of yours to undo") }
        return run("heal " + last.label, state: state)
    }

    /// Keys and palettes; not scenarios, not other programs.
    static func isByHand(_ by: String) -> Bool { by.hasPrefix("key") || by.hasPrefix("palette") }

    private func refusal(_ state: ClusterState) -> String? {
        if case .replay = view.source { return "this is a recording: nothing can be changed in it" }
        if state.core.ended != nil { return "the run has ended: q leaves" }
        if view.readOnly { return "started with --read-only: commands are refused" }
        return view.isLocked ? "locked: L unlocks" : nil
    }

    /// Marked machines, or the one under the cursor, in the order of the table.
    func targets(_ state: ClusterState) -> [NodeState] {
        let roster = Arrangement(state, view)
        if !view.marks.isEmpty {
            return state.core.nodes.filter { view.marks.contains($0.id) }
        }
        return roster.current.map { [$0] } ?? []
    }

    /// Their names as a selector.
    func selector(_ nodes: [NodeState]) -> String { nodes.map(\.name).joined(separator: ",") }

    /// Paths that a link fault on some machines may be about, the likeliest first.
    func paths(from targets: [NodeState], state: ClusterState) -> [String] {
        let names = selector(targets)
        let others = state.core.nodes.filter { node in !targets.contains { $0.id == node.id } }
        var paths = ["between \(names) and all"]
        if others.isEmpty { return paths }
        let pair = targets.count == 2 && !view.marks.isEmpty
        if pair { paths.insert("between \(targets[0].name) and \(targets[1].name)", at: 0) }
        paths += others.filter { !$0.isClient }.map { "between \(names) and \($0.name)" }
        if others.contains(where: \.isClient) { paths.append("between \(names) and clients") }
        paths += ["from \(names)", "to \(names)"]
        return paths
    }

    /// The fault of one kind that a key pressed again takes back.
    func active(
        _ state: ClusterState, where matches: (FaultSpec, FaultState) -> Bool
    ) -> FaultState? {
        state.core.faults.last { fault in
            guard fault.isActive, let spec = fault.spec else { return false }
            return matches(spec, fault)
        }
    }
}
