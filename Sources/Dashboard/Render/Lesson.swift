import Cluster

/// The panel of a lesson: beside the screen where there is the width, below it otherwise.
extension Renderer {
    /// Columns of the panel at the right; 0 where it lies below.
    var lessonColumns: Int {
        view.lesson == nil || columns < 120 ? 0 : min(64, max(42, columns / 3))
    }

    /// Rows of the panel below the screen; 0 where it stands beside it.
    func lessonRows(of rows: ClosedRange<Int>) -> Int {
        guard let lesson = view.lesson, lessonColumns == 0, rows.count > 1 else { return 0 }
        // The screen keeps a third, and one line at the very least.
        let most = rows.count - max(1, rows.count / 3)
        let told = blocks(of: lesson, width: columns - 2).reduce(0) { $0 + $1.lines.count }
        return min(most, told + (most > 4 ? 3 : 2))
    }

    /// Draws the panel over a part of the rows.
    mutating func drawLesson(_ rows: ClosedRange<Int>, height: Int) {
        guard let lesson = view.lesson else { return }
        let width = lessonColumns
        guard width == 0 else {
            let left = columns - width
            for row in rows {
                frame.clear(row: row, columns: left..<columns)
                write(glyphs.bar, left, row, .rule)
            }
            return draw(lesson, rows, from: left + 2, width: width - 3)
        }
        guard height > 0 else { return }
        var top = rows.upperBound - height + 1
        for row in top...rows.upperBound { frame.clear(row: row, columns: 0..<columns) }
        if height > 4 {
            rule(row: top)
            top += 1
        }
        draw(lesson, top...rows.upperBound, from: 1, width: columns - 2, isTight: true)
    }

    private mutating func draw(
        _ lesson: LessonPanel, _ rows: ClosedRange<Int>, from left: Int, width: Int,
        isTight: Bool = false
    ) {
        var row = rows.lowerBound
        let keys = keys(of: lesson)
        let position = "  \(lesson.position)"
        let room = width - Width.columns(position)
        let end = write(
            lesson.title.left(min(room, Width.columns(lesson.title)), ellipsis: glyphs.ellipsis),
            left, row, .accent, .bold)
        write(position, end, row, .quiet)
        row += 1
        let hasKeys = rows.count > 2
        let last = rows.upperBound - (hasKeys ? 1 : 0)
        for block in fitting(
            blocks(of: lesson, width: width), rows: last - row + 1, isTight: isTight)
        {
            if !isTight, row < last { row += 1 }
            for line in block.lines where row <= last {
                write(line, left, row, within: width)
                row += 1
            }
        }
        if hasKeys { drawKeys(keys, left, rows.upperBound, width) }
    }

    // MARK: What is told

    /// Lines that belong together, and how soon they are left out when there is no room: 0 never.
    struct LessonBlock {
        var lines: [[Span]]
        var rank: Int
    }

    private func fitting(
        _ blocks: [LessonBlock], rows: Int, isTight: Bool
    ) -> [LessonBlock] {
        var blocks = blocks
        let height = { (blocks: [LessonBlock]) in
            blocks.reduce(0) { $0 + $1.lines.count + (isTight ? 0 : 1) }
        }
        while blocks.count > 1, height(blocks) > rows, let worst = blocks.map(\.rank).max(),
            worst > 0,
            let index = blocks.firstIndex(where: { $0.rank == worst })
        {
            blocks.remove(at: index)
        }
        return blocks
    }

