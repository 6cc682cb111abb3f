import Cluster

/// The network as a map: zones as boxes, machines as letters, lines that thicken with traffic, are slow in
/// another colour, and tear where they are cut.
extension Renderer {
    /// False where there is not room for one: then the matrix is shown.
    mutating func drawMap(_ rows: ClosedRange<Int>) -> Bool {
        let height = rows.count - 2
        guard columns >= 50, height >= 8,
            let plan = MapPlan(roster.machines, columns: columns, rows: height)
        else { return false }
        let top = rows.lowerBound
        for zone in plan.zones { draw(zone, from: top) }
        drawLines(plan, columns: columns, rows: height, from: top)
        for spot in plan.spots { draw(spot, from: top) }
        drawPair(row: rows.upperBound)
        return true
    }

    private mutating func draw(_ zone: MapPlan.Zone, from top: Int) {
        let (left, right) = (zone.columns.lowerBound, zone.columns.upperBound - 1)
        let (upper, lower) = (top + zone.rows.lowerBound, top + zone.rows.upperBound - 1)
        guard right > left, lower > upper else { return }
        let corners = view.glyphs.isUnicode ? ["╭", "╮", "╰", "╯"] : ["+", "+", "+", "+"]
        let line = String(repeating: glyphs.rule, count: right - left - 1)
        write(corners[0] + line + corners[1], left, upper, .rule)
        write(corners[2] + line + corners[3], left, lower, .rule)
        for row in (upper + 1)..<lower {
            write(glyphs.bar, left, row, .rule)
            write(glyphs.bar, right, row, .rule)
        }
        write(" \(zone.name) ", left + 2, upper, .quiet, within: right - left - 3)
    }

    private mutating func drawLines(_ plan: MapPlan, columns: Int, rows: Int, from top: Int) {
        let readings = pairs(plan)
        let most = readings.map(\.bytes).max() ?? 0
        var dots = Dots(columns: columns, rows: rows, glyphs: view.glyphs)
        var signs: [(place: Position, text: String, style: Style)] = []
        // Who hardly talks is not drawn: with all lines there is nothing to see.
        for pair in readings
        where pair.rank > 0 || pair.isChosen || pair.bytes > max(100, most / 50) {
            let (a, b) = (pair.from.middle, pair.to.middle)
            let isThick = most > 0 && pair.bytes > most / 3
            dots.line(
                from: a, to: b, style: pair.isChosen ? .accent : pair.style,
                rank: pair.isChosen ? 3 : pair.rank, isThick: isThick,
                gap: pair.isTorn ? 0.38...0.62 : nil)
            guard let sign = pair.sign else { continue }
            // In the middle; one way only, nearer to where nothing arrives.
            let share = pair.tearsAt
            let place = Position(
                column: Int(Double(a.column) + Double(b.column - a.column) * share)
                    - Width.columns(sign) / 2,
                row: Int((Double(a.row) + Double(b.row - a.row) * share).rounded()))
            signs.append((place, sign, pair.style))
        }
        let coarse = view.glyphs.isUnicode ? "·" : "."
        for row in 0..<rows {
            for column in 0..<columns {
                guard let cell = dots.cell(column, row, coarse: coarse) else { continue }
                write(cell.text, column, top + row, cell.style)
            }
        }
        for sign in signs {
            write(sign.text, sign.place.column, top + sign.place.row, sign.style, .bold)
        }
    }

    private struct MapPair {
        var from: MapPlan.Spot
        var to: MapPlan.Spot
        var bytes: Double
        var style: Style
        var rank: Int
        var isTorn: Bool
        var sign: String?
        var tearsAt: Double
        var isChosen: Bool
    }

    /// Both directions of each pair as one line.
    private func pairs(_ plan: MapPlan) -> [MapPair] {
        var pairs: [MapPair] = []
        let chosen = roster.currentLink
        for (index, from) in plan.spots.enumerated() {
            for to in plan.spots.dropFirst(index + 1) {
                let there = LinkID(from: from.node, to: to.node)
                let back = LinkID(from: to.node, to: from.node)
                let (one, other) = (LinkReading(there, active), LinkReading(back, active))
                let bytes = [there, back].reduce(0.0) {
                    $0 + Double(core.links[$1]?.sample.bytes ?? 0)
                }
                let isTorn = one.isSilent || other.isSilent
                let worst = one.isSilent || one.faults.count >= other.faults.count ? one : other
                let hasFault = !worst.faults.isEmpty || isTorn
                let words = worst.words(glyphs, core.links[there])
                pairs.append(
                    MapPair(
                        from: from, to: to, bytes: bytes,
                        style: isTorn ? .alarm : hasFault ? .fault : .rule,
                        rank: isTorn ? 2 : hasFault ? 1 : 0, isTorn: isTorn,
                        sign: isTorn ? glyphs.cut : hasFault ? words.0 : nil,
                        tearsAt: one.isSilent == other.isSilent ? 0.5 : one.isSilent ? 0.58 : 0.42,
                        isChosen: chosen == there || chosen == back))
            }
        }
        return pairs
    }

    private mutating func draw(_ spot: MapPlan.Spot, from top: Int) {
        guard core.nodes.indices.contains(Int(spot.node.index)) else { return }
        let node = core.nodes[Int(spot.node.index)]
        let row = top + spot.place.row
        let isUp = node.isClient || node.phase == .ready
        let style: Style =
            !isUp ? .alarm : node.isClient ? .quiet : roleStyle(node)
        let isSender = roster.sender == spot.node
        let text = isUp ? spot.text : glyphs.gone + spot.text.dropFirst()
        write(" ", spot.place.column - 1, row)
        let end = write(
            text + " ", spot.place.column, row, style,
            node.role.role == .leader || isSender ? .bold : [])
        if view.marks.contains(spot.node) {
            write(glyphs.mark, spot.place.column - 1, row, .mark, .bold)
        }
        frame.region(row: row, columns: spot.place.column..<end, .node(Int(spot.node.index)))
        if isSender { frame.mark(.selected, row: row, columns: spot.place.column..<end) }
    }
}
