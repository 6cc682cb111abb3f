internal import Cluster
internal import Exports

/// What a line that somebody typed asks of a lab that is told in lines. Pure.
enum Asking: Equatable {
    /// Nothing: an empty line, or a remark.
    case nothing
    /// These lines answer it.
    case told([String])
    /// It can't be done, and why.
    case refused(String)
    /// A line of the command language.
    case command(String)
    /// The cluster ends.
    case quit
    /// The cluster goes on without this viewer.
    case detach

    /// `line` as it was typed, in a lab that is in this state.
    init(_ line: String, _ core: Core, now: Stamp, readOnly: Bool) {
        let words = line.split { $0.isWhitespace }.map(String.init)
        guard let first = words.first, !first.hasPrefix("#") else {
            self = .nothing
            return
        }
        switch (first, words.count) {
        case ("status", 1): self = .told(ClusterStatus.lines(core))
        case ("help", 1): self = .told(Self.help)
        case ("help", 2):
            let verb = LanguageReference.verbs.first { $0.word == words[1] }
            self =
                verb.map { .told(["\($0.usage): \($0.help)"]) }
                ?? .refused("there is no command \(words[1]); help lists them")
        case ("why", 2):
            guard let node = core.nodes.first(where: { $0.name == words[1] }) else {
                let names = core.nodes.map(\.name).joined(separator: ", ")
                self = .refused("there is no node \(words[1]): \(names)")
                return
            }
            self = .told(Why(core).lines(about: node.id, at: max(now, core.now)))
        case ("why", _): self = .refused("why takes a node: why kv-1")
        case ("quit", 1): self = .quit
        case ("detach", 1): self = .detach
        default:
            let text = words.joined(separator: " ")
            self =
                readOnly
                ? .refused("started with --read-only: commands are refused")
                : .command(line.contains("\"") ? line : text)
        }
    }

    /// What can be typed.
    static var help: [String] {
        let verbs = LanguageReference.verbs.filter(\.isInThisVersion).map(\.word)
        return [
            "status: the cluster, its clients, each node, each fault",
            "why NODE: why it is as it is",
            "help VERB: what a command does",
            "quit: ends the cluster",
            "detach: leaves, and the cluster goes on",
            "commands: \(verbs.joined(separator: ", "))",
        ]
    }
}
