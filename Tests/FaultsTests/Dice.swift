import Cluster

/// Random choices of a property test, from a seed that failures print.
struct Dice {
    private let random: KeyedRandom
    private var number: UInt64 = 0

    init(seed: UInt64) { random = KeyedRandom(seed: seed) }

    mutating func bits() -> UInt64 {
        number += 1
        return random.bits(.other, number: number)
    }

    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int {
        Int(KeyedRandom.scale(bits(), below: UInt64(bound)))
    }

    mutating func shuffled<T>(_ values: [T]) -> [T] {
        var values = values
        for index in values.indices.dropFirst().reversed() {
            values.swapAt(index, below(index + 1))
        }
        return values
    }

    mutating func fault(_ number: UInt32, nodes: Int) throws -> LinkFaultDraft {
        let parts = (0...below(3)).map { _ in draft(nodes) }
        return LinkFaultDraft(number: number, parts: parts)
    }

    private mutating func draft(_ nodes: Int) -> LinkFaultDraft.Part {
        let links = (0...below(12)).map { _ in
            LinkID(
                from: NodeID(UInt16(below(nodes))), to: NodeID(UInt16(below(nodes))))
        }
        return LinkFaultDraft.Part(
            kind: below(12), links: links, amount: Int64(below(1_000_000_000)),
            port: below(3) == 0 ? UInt16(below(3) + 7_000) : nil)
    }
}

/// What a random fault is made of.
struct LinkFaultDraft {
    struct Part {
        var kind: Int
        var links: [LinkID]
        var amount: Int64
        var port: UInt16?
    }
    var number: UInt32
    var parts: [Part]
}
