extension Reader {
    /// The topology of a lesson that is a file of its own.
    mutating func readWith(_ tree: Item) -> Passage? {
        let fields = fields(tree, of: "lesson", known: Keys.lesson)
        if let item = fields["with"]?.value {
            let word = text(item, "a topology, e.g. kv")
            return found.isEmpty ? word : nil
        }
        if case .map = tree.kind {
            complain(
                tree.place, "a lesson needs 'with'", "key/missing",
                "name its topology: 'with: kv'")
        }
        return nil
    }

    /// A lesson, in a topology or in a file of its own.
    mutating func readLesson(
        _ item: Item, _ name: String, at place: Place, isFile: Bool
    ) -> Topology.Lesson? {
        guard case .map = item.kind else {
            expected("a map with \(Keys.lesson.joined(separator: ", "))", item)
            return nil
        }
        let fields = fields(item, of: "lesson", known: Keys.lesson)
        var lesson = Topology.Lesson(name: name, title: "", minutes: 0, place: place)
        if let with = fields["with"], !isFile {
            complain(
                with.key.place, "a lesson inside of a topology is about that topology",
                "lesson/with", "leave 'with' out, or move the lesson to a file of its own")
        }
        lesson.title = needed("title", fields, of: "lesson", place).flatMap { words($0) } ?? ""
        lesson.minutes =
            needed("minutes", fields, of: "lesson", place).flatMap { number($0, 1...600) } ?? 0
        if let item = fields["set"]?.value { lesson.settings = readChosen(item) }
        if let item = needed("steps", fields, of: "lesson", place) {
            let steps = elements(item, "steps")
            lesson.steps = steps.compactMap { readLessonStep($0) }
            if case .list = item.kind, steps.isEmpty {
                complain(item.place, "a lesson needs a step", "lesson/empty")
            }
        }
        return lesson
    }

    /// Settings with other values: each must be one of the topology.
    private mutating func readChosen(_ item: Item) -> [Topology.Setting] {
        let known = topology.settings.map(\.name)
        return entries(item, "set").compactMap { entry in
            guard let value = rawText(entry.value) else { return nil }
            guard known.contains(entry.key.text) else {
                complain(
                    entry.key.place,
                    "no setting of \(topology.name) is called '\(shortened(entry.key.text))'",
                    "setting/unknown",
                    nearest(entry.key.text, of: known).map { "did you mean '\($0)'?" }
                        ?? (known.isEmpty
                            ? "\(topology.name) has no settings"
                            : "settings there: " + known.joined(separator: " ")))
                return nil
            }
            return Topology.Setting(name: entry.key.text, value: value.text)
        }
    }

    // MARK: Steps

    private mutating func readLessonStep(_ item: Item) -> Topology.Lesson.Step? {
        guard case .map = item.kind else {
            expected("a step of a lesson: a map with say, do, done …", item)
            return nil
        }
        let fields = fields(item, of: "lesson step", known: Keys.lessonStep)
        var step = Topology.Lesson.Step()
        if let item = fields["run"]?.value { step.run = readLines(item, "command lines") }
        if let item = fields["say"]?.value { step.say = words(item) }
        if let item = fields["show"]?.value { step.show = text(item, "a screen") }
        if let item = fields["predict"]?.value { step.predict = readPrediction(item) }
        if let item = fields["do"]?.value { step.task = words(item) }
        if let item = fields["try"]?.value { step.attempt = readLines(item, "command lines") }
        if let item = fields["done"]?.value { step.done = text(item, "an expression") }
        if let item = fields["hints"]?.value {
            step.hints = elements(item, "hints").compactMap { words($0) }
        }
        if let item = fields["learned"]?.value { step.learned = words(item) }
        if fields["say"] == nil, fields["do"] == nil, fields["predict"] == nil {
            complain(
                item.place, "this step tells its reader nothing", "lesson/silent",
                "add 'say', 'do' or 'predict'")
        }
        for word in ["try", "hints"] where fields["done"] == nil {
            guard let field = fields[word] else { continue }
            complain(
                field.key.place, "'\(word)' needs 'done': nobody could tell when the task is done",
                "lesson/done", "add 'done:' with an expression")
        }
        return step
    }

    private mutating func readPrediction(_ item: Item) -> Topology.Lesson.Prediction? {
        guard case .map = item.kind else {
            expected("a map with \(Keys.prediction.joined(separator: ", "))", item)
            return nil
        }
        let fields = fields(item, of: "predict", known: Keys.prediction)
        let ask = needed("ask", fields, of: "predict", item.place).flatMap { words($0) }
        var choices: [String] = []
        if let list = needed("choices", fields, of: "predict", item.place) {
            let found = elements(list, "answers")
            choices = found.compactMap { words($0) }
            if case .list = list.kind, !(2...9).contains(found.count) {
                complain(
                    list.place, "from two to nine answers, found \(found.count)", "lesson/choices",
                    "each has a digit for a key")
            }
        }
        let answer = needed("answer", fields, of: "predict", item.place)
            .flatMap { number($0, 1...max(1, choices.count)) }
        let because = needed("because", fields, of: "predict", item.place).flatMap { words($0) }
        guard let ask, let answer, let because, !choices.isEmpty else { return nil }
        return .init(ask: ask, choices: choices, answer: answer, because: because)
    }

    // MARK: Texts

    /// A text that says something, its line breaks as blanks.
    private mutating func words(_ item: Item) -> String? {
        guard let passage = text(item) else { return nil }
        let words = passage.text.split { $0 == " " || $0 == "\n" || $0 == "\t" }
        guard !words.isEmpty else {
            complain(item.place, "an empty text", "lesson/blank")
            return nil
        }
        return words.joined(separator: " ")
    }

    private mutating func needed(
        _ key: String, _ fields: [String: Item.Entry], of map: String, _ place: Place
    ) -> Item? {
        if let field = fields[key] { return field.value }
        complain(place, "\(map) needs '\(key)'", "key/missing")
        return nil
    }
}
