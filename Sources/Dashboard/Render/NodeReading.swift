import Cluster

/// How a node is told in glyphs, letters and words.
extension Renderer {
    /// A glyph and its meaning; never a colour alone.
    func status(of node: NodeState) -> (glyph: String, style: Style) {
        switch node.phase {
        case .ready:
            active.about(node.id).isEmpty ? (glyphs.ready, .good) : (glyphs.warning, .warning)
        case .unready, .stopping: (glyphs.warning, .warning)
        case .waiting, .starting, .started: (glyphs.coming, .accent)
        case .backingOff: (glyphs.back, .warning)
        case .exited where !node.description.probed: (glyphs.dot, .quiet)
        case .exited, .failed, .stopped, .off: (glyphs.gone, .alarm)
        }
    }

    /// At most seven columns.
    func stateWord(of node: NodeState) -> String {
        switch node.phase {
        case .ready: "yes"
        case .unready: "no"
        case .waiting: "waits"
        case .starting, .started: "starts"
        case .stopping: "stops"
        case .exited: "ended"
        case .failed: "failed"
        case .backingOff: "retries"
        case .stopped: node.change.fault == nil ? "stopped" : "held"
        case .off: "off"
        }
    }

    func letter(of node: NodeState) -> String {
        node.phase.isUp ? String(node.role.role.letter) : glyphs.nothing
    }

    /// The engine's own word, or ours.
    func roleWord(of node: NodeState) -> String {
        guard node.phase.isUp else { return glyphs.nothing }
        if !node.role.own.isEmpty { return node.role.own }
        return node.role.role.word ?? glyphs.nothing
    }

    func roleStyle(_ node: NodeState) -> Style {
        guard node.phase.isUp else { return .quiet }
        return switch node.role.role {
        case .leader: .leader
        case .follower: .follower
        case .candidate: .candidate
        case .observer: .observer
        case .unknown, .none: .quiet
        }
    }

    /// `f2 delay 0:48`, and how many more.
    func faultWords(of node: NodeState, within width: Int) -> String {
        let faults = active.about(node.id)
        guard let first = faults.first else { return "" }
        let left = first.left(at: view.now)
        let label = first.record.name.map { $0 == first.verb ? $0 : "\($0) \(first.verb)" }
        let name = label ?? "\(first.record.id) \(first.verb)"
        let more = faults.count > 1 ? " +\(faults.count - 1)" : ""
        for text in ["\(name) \(left)\(more)", "\(name)\(more)", "\(first.label)\(more)"] {
            let words = text.replacing("  ", with: " ").trimmed
            if Width.columns(words) <= width { return words }
        }
        return first.record.id.description
    }

    /// Whether a number that a node told is still about now.
    func isFresh(_ node: NodeState) -> Bool { node.phase.isUp }
}
