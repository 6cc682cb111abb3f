extension Topology {
    /// What reading a file gave: as much of the model as could be made, and every mistake.
    public struct Reading: Sendable {
        /// `nil` when the file could not even be taken apart. With mistakes it is incomplete, and
        /// good only for finding more of them; it has no scenarios where its machines are not known.
        public var topology: Topology?
        /// Empty when all is well.
        public var mistakes: Diagnostics
    }

    /// Reads a file and keeps what can be kept in spite of mistakes, so that those of the command
    /// lines can be told in the same breath.
    public static func read(
        _ text: String, file: String, settings: [String: String] = [:]
    ) -> Reading {
        let (source, text) = SourceText.readable(text, file: file)
        var loader = TreeLoader(source: source)
        let tree = loader.load(text)
        guard let tree else {
            var found = loader.found
            if found.isEmpty {
                found = [
                    source.diagnostic(
                        at: Place(line: 1, column: 1), "the file is empty", code: "yaml/empty",
                        hint: "a topology has at least 'name' and 'nodes'")
                ]
            }
            return Reading(topology: nil, mistakes: Diagnostics(found))
        }
        var reader = Reader(source: source, overrides: settings)
        reader.found = loader.found
        reader.read(tree)
        return Reading(topology: reader.topology, mistakes: Diagnostics(reader.found))
    }

    /// Where a file stops being UTF-8.
    static func notUTF8(_ bytes: [UInt8], file: String) -> Diagnostic {
        var low = 0
        var high = bytes.count
        // The longest prefix that is valid, give or take a character cut in two.
        while low < high {
            let middle = (low + high + 1) / 2
            let cut = (0...3).contains { back in
                middle - back >= low
                    && String(validating: bytes[..<(middle - back)], as: UTF8.self) != nil
            }
            if cut { low = middle } else { high = middle - 1 }
        }
        let source = SourceText(String(decoding: bytes[..<low], as: UTF8.self), file: file)
        let line = source.lines.count
        return source.diagnostic(
            at: Place(line: line, column: max(1, source.lines[line - 1].count)),
            "the file is not UTF-8 from here on", code: "yaml/encoding",
            hint: "save it as UTF-8")
    }
}

extension Reader {
    /// The whole file. Words that others refer to come first: settings, groups with their ports and
    /// labels, lists. Then everything that may hold a placeholder.
    mutating func read(_ tree: Item) {
        let fields = fields(tree, of: "topology", known: Keys.topology)
        if let item = fields["squall"]?.value { version(item) }
        readSettings(fields["settings"]?.value)
        header(fields, at: tree.place)
        if let item = fields["needs"]?.value { readNeeds(item) }
        guard let nodes = fields["nodes"] else {
            guard case .map = tree.kind else { return }
            complain(tree.place, "there are no nodes", "key/missing", "add a map 'nodes:'")
            return
        }
        let before = found.count
        let groups = readOutlines(nodes.value)
        if let item = fields["workload"]?.value { readWorkload(item) }
        if let field = fields["checks"] { readChecks(field) }
        // Mistakes that leave every name and number as it is meant.
        let harmless = [
            "version/", "key/unknown", "port/", "workload/", "value/time", "value/choice",
            "check/",
        ]
        let machinesAreKnown =
            !topology.members.isEmpty
            && found[before...].allSatisfy { mistake in
                harmless.contains { mistake.code.hasPrefix($0) }
            }
        if let item = fields["lists"]?.value { readLists(item) }
        if let item = fields["metrics"]?.value { defaultMetrics = readMetrics(item) }
        defaultProbe = fields["probe"]?.value
        // A default that no group uses would be read by nobody.
        if let probe = defaultProbe { _ = readProbe(probe, for: nil) }
        for (index, fields) in groups { readDetails(of: index, fields) }
        readDependencies(groups)
        countMachines(nodes.key.place)
        if let item = fields["weather"]?.value {
            topology.weather = readLines(item, "command lines of faults")
        }
        if let item = fields["scenarios"]?.value { readScenarios(item) }
        if let field = fields["lesson"] {
            topology.lesson = readLesson(
                field.value, topology.name, at: field.key.place, isFile: false)
        }
        // Commands about machines that could not be read would only be told a second time.
        if !machinesAreKnown {
            (topology.scenarios, topology.weather, topology.lesson) = ([], [], nil)
        }
    }

    private mutating func version(_ item: Item) {
        guard let passage = text(item, "the number of the language") else { return }
        switch Quantities.number(passage.text) {
        case .value(1): break
        case .value(let newer) where newer > 1:
            complain(item.place, "this needs squall \(newer)", "version/newer", "this is squall 1")
        default:
            complain(
                item.place, "expected 1, found \(item.described)", "value/number", "write squall: 1"
            )
        }
    }

