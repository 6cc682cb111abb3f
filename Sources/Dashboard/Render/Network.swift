import Cluster

/// The matrix: rows send, columns receive; what each direction adds, carries and suffers.
extension Renderer {
    mutating func drawNetwork(_ rows: ClosedRange<Int>) {
        let machines = roster.machines
        guard machines.count > 1 else {
            write("a network needs two machines", 3, rows.lowerBound, .quiet)
            return
        }
        if view.isMap, drawMap(rows) { return }
        let label = min(
            max(6, machines.map { Width.columns($0.name) }.max() ?? 6), columns < 60 ? 8 : 16)
        let place = max(columns < 60 ? 9 : 14, label + 4)
        // As wide as there is room: time and traffic, time alone, or a sign.
        let room = columns - place
        let wide = room / machines.count
        let width = wide >= 15 ? 15 : wide >= 8 ? min(wide, 14) : columns < 60 ? 7 : 8
        let visible = max(1, min(machines.count, room / width))
        let first = window(visible, of: machines.count, around: roster.linkColumn)
        var row = rows.lowerBound
        let last = rows.upperBound - 1
        drawMatrixTitles(machines, first..<(first + visible), width, place, row)
        row += 1
        let height = max(1, min(machines.count, last - row + 1))
        let top = window(height, of: machines.count, around: roster.linkRow)
        for index in top..<(top + height) {
            drawSender(index, machines, first..<(first + visible), width, place, label, row)
            row += 1
        }
        guard row <= rows.upperBound else { return }
        if rows.upperBound - row > 1 { row += 1 }
        drawPair(row: row)
        row += 2
        guard rows.upperBound - row >= 2 else { return }
        rule(row: row)
        drawNews((row + 1)...rows.upperBound)
    }

    private func window(_ visible: Int, of count: Int, around cursor: Int) -> Int {
        max(0, min(cursor - visible / 2, count - visible))
    }

    private mutating func drawMatrixTitles(
        _ machines: [NodeState], _ shown: Range<Int>, _ width: Int, _ place: Int, _ row: Int
    ) {
        write(columns < 60 ? "from" : "from \(glyphs.fromTo) to", 3, row, .quiet)
        for (offset, index) in shown.enumerated() {
            let name = machines[index].name.left(width - 1, ellipsis: glyphs.ellipsis)
            let isHere = index == roster.linkColumn
            write(name, place + offset * width, row, isHere ? .accent : .quiet, isHere ? .bold : [])
        }
        if shown.count < machines.count {
            write("\(glyphs.sides)", columns - 3, row, .quiet)
        }
    }

    private mutating func drawSender(
        _ index: Int, _ machines: [NodeState], _ shown: Range<Int>, _ width: Int, _ place: Int,
        _ label: Int, _ row: Int
    ) {
        let sender = machines[index]
        let isHere = index == roster.linkRow
        let block = roster.blockPlaces
        if view.marks.contains(sender.id) { write(glyphs.mark, 1, row, .mark, .bold) }
        write(
            sender.name.left(label, ellipsis: glyphs.ellipsis), 3, row, isHere ? .accent : .plain,
            isHere ? .bold : [])
        for (offset, column) in shown.enumerated() {
            let start = place + offset * width
            if column == index {
                write(glyphs.same, start + 1, row, .rule)
            } else {
                let link = LinkID(from: sender.id, to: machines[column].id)
                write(cell(link, width - 1), start, row, within: width - 1)
                frame.region(
                    row: row, columns: start..<(start + width - 1),
                    .link(from: Int(link.from.index), to: Int(link.to.index)))
            }
            let inBlock = block.map { $0.rows.contains(index) && $0.columns.contains(column) }
            if inBlock ?? (isHere && column == roster.linkColumn) {
                frame.mark(.selected, row: row, columns: start..<(start + width - 1))
            }
        }
    }

    /// One direction in at most `width` columns.
    private func cell(_ link: LinkID, _ width: Int) -> [Span] {
        let reading = LinkReading(link, active)
        let state = core.links[link]
        let (text, style) = reading.words(glyphs, state)
        let time = Span(text.left(min(width, 7), ellipsis: ""), style)
        guard width >= 13 else { return [time] }
        let bytes = state.map { Double($0.sample.bytes) } ?? 0
        let traffic = bytes > 0 ? Figures.bytes(bytes) ?? "" : reading.isSilent ? "0" : ""
        return [time, Span(" " + traffic.right(5), .quiet)]
    }

