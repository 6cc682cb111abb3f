public import Cluster

/// Draws schedules for a cluster. The n-th schedule of a seed is always the same one.
///
/// Faults are about machines by name, never by role: what a schedule does must not depend on who leads
/// when it is repeated.
public struct ScheduleDraw: Sendable {
    /// Names of the nodes.
    public let nodes: [String]
    /// Names of the load generators.
    public let clients: [String]
    private let random: KeyedRandom

    /// Draws for these machines.
    public init(_ machines: [NodeDescription], seed: UInt64) {
        nodes = machines.filter { $0.kind == .node }.map(\.name)
        clients = machines.filter { $0.kind == .client }.map(\.name)
        random = KeyedRandom(seed: seed)
    }

    /// The `number`-th schedule: so many faults that begin within `length`.
    public func schedule(_ number: UInt64, faults count: Int, within length: Duration) -> Schedule {
        var lot = Lot(random: random, number: number)
        return Schedule(
            (0..<max(0, count)).map { _ in
                let begins = lot.time(.zero...length)
                let lasts = lot.time(.seconds(1)...(.seconds(8)))
                return Schedule.Planned(begins: begins, lasts: lasts, text: fault(&lot))
            })
    }

    // MARK: Faults

    private func fault(_ lot: inout Lot) -> String {
        guard nodes.count > 1 else { return process(&lot) }
        // Out of ten: four on processes, four that divide, two that disturb.
        switch lot.below(10) {
        case 0..<4: return process(&lot)
        case 4..<7: return partition(&lot)
        case 7: return isolate(&lot)
        case 8:
            return
                "delay \(line(&lot)) by \(lot.time(.milliseconds(50)...(.milliseconds(500))).text)"
        default: return "loss \(line(&lot)) \(10 + lot.below(60))%"
        }
    }

    private func process(_ lot: inout Lot) -> String {
        let verbs = ["crash", "crash", "pause", "freeze", "poweroff"]
        return "\(verbs[lot.below(verbs.count)]) \(lot.one(of: nodes))"
    }

    /// A minority is apart, now and then with some of the clients on its side.
    private func partition(_ lot: inout Lot) -> String {
        let most = max(1, (nodes.count - 1) / 2)
        let apart = lot.some(1 + lot.below(most), of: nodes)
        let withThem = lot.below(2) == 0 ? [] : lot.some(lot.below(clients.count + 1), of: clients)
        return "partition \((apart + withThem).joined(separator: ",")) / rest"
    }

    private func isolate(_ lot: inout Lot) -> String {
        let two = lot.some(2, of: nodes)
        return switch lot.below(3) {
        case 0: "isolate \(two[0])"
        case 1: "cut from \(two[0]) to \(two[1])"
        default: "cut between \(two[0]) and \(two[1])"
        }
    }

    private func line(_ lot: inout Lot) -> String {
        let two = lot.some(2, of: nodes)
        return "between \(two[0]) and \(two[1])"
    }
}

/// The draws of one schedule, one after the other.
private struct Lot {
    let random: KeyedRandom
    let number: UInt64
    private var draws: UInt16 = 0

    init(random: KeyedRandom, number: UInt64) {
        self.random = random
        self.number = number
    }

    /// A number from 0 up to, not including, `bound`.
    mutating func below(_ bound: Int) -> Int {
        draws &+= 1
        let bits = random.bits(.hunt, number: number, lane: draws)
        return Int(KeyedRandom.scale(bits, below: UInt64(max(1, bound))))
    }

    mutating func one(of names: [String]) -> String { names[below(names.count)] }

    /// So many different ones, in the order of the cluster.
    mutating func some(_ count: Int, of names: [String]) -> [String] {
        var left = Array(names.indices)
        var chosen: [Int] = []
        for _ in 0..<min(count, names.count) { chosen.append(left.remove(at: below(left.count))) }
        return chosen.sorted().map { names[$0] }
    }

    /// In steps of a tenth of a second: whoever reads the script should not wonder about digits.
    mutating func time(_ range: ClosedRange<Duration>) -> Duration {
        let step: Int64 = range.upperBound < .seconds(1) ? 10_000 : 100_000
        let low = range.lowerBound.microseconds / step
        let width = range.upperBound.microseconds / step - low
        return .microseconds((low + Int64(below(Int(width) + 1))) * step)
    }
}