    private mutating func header(_ fields: [String: Item.Entry], at place: Place) {
        if let item = fields["name"]?.value, let name = text(item, "one word") {
            if let word = word(name) { topology.name = word }
        } else if fields["name"] == nil {
            let stem = source.file.split(separator: "/").last.map(String.init) ?? ""
            let name = stem.split(separator: ".").first.map(String.init) ?? ""
            topology.name = Names.wordComplaint(name) == nil ? name : "topology"
        }
        if let item = fields["about"]?.value { topology.about = sentence(item) }
        if let item = fields["fabric"]?.value {
            let words = Topology.Fabric.allCases.map(\.rawValue)
            if let word = choice(item, of: words, at: "topology.fabric") {
                topology.fabric = Topology.Fabric(rawValue: word) ?? .auto
            }
        }
        if let item = fields["security"]?.value {
            _ = choice(item, of: ["open"], at: "topology.security")
        }
    }

    private mutating func readSettings(_ item: Item?) {
        var unused = Set(overrides.keys)
        for entry in item.map({ entries($0, "settings") }) ?? [] {
            guard let name = word(entry.key), let value = rawText(entry.value) else { continue }
            unused.remove(name)
            topology.settings.append(
                Topology.Setting(name: name, value: overrides[name] ?? value.text))
        }
        let known = topology.settings.map(\.name)
        for name in unused.sorted() {
            let hint =
                nearest(name, of: known).map { "did you mean '\($0)'?" }
                ?? (known.isEmpty
                    ? "this topology has no settings"
                    : "settings here: " + known.joined(separator: " "))
            complain(.nowhere, "no setting is called '\(shortened(name))'", "setting/unknown", hint)
        }
    }

    private mutating func readNeeds(_ item: Item) {
        for element in elements(item, "programs") {
            guard let passage = text(element, "a program, e.g. redis-server or valkey-server")
            else {
                continue
            }
            var alternatives: [String] = []
            var wrong = false
            for (index, part) in passage.text.split(separator: " ").enumerated() {
                if index % 2 == 1 {
                    wrong = wrong || part != "or"
                } else {
                    alternatives.append(String(part))
                }
            }
            wrong = wrong || passage.text.split(separator: " ").count % 2 == 0
            if wrong || alternatives.contains(where: { $0.contains("/") }) {
                complain(
                    passage.place, "expected programs joined by 'or', found \(element.described)",
                    "needs/spelling", "one program an entry: [redis-server or valkey-server, curl]")
                continue
            }
            topology.needs.append(Topology.Need(alternatives: alternatives, place: passage.place))
        }
    }

    private mutating func readLists(_ item: Item) {
        for entry in entries(item, "lists") {
            if let name = word(entry.key) { listNames.append(name) }
        }
        for entry in entries(item, "lists") where listNames.contains(entry.key.text) {
            let fields = fields(entry.value, of: "list", known: Keys.list)
            guard let of = required("of", fields, of: "list", entry),
                let each = required("each", fields, of: "list", entry),
                let name = text(of, "a group"), let text = rawText(each)
            else { continue }
            guard let group = topology.group(name.text) else {
                unknownGroup(name)
                continue
            }
            let join = fields["join"].flatMap { rawText($0.value) }?.text ?? ","
            let template = template(text, in: group)
            let own = template.segments.contains {
                if case .reference(.list) = $0 { true } else { false }
            }
            if own { complain(text.place, "a list cannot hold a list", "placeholder/list") }
            topology.lists[entry.key.text] = Topology.List(
                group: group.name, each: template, join: join)
        }
    }

    mutating func required(
        _ key: String, _ fields: [String: Item.Entry], of map: String, _ entry: Item.Entry
    ) -> Item? {
        if let field = fields[key] { return field.value }
        guard case .map = entry.value.kind else { return nil }  // told already
        complain(entry.key.place, "\(map) '\(entry.key.text)' needs '\(key)'", "key/missing")
        return nil
    }

    mutating func unknownGroup(_ name: Passage) {
        let known = topology.groups.map(\.name)
        complain(
            name.place, "no group is called '\(shortened(name.text))'", "name/unknown",
            nearest(name.text, of: known).map { "did you mean '\($0)'?" }
                ?? "groups here: " + known.joined(separator: " "))
    }

    private mutating func countMachines(_ place: Place) {
        let machines = topology.members.count + topology.clients.count
        guard machines > Limits.machines else { return }
        complain(
            place, "\(machines) machines, clients included; at most \(Limits.machines) are allowed",
            "limit/machines")
    }
}
