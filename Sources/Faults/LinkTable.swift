public import Cluster

/// The programs of all links: what the active faults add up to. A value, built anew for each change,
/// adopted whole by the switch.
///
/// Two tables are equal when the same faults are active, in whatever order they came: terms lie
/// sorted by link, fault and lane. Rows of policies exist only for senders that some fault touches,
/// so that a thousand machines with one broken link cost one row.
public struct LinkTable: Hashable, Sendable {
    /// How many machines it knows; links beyond are open.
    public let nodes: Int
    /// Sender → row number, -1 where no link of the sender is touched.
    public let rowOfSender: [Int32]
    /// Rows of `nodes` policies.
    public let policies: [LinkPolicy]
    /// The terms that policies point at.
    public let terms: [Term]
    /// The links that are touched, sorted.
    public let links: [LinkID]

    /// The table of faults that are active at once, in any order; a repeated identifier counts once.
    /// Terms on machines beyond `nodes` are left out.
    public init(_ faults: [LinkFault] = [], nodes: Int) {
        var rows: [Row] = []
        var seen = Set<FaultID>()
        for fault in faults where seen.insert(fault.id).inserted {
            for (lane, part) in fault.parts.enumerated() {
                let term = Term(
                    part, fault: fault.id, lane: UInt8(truncatingIfNeeded: lane),
                    began: fault.began)
                for link in part.links
                where Int(link.from.index) < nodes && Int(link.to.index) < nodes {
                    rows.append(Row(link: link, term: term))
                }
            }
        }
        rows.sort { $0.order < $1.order }

        var rowOfSender = [Int32](repeating: -1, count: nodes)
        var policies: [LinkPolicy] = []
        var links: [LinkID] = []
        var next = 0
        while next < rows.count {
            let link = rows[next].link
            var policy = LinkPolicy(first: UInt32(next), count: 0, flags: [])
            while next < rows.count, rows[next].link == link {
                policy.count += 1
                policy.flags.formUnion(rows[next].term.flags)
                next += 1
            }
            let sender = Int(link.from.index)
            if rowOfSender[sender] < 0 {
                rowOfSender[sender] = Int32(policies.count / nodes)
                policies.append(contentsOf: repeatElement(.open, count: nodes))
            }
            policies[Int(rowOfSender[sender]) * nodes + Int(link.to.index)] = policy
            links.append(link)
        }
        self.nodes = nodes
        self.rowOfSender = rowOfSender
        self.policies = policies
        self.links = links
        terms = rows.map(\.term)
    }

    /// What holds for one direction.
    public func policy(_ link: LinkID) -> LinkPolicy {
        let (from, to) = (Int(link.from.index), Int(link.to.index))
        guard from < nodes, to < nodes, rowOfSender[from] >= 0 else { return .open }
        return policies[Int(rowOfSender[from]) * nodes + to]
    }

    /// The terms on one direction, in order of injection.
    public func terms(_ link: LinkID) -> ArraySlice<Term> {
        let policy = policy(link)
        return terms[Int(policy.first)..<Int(policy.first) + Int(policy.count)]
    }

    /// Whether no link is touched.
    public var isEmpty: Bool { terms.isEmpty }

    /// For each of this table's terms the place of the same one in an older table, `nil` for new ones.
    /// With it counts, and so random decisions, go on where they were.
    public func places(in old: LinkTable) -> [UInt32?] {
        var places = [UInt32?](repeating: nil, count: terms.count)
        var oldLinks = old.links[...]
        for link in links {
            while let first = oldLinks.first, first < link { oldLinks.removeFirst() }
            guard oldLinks.first == link else { continue }
            let (mine, theirs) = (policy(link), old.policy(link))
            var candidate = Int(theirs.first)
            let end = candidate + Int(theirs.count)
            for index in Int(mine.first)..<Int(mine.first) + Int(mine.count) {
                while candidate < end, old.terms[candidate].order < terms[index].order {
                    candidate += 1
                }
                if candidate < end, old.terms[candidate] == terms[index] {
                    places[index] = UInt32(candidate)
                }
            }
        }
        return places
    }

    private struct Row {
        let link: LinkID
        let term: Term
        /// By sender, receiver, then the term's own order.
        var order: (UInt32, UInt64) {
            (UInt32(link.from.index) << 16 | UInt32(link.to.index), term.order)
        }
    }
}

extension Term {
    /// By fault, then lane.
    fileprivate var order: UInt64 { UInt64(fault.number) << 8 | UInt64(lane) }

    /// What it adds to its link's flags.
    fileprivate var flags: LinkFlags {
        let whole = match == .everything && port == 0
        var flags: LinkFlags =
            switch kind {
            case .cut: whole ? .cut : []
            case .mute: [.cut, .mute]
            case .hold: whole ? .hold : []
            case .loss: .perPacket
            case .delay: shape == .constant ? .timed : [.timed, .perPacket]
            case .duplicate, .reorder, .corrupt, .limit, .mtu: [.perPacket, .alters]
            case .refuse: .alters
            }
        if options.contains(.apart) { flags.insert(.alters) }
        return flags
    }
}
