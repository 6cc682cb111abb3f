public import Cluster

/// What a learner has done by hand since the step of a lesson began: answers `did(verb, nodes)` and
/// `last(verb, node)`. Entries go in one by one, so that `did(crash, leader)` is about whoever led then.
public struct Deeds: Sendable {
    private var commands: [Deed] = []
    private var asked: [NodeID: [AskRecord.Verb: AskRecord]] = [:]

    private struct Deed: Sendable {
        var verb: String
        var nodes: [NodeID]
        var links: LinkSet
        /// Who led, and who followed, when it was done.
        var roster: Roster
    }

    /// More deeds than this of one step are not remembered; the oldest are forgotten.
    private static let kept = 200

    /// Nothing was done yet.
    public init() {}

    /// Takes in what was done; `core` has folded the entry. What `squall` did itself is not the learner's.
    public mutating func take(_ entry: Entry, core: Core) {
        switch entry.event {
        case .commandAccepted(let record) where record.by != LessonRun.own:
            guard let command = try? Command(parsing: record.names),
                let found = try? command.resolved(
                    in: core, random: KeyedRandom(seed: 0), number: record.number)
            else { return }
            keep(
                Deed(
                    verb: command.verb, nodes: found.nodes, links: found.links, roster: Roster(core)
                ))
        case .note(_, let by) where by != LessonRun.own:
            keep(Deed(verb: "note", nodes: [], links: LinkSet(), roster: Roster(core)))
        case .asked(let record) where record.by != LessonRun.own:
            asked[record.node, default: [:]][record.verb] = record
        default: break
        }
    }

    private mutating func keep(_ deed: Deed) {
        if commands.count == Deeds.kept { commands.removeFirst() }
        commands.append(deed)
    }

    /// Whether a verb was used, on at least one of these nodes if some are named.
    func did(_ verb: String, _ nodes: Selector?) -> Bool {
        commands.contains { deed in
            guard deed.verb == verb else { return false }
            guard let nodes else { return true }
            let random = KeyedRandom(seed: 0)
            let meant = try? nodes.resolve(in: deed.roster, random: random, command: 0)
            return (meant ?? []).contains { node in
                deed.nodes.isEmpty ? deed.links.touches(node) : deed.nodes.contains(node)
            }
        }
    }

    /// What came of the last operation of its kind there.
    func last(_ verb: AskRecord.Verb, _ node: NodeID) -> AskRecord? { asked[node]?[verb] }
}

extension Command {
    /// The word that it begins with.
    var verb: String { String(text.prefix { $0 != " " }) }
}

extension Evaluation {
    /// `did(cut, kv-1)`: only where somebody learns is it known what was done by hand.
    func didFigure(_ term: SignalTerm) -> Figure {
        guard let deeds, case .nodes(let first)? = term.arguments.first,
            case .name(let verb)? = first.terms.first
        else { return Figure(label: term.text, reading: .unknown("nobody learns here")) }
        var nodes: Selector?
        if term.arguments.count > 1, case .nodes(let named) = term.arguments[1] { nodes = named }
        return Figure(label: term.text, reading: .truth(deeds.did(verb, nodes)))
    }
}