    private func blocks(of lesson: LessonPanel, width: Int) -> [LessonBlock] {
        var blocks: [LessonBlock] = []
        func add(
            _ text: String, sign: String = "", _ style: Style = .plain, _ signStyle: Style = .quiet,
            rank: Int
        ) {
            blocks.append(
                LessonBlock(lines: paragraph(text, sign, style, signStyle, width), rank: rank))
        }
        let isOver = lesson.isDone == true
        if let say = lesson.say { add(say, rank: lesson.task == nil ? 1 : 5) }
        if let question = lesson.question {
            blocks.append(
                LessonBlock(
                    lines: lines(of: question, width),
                    rank: question.isOpen || lesson.task == nil ? 1 : 4))
        }
        if let task = lesson.task {
            let sign = lesson.isDone.map { $0 ? glyphs.ready : glyphs.open } ?? glyphs.cursor
            add(task, sign: sign, .plain, isOver ? .good : .accent, rank: isOver ? 3 : 0)
        } else if let isDone = lesson.isDone {
            add(
                isDone ? "done" : "wait and see", sign: isDone ? glyphs.ready : glyphs.open, .quiet,
                isDone ? .good : .accent, rank: 2)
        }
        for (index, hint) in lesson.hints.enumerated() {
            let isNewest = index == lesson.hints.count - 1
            add(
                hint, sign: "?", hint.hasPrefix(":") ? .command : .quiet, .warning,
                rank: isNewest ? 2 : 6)
        }
        if let trouble = lesson.trouble { add(trouble, sign: "!", .alarm, .alarm, rank: 1) }
        if let learned = lesson.learned {
            add(learned, sign: glyphs.verdict, .plain, .good, rank: 1)
        }
        return blocks
    }

    private func lines(of question: LessonPanel.Question, _ width: Int) -> [[Span]] {
        var lines = paragraph(question.ask, "", .plain, .quiet, width, .bold)
        for (index, choice) in question.choices.enumerated() {
            let number = index + 1
            let isChosen = question.chosen == number
            let isRight = question.right == number
            let style: Style =
                isRight ? .good : isChosen && question.right != nil ? .warning : .plain
            let sign = question.isOpen ? "\(number)" : isChosen ? glyphs.cursor : " "
            let mark = isRight ? " \(glyphs.heal)" : ""
            lines += paragraph(
                choice + mark, sign, question.isOpen || isChosen || isRight ? style : .quiet,
                question.isOpen ? .key : .accent, width)
        }
        if question.right != nil {
            let said =
                question.chosen == nil
                ? "You did not say." : question.chosen == question.right ? "You said so." : ""
            lines += paragraph(
                [said, question.because].filter { !$0.isEmpty }.joined(separator: " "), "", .quiet,
                .quiet, width)
        }
        return lines
    }

    /// Words in lines, behind a sign that stands out.
    private func paragraph(
        _ text: String, _ sign: String, _ style: Style, _ signStyle: Style, _ width: Int,
        _ flags: CellFlags = []
    ) -> [[Span]] {
        let indent = sign.isEmpty ? 0 : 2
        return wrapped(text, max(1, width - indent), most: .max).enumerated().map { index, line in
            guard indent > 0 else { return [Span(line, style, flags)] }
            let lead = index == 0 ? sign.left(2) : "  "
            return [Span(lead, signStyle, .bold), Span(line, style, flags)]
        }
    }

    // MARK: Its keys

    private func keys(of lesson: LessonPanel) -> [(key: String, word: String, input: Input?)] {
        var keys: [(key: String, word: String, input: Input?)] = []
        if let question = lesson.question, question.isOpen {
            keys.append(("1-\(question.choices.count)", "your prediction", nil))
        }
        if lesson.hasMoreHints { keys.append(("H", "hint", .character("H"))) }
        if lesson.canGoOn { keys.append((glyphs.enter, "go on", .enter)) }
        return keys
    }

    private mutating func drawKeys(
        _ keys: [(key: String, word: String, input: Input?)], _ left: Int, _ row: Int, _ width: Int
    ) {
        var column = left
        for (key, word, input) in keys where column + Width.columns(key + word) < left + width {
            let start = column
            column = write(key, column, row, .key, .bold)
            column = write(" " + word, column, row, .quiet)
            if let input { frame.region(row: row, columns: start..<column, .key(input)) }
            column += 2
        }
    }
}