    /// What is known of the pair under the cursor, both ways.
    mutating func drawPair(row: Int) {
        guard let link = roster.currentLink else {
            write("a node reaches itself", 1, row, .quiet)
            return
        }
        var spans = [
            Span(core.name(of: link.from), .accent, .bold), Span(" \(glyphs.both) ", .quiet),
            Span(core.name(of: link.to), .accent, .bold), Span("   "),
        ]
        let back = LinkID(from: link.to, to: link.from)
        let felt = core.links[link].map { Double($0.sample.rtt) } ?? .nan
        if let text = Figures.time(felt) {
            spans += [Span("felt round trip ", .quiet), Span(text)]
        } else {
            spans += [Span("no echo has come back", .quiet)]
        }
        let added = LinkReading(link, active).delay + LinkReading(back, active).delay
        if added > 0, let text = Figures.time(added) {
            spans += [Span(" (asked +\(text))", .quiet)]
        }
        if let state = core.links[link], let text = Figures.time(Double(state.idle)) {
            spans += [Span("   idle ", .quiet), Span(text)]
        }
        if let state = core.links[link], state.dropped > 0 {
            spans += [
                Span("   dropped ", .quiet), Span(Figures.count(state.dropped) ?? "", .warning),
            ]
        }
        for fault in LinkReading(link, active).faults.prefix(3) {
            let left = fault.left(at: view.now)
            spans += [Span("   \(fault.label) \(fault.verb) \(left)".trimmedEnd, .fault)]
        }
        write(spans, 1, row)
    }
}

/// What acts on one direction now.
struct LinkReading {
    let faults: [FaultState]
    /// What the faults add one way, in seconds.
    let delay: Double
    private let effects: [LinkEffect]
    private let isCut: Bool

    init(_ link: LinkID, _ active: [FaultState]) {
        let found = active.filter { $0.record.links.contains(link) }
        var effects: [LinkEffect] = []
        var cut = false
        for fault in found {
            switch fault.spec {
            case .link(let effect, _, let only):
                effects.append(effect)
                if case .cut = effect, only == nil { cut = true }
            case .partition, .isolate, .unplug: cut = true
            default: break
            }
        }
        let gone = active.contains { fault in
            switch fault.spec {
            case .process(.poweroff, _), .process(.freeze, _):
                return fault.record.nodes.contains(link.from)
                    || fault.record.nodes.contains(link.to)
            default: return false
            }
        }
        faults = found
        self.effects = effects
        isCut = cut || gone
        delay = effects.reduce(0) { sum, effect in
            if case .delay(.constant(.time(let time)), _, _, _) = effect {
                sum + time.inSeconds
            } else {
                sum
            }
        }
    }

    /// Whether nothing passes.
    var isSilent: Bool { isCut }

    /// `✕ cut`, `100ms≈`, `5%`, `~0.1ms`; at most seven columns.
    func words(_ glyphs: Glyphs, _ state: LinkState?) -> (String, Style) {
        if isCut { return (glyphs.cut + " cut", .alarm) }
        for effect in effects {
            switch effect {
            case .cut: return (glyphs.cut + " part", .warning)
            case .hold: return ("holds", .warning)
            case .reset: return ("resets", .warning)
            case .refuse: return ("refuses", .warning)
            default: break
            }
        }
        if delay > 0 {
            return (
                (Figures.time(delay) ?? "") + glyphs.slow + (effects.count > 1 ? "+" : ""), .fault
            )
        }
        if let effect = effects.first { return (LinkReading.short(effect), .fault) }
        guard let state,
            let text = Figures.time(Double(state.idle.isNaN ? state.sample.rtt : state.idle) / 2)
        else { return (glyphs.nothing, .rule) }
        return ("~" + text, .quiet)
    }

    private static func short(_ effect: LinkEffect) -> String {
        switch effect {
        case .loss(.constant(.share(let share)), _): "-" + share.text
        case .limit(.constant(.bandwidth(let rate)), _, _): rate.text
        case .loss: "loss"
        case .limit: "limit"
        case .duplicate: "twice"
        case .reorder: "reorder"
        case .corrupt: "corrupt"
        case .mtu(let size, _): "mtu\(size)"
        case .profile(let profile): profile.rawValue
        case .delay: "delay"
        case .cut, .hold, .reset, .refuse: ""
        }
    }
}

extension String {
    /// Without blanks at the end.
    var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
