import Cluster

/// What is looked at on a node's screen.
public struct NodeView: Equatable, Sendable {
    /// Which part.
    public var part = Part.story

    /// What happened to it.
    public init() {}

    /// Parts of the screen.
    public enum Part: String, Sendable, CaseIterable {
        /// What happened to it, and what it wrote.
        case story
        case processes
        case files
        case environment

        var next: Part {
            let all = Part.allCases
            return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
        }
    }
}

/// A machine from inside.
extension Renderer {
    mutating func drawPart(
        _ part: NodeView.Part, of node: NodeState, _ rows: ClosedRange<Int>, from left: Int
    ) {
        let width = columns - left - 1
        guard width > 8 else { return }
        guard let inspection = view.inspection, inspection.node == node.id,
            inspection.problem == nil
        else {
            let why =
                if case .replay = view.source {
                    "a recording does not hold \(part.rawValue)"
                } else {
                    view.inspection?.problem ?? "asking for \(part.rawValue)"
                }
            write(why, left, rows.lowerBound, .quiet, within: width)
            return
        }
        switch part {
        case .story, .processes:
            draw(
                inspection.processes.map { line(of: $0) },
                "\(inspection.processes.count) processes",
                rows, left, width)
        case .files:
            draw(
                inspection.files.map { file in
                    let size = file.isFolder ? "" : Figures.bytes(Double(file.size)) ?? ""
                    return [
                        Span(size.right(7) + "  ", .quiet),
                        Span(file.name + (file.isFolder ? "/" : "")),
                    ]
                }, "its disk, the youngest first", rows, left, width)
        case .environment:
            draw(
                inspection.environment.map { text in
                    let place = text.firstIndex(of: "=") ?? text.endIndex
                    return [Span(String(text[..<place]), .quiet), Span(String(text[place...]))]
                }, "its environment", rows, left, width)
        }
    }

    private func line(of process: Inspection.Process) -> [Span] {
        let isHeld = process.state == "T"
        return [
            Span(String(process.id).right(6) + " ", .quiet),
            Span(String(process.state) + " ", isHeld ? .warning : .quiet),
            Span(String(repeating: "  ", count: process.depth) + process.text),
        ]
    }

    private mutating func draw(
        _ lines: [[Span]], _ title: String, _ rows: ClosedRange<Int>, _ left: Int, _ width: Int
    ) {
        write(title, left, rows.lowerBound, .quiet, within: width)
        let room = rows.count - 1
        for (place, line) in lines.prefix(room).enumerated() {
            write(line, left, rows.lowerBound + 1 + place, within: width)
        }
        if lines.count > room {
            let more = "\(lines.count - room) more"
            write(more, columns - 1 - Width.columns(more), rows.lowerBound, .quiet)
        }
    }

    /// What its probe asks, and what it was over the last half minute.
    func probeFact(of node: NodeState) -> [Span] {
        let path = "nodes.\(node.description.group).probe"
        let told = ["", ".kind", ".path", ".every"].compactMap { key in
            view.plan.values.first { $0.path == path + key }?.text
        }
        var spans = [Span(node.description.probed ? told.joined(separator: " ") : "none")]
        if node.description.probed, told.isEmpty { spans = [] }
        let story = story(node, columns < 60 ? 15 : 30)
        if !story.isEmpty { spans += [Span("   last 30 s ", .quiet)] + story }
        return spans
    }
}
