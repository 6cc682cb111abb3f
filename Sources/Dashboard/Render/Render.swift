public import Cluster

/// Draws a screen: a pure function of what is known, what is looked at, and how much room there is.
public func render(_ state: ClusterState, _ view: View, _ size: Size) -> Frame {
    var renderer = Renderer(state, view, size)
    renderer.draw()
    return renderer.frame
}

/// A frame being drawn, with everything that its parts need to know.
struct Renderer {
    let state: ClusterState
    let view: View
    let size: Size
    let glyphs: Glyphs
    let roster: Arrangement
    let health: Health
    /// Faults at work; all that ever were can be thousands.
    let active: [FaultState]
    /// Columns of the longest name, so that nothing moves when another one leads.
    let nameWidth: Int
    var frame: Frame
    /// Requests a second that fill a row's line.
    var busiest = 1.0

    var core: Core { state.core }
    /// Columns that are drawn on: fewer than those of the frame while the body stands beside a lesson.
    var columns: Int

    init(_ state: ClusterState, _ view: View, _ size: Size) {
        self.state = state
        self.view = view
        self.size = size
        columns = size.columns
        glyphs = Glyphs(view.glyphs)
        roster = Arrangement(state, view)
        health = state.core.health
        active = state.core.faults.filter(\.isActive)
        let nodes = state.core.nodes
        let longest = nodes.indices.lazy.filter { nodes[$0].description.kind != .client }
            .map { Width.columns(nodes[$0].description.name) }.max()
        nameWidth = min(20, max(6, longest ?? 6))
        frame = Frame(size: size)
    }

    /// From most to least room. However little there is, the line that matters is on it.
    mutating func draw() {
        guard size.rows > 0, columns > 0 else { return }
        if size.rows < 6 || columns < 24 {
            drawFewLines()
        } else if size.rows < 16 || columns < 60 {
            drawSmall()
            drawViolation()
        } else {
            drawFull()
            drawViolation()
        }
        drawOverlay()
    }

    /// A header, a body, the echo and the keys, divided by rules.
    private mutating func drawFull() {
        drawHeader(row: 0)
        rule(row: 1)
        var bottom = size.rows - 1
        drawKeys(row: bottom)
        bottom -= 1
        if case .replay(let replay) = view.source {
            drawScrubber(replay, row: bottom)
            bottom -= 1
        }
        if size.rows >= 20 {
            rule(row: bottom)
            bottom -= 1
        }
        if drawEcho(row: bottom) { bottom -= 1 }
        drawBody(2...max(2, bottom))
    }

    /// Without rules: 40×10 and its neighbours.
    private mutating func drawSmall() {
        drawHeader(row: 0)
        var bottom = size.rows - 1
        drawKeys(row: bottom)
        bottom -= 1
        if case .replay(let replay) = view.source {
            drawScrubber(replay, row: bottom)
            bottom -= 1
        }
        if drawEcho(row: bottom) { bottom -= 1 }
        drawBody(1...max(1, bottom))
    }

    /// Down to one line: the verdict, then the nodes that matter most.
    private mutating func drawFewLines() {
        drawHeader(row: 0)
        guard size.rows > 1 else { return }
        var row = 1
        if size.rows > 3, drawEcho(row: size.rows - 1) {
            drawBody(row...max(row, size.rows - 2))
            return
        }
        for node in mostUrgent().prefix(size.rows - 1) {
            drawShortNode(node, row: row)
            row += 1
        }
    }

    /// The screen, and beside or below it the lesson.
    private mutating func drawBody(_ rows: ClosedRange<Int>) {
        guard view.lesson != nil else { return drawScreen(rows) }
        let height = lessonRows(of: rows)
        columns -= lessonColumns
        drawScreen(rows.lowerBound...max(rows.lowerBound, rows.upperBound - height))
        columns = size.columns
        drawLesson(rows, height: height)
    }

    private mutating func drawScreen(_ rows: ClosedRange<Int>) {
        switch view.screen {
        case .overview where health.status == .starting: drawStarting(rows)
        case .overview: drawOverview(rows)
        case .network: drawNetwork(rows)
        case .logs: drawLogs(rows)
        case .node: drawNode(rows)
        case .timeline: drawTimeline(rows)
        case .replication: drawReplication(rows)
        case .traffic: drawTraffic(rows)
        case .events: drawEvents(rows)
        case .chaos: drawChaos(rows)
        case .config: drawConfig(rows)
        }
    }

    /// A line that divides.
    mutating func rule(row: Int) {
        let width = max(0, columns - 2)
        write(String(repeating: glyphs.rule, count: width), 1, row, .rule)
    }

    /// Text at a place.
    @discardableResult
    mutating func write(
        _ text: some StringProtocol, _ column: Int, _ row: Int, _ style: Style = .plain,
        _ flags: CellFlags = [], within width: Int = .max
    ) -> Int {
        frame.write(
            text, at: Position(column: column, row: row), style: style, flags: flags,
            within: width)
    }

    /// Pieces of text one after the other.
    @discardableResult
    mutating func write(_ spans: [Span], _ column: Int, _ row: Int, within width: Int = .max) -> Int
    {
        let end = width > columns ? columns : min(columns, column + width)
        var column = column
        for span in spans where column < end {
            column = write(span.text, column, row, span.style, span.flags, within: end - column)
        }
        return column
    }
}

/// A piece of text with a meaning.
struct Span: Equatable {
    var text: String
    var style: Style
    var flags: CellFlags

    init(_ text: String, _ style: Style = .plain, _ flags: CellFlags = []) {
        self.text = text
        self.style = style
        self.flags = flags
    }

    var columns: Int { Width.columns(text) }
}

extension [Span] {
    var columns: Int { reduce(0) { $0 + $1.columns } }
}
