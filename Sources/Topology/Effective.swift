/// What counts in a run, and where each value comes from.
extension Topology {
    /// A value of the topology.
    public struct EffectiveValue: Hashable, Sendable {
        /// Keys from the outside in: `nodes`, `kv`, `probe`, `every`.
        public var path: [String]
        /// As it counts: settings are filled in.
        public var text: String
        /// Where it comes from.
        public var origin: Origin
    }

    /// Where a value comes from.
    public enum Origin: Hashable, Sendable {
        /// A line of the file, from 1.
        case file(line: Int)
        /// A setting of the command line, in place of the line of the file.
        case commandLine(line: Int)
        /// A line of the file into which settings of the command line are filled.
        case filled(line: Int)
        /// Nobody said otherwise.
        case standard
    }

    /// Every value: those of the file in its order, then what squall takes for keys that are not there.
    /// Scenarios are left out; they are no values. `overrides` are those that it was read with.
    public func effective(overrides: [String: String] = [:]) -> [EffectiveValue] {
        let text = (1...max(1, source.lines.count)).map(source.line).joined(separator: "\n")
        var loader = TreeLoader(source: source)
        guard let tree = loader.load(text) else { return [] }
        var values = Flattening(settings: settings, overrides: overrides).values(of: tree)
        let known = Set(values.map(\.path))
        let prefixes = Set(
            values.flatMap { value in value.path.indices.map { value.path.prefix($0) } })
        for (path, text) in standards where !known.contains(path) && !prefixes.contains(path[...]) {
            values.append(EffectiveValue(path: path, text: text, origin: .standard))
        }
        return values
    }

    /// What counts where the file says nothing.
    private var standards: [(path: [String], text: String)] {
        var all: [([String], String)] = [(["fabric"], fabric.rawValue)]
        for group in groups {
            let path = ["nodes", group.name]
            func add(_ keys: String..., text: String) { all.append((path + keys, text)) }
            add("count", text: "\(group.count ?? 1)")
            if let probe = group.probe {
                add("probe", "port", text: probe.port)
                add("probe", "every", text: probe.every.written)
                add("probe", "timeout", text: probe.timeout.written)
                add("probe", "healthy after", text: "\(probe.healthyAfter)")
                add("probe", "unhealthy after", text: "\(probe.unhealthyAfter)")
            }
            add("restart", "policy", text: group.restart.policy.rawValue)
            add(
                "restart", "backoff",
                text:
                    "\(group.restart.backoff.lowerBound.written)..\(group.restart.backoff.upperBound.written)"
            )
            add("restart", "limit", text: group.restart.limit.map(String.init) ?? "none")
            add("stop", "signal", text: group.stop.signal)
            add("stop", "grace", text: group.stop.grace.written)
            add("disk", text: "a directory")
            add("cpu", text: "no limit")
            add("memory", text: "no limit")
        }
        guard let workload else { return all }
        func add(_ key: String, _ text: String) { all.append((["workload", key], text)) }
        add("kind", workload.kind.rawValue)
        add("driver", workload.driver.rawValue)
        add("target", workload.target ?? "all nodes")
        add("keys", "\(workload.keys)")
        add("traffic", "\(Int(workload.traffic.rounded()))/s")
        add("clients", "\(workload.clients)")
        add("connections", "\(workload.connections)")
        add("timeout", workload.timeout.written)
        if let history = workload.history {
            add("history", "\(history.operations) operations, \(history.bytes) bytes")
        }
        return all
    }
}

/// Takes a file's tree apart into its values.
private struct Flattening {
    let settings: [Topology.Setting]
    let overrides: [String: String]

    func values(of tree: Item) -> [Topology.EffectiveValue] {
        guard case .map(let entries) = tree.kind else { return [] }
        return entries.filter { $0.key.text != "scenarios" }.flatMap {
            values(of: $0.value, at: [$0.key.text])
        }
    }

    private func values(of item: Item, at path: [String]) -> [Topology.EffectiveValue] {
        let line = item.place.line
        switch item.kind {
        case .map(let entries):
            return entries.flatMap { values(of: $0.value, at: path + [$0.key.text]) }
        case .list(let items):
            guard items.contains(where: { if case .map = $0.kind { true } else { false } }) else {
                let texts = items.map { self.text(of: $0).text }
                return [
                    .init(
                        path: path, text: texts.joined(separator: ", "), origin: .file(line: line))
                ]
            }
            return items.enumerated().flatMap { values(of: $1, at: path + ["\($0 + 1)"]) }
        case .text:
            if path.count == 2, path[0] == "settings", let value = overrides[path[1]] {
                return [.init(path: path, text: value, origin: .commandLine(line: line))]
            }
            let (text, isFilled) = text(of: item)
            return [
                .init(
                    path: path, text: text,
                    origin: isFilled ? .filled(line: line) : .file(line: line))
            ]
        }
    }

    /// On one line, settings filled in; and whether one of them is the command line's.
    private func text(of item: Item) -> (text: String, isFilled: Bool) {
        guard case .text(let passage, _, _) = item.kind else { return (item.described, false) }
        var text = passage.text
        var isFilled = false
        for setting in settings {
            let placeholder = "{setting.\(setting.name)}"
            guard text.contains(placeholder) else { continue }
            text = text.replacing(placeholder, with: setting.value)
            isFilled = isFilled || overrides[setting.name] != nil
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        return (lines.joined(separator: " \u{21B5} "), isFilled)
    }
}

extension Duration {
    /// As the file would write it: whole seconds, else milliseconds.
    fileprivate var written: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        return milliseconds.isMultiple(of: 1_000) ? "\(seconds)s" : "\(milliseconds)ms"
    }
}
