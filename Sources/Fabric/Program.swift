internal import Cluster
internal import Faults

/// A `LinkTable` as the packet loop reads it: plain memory, no reference. Made by the handle for each
/// change, adopted whole, given back and freed by the handle.
struct Program: BitwiseCopyable {
    private(set) var nodes: Int
    private(set) var rowOfSender: UnsafeMutablePointer<Int32>
    private(set) var policies: UnsafeMutablePointer<LinkPolicy>
    private(set) var terms: UnsafeMutablePointer<Term>
    private(set) var termCount: Int
    /// What each term did; the only part that changes.
    private(set) var counts: UnsafeMutablePointer<TermCount>
    /// Where each term was in the program before; `fresh` when it was not there.
    private(set) var places: UnsafeMutablePointer<UInt32>
    private(set) var links: UnsafeMutablePointer<LinkID>
    private(set) var linkCount: Int
    /// Sixteen deadlines for each link on which some faults make only some packets wait: no packet that
    /// matches the same of them leaves earlier.
    private(set) var floors: UnsafeMutablePointer<Int64>
    /// Where a link's floors are, by its first term; empty when no link has any.
    private(set) var floorPlaces: UnsafeMutablePointer<UInt32>

    private static let fresh = UInt32.max

    /// The program of a table that follows another one.
    init(_ table: LinkTable, after old: LinkTable) {
        nodes = table.nodes
        rowOfSender = Self.copy(table.rowOfSender)
        policies = Self.copy(table.policies)
        terms = Self.copy(table.terms)
        termCount = table.terms.count
        counts = .allocate(capacity: max(1, termCount))
        counts.initialize(repeating: TermCount(), count: termCount)
        places = Self.copy(table.places(in: old).map { $0 ?? Self.fresh })
        links = Self.copy(table.links)
        linkCount = table.links.count
        (floors, floorPlaces) = Self.floors(of: table)
    }

    private static func floors(
        of table: LinkTable
    ) -> (UnsafeMutablePointer<Int64>, UnsafeMutablePointer<UInt32>) {
        let isApart = table.terms.contains { $0.options.contains(.apart) }
        var places = [UInt32](repeating: 0, count: isApart ? table.terms.count : 0)
        var count = 0
        if isApart {
            for link in table.links
            where table.terms(link).contains(where: { $0.options.contains(.apart) }) {
                places[Int(table.policy(link).first)] = UInt32(count)
                count += 16
            }
        }
        let floors = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, count))
        floors.initialize(repeating: 0, count: max(1, count))
        return (floors, copy(places))
    }

    /// Frees its memory; no copy may be used afterwards.
    func free() {
        rowOfSender.deallocate()
        policies.deallocate()
        terms.deallocate()
        counts.deallocate()
        places.deallocate()
        links.deallocate()
        floors.deallocate()
        floorPlaces.deallocate()
    }

    private static func copy<T: BitwiseCopyable>(_ array: [T]) -> UnsafeMutablePointer<T> {
        let memory = UnsafeMutablePointer<T>.allocate(capacity: max(1, array.count))
        array.withUnsafeBufferPointer {
            if let base = $0.baseAddress { memory.initialize(from: base, count: array.count) }
        }
        return memory
    }

    /// What holds for one direction.
    func policy(_ from: UInt16, _ to: UInt16) -> LinkPolicy {
        guard Int(from) < nodes, Int(to) < nodes else { return .open }
        let row = Int(rowOfSender[Int(from)])
        return row < 0 ? .open : policies[row * nodes + Int(to)]
    }

    /// Counts go on where they were; called between two packets.
    func takeCounts(from old: Program) {
        for index in 0..<termCount where places[index] != Self.fresh {
            counts[index] = old.counts[Int(places[index])]
        }
    }

    /// Counts what was lost from a queue because the link is cut now.
    func countLost(_ policy: LinkPolicy, _ packets: UInt64) {
        for index in Int(policy.first)..<Int(policy.first) + Int(policy.count) {
            let term = terms[index]
            guard term.kind == .mute || term.kind == .cut else { continue }
            guard term.match == .everything, term.port == 0 else { continue }
            counts[index].matched &+= packets
            counts[index].dropped &+= packets
        }
    }

    /// What each fault did, link by link; only what matched anything.
    var faultCounts: [(LinkID, FaultID, TermCount)] {
        var all: [(LinkID, FaultID, TermCount)] = []
        for index in 0..<linkCount {
            let policy = policy(links[index].from.index, links[index].to.index)
            for term in Int(policy.first)..<Int(policy.first) + Int(policy.count)
            where counts[term].matched > 0 {
                all.append((links[index], terms[term].fault, counts[term]))
            }
        }
        return all
    }

    /// The faults that it is made of.
    var faults: Set<FaultID> { Set((0..<termCount).map { terms[$0].fault }) }
}
