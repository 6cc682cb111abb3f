import Testing

@testable import Checkers

@Suite("The verdict while a run goes on")
struct LiveTests {
    /// The operations of a small history as a run tells them.
    private func told(_ oracle: RegisterOracle) -> [LiveOperation] {
        func value(_ number: Int) -> Value { number < 0 ? .null : .integer(Int64(number)) }
        return oracle.operations.compactMap { one in
            let effect: LiveOperation.Effect
            switch one.kind {
            case .read(let read): effect = .read(value(read))
            case .write(let new): effect = .write(value(new))
            case .cas(let expected, let new):
                effect = .compareAndSet(expected: value(expected), new: value(new))
            case .differs: return nil
            }
            return LiveOperation(
                key: "k\(one.key)", invoked: Int64(one.invoked),
                returned: one.returned.map(Int64.init), effect: effect)
        }
    }

    @Test("5,000 small histories: told bit by bit, the verdict is the one of trying every order")
    func agrees() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var broken = 0
        for number in 0..<5_000 {
            var oracle = RegisterOracle.random(&dice, operations: 2 + dice.below(6), keys: 1)
            oracle.operations.removeAll { if case .differs = $0.kind { true } else { false } }
            var live = LiveLinearizability()
            let operations = told(oracle)
            // Told as they finish, judged in steps of any length.
            var rest = operations.sorted { ($0.returned ?? .max) < ($1.returned ?? .max) }
            var time: Int64 = 0
            while !rest.isEmpty {
                time += Int64(dice.below(20))
                for one in rest where one.invoked <= time { live.add(one) }
                rest.removeAll { $0.invoked <= time }
                live.advance(through: time)
            }
            live.advance(through: 100_000)
            if !live.broken.isEmpty { broken += 1 }
            #expect(live.undecided.isEmpty)
            #expect(
                live.broken.isEmpty == oracle.isExplained(),
                "seed \(seed), history \(number): \(oracle.rows())")
            if live.broken.isEmpty != oracle.isExplained() { return }
        }
        #expect(broken > 500)
    }

    @Test(
        "it tells the moment and the answer, as soon as it can be known, and goes on with other keys"
    )
    func soon() {
        var live = LiveLinearizability()
        live.add(LiveOperation(key: "x", invoked: 0, returned: 10, effect: .write(.integer(1))))
        live.add(LiveOperation(key: "x", invoked: 20, returned: 30, effect: .read(.null)))
        live.add(LiveOperation(key: "y", invoked: 20, returned: 30, effect: .read(.null)))
        live.advance(through: 29)
        #expect(live.broken.isEmpty)
        live.advance(through: 30)
        #expect(live.broken.map(\.key) == ["x"])
        #expect(live.broken.first?.at == 30)
        live.add(LiveOperation(key: "y", invoked: 40, returned: 50, effect: .read(.integer(3))))
        live.advance(through: 60)
        #expect(live.broken.map(\.key) == ["x", "y"])
    }

    @Test("a key with more possible states than may be kept is undecided, the others are judged")
    func bounded() {
        var live = LiveLinearizability(states: 8)
        for index in 0..<20 {
            live.add(
                LiveOperation(
                    key: "many", invoked: Int64(index), returned: 200 + Int64(index),
                    effect: .write(.integer(Int64(index)))))
        }
        live.add(LiveOperation(key: "few", invoked: 0, returned: 300, effect: .read(.integer(1))))
        live.advance(through: 1_000)
        #expect(live.undecided.keys.sorted() == ["many"])
        #expect(live.broken.map(\.key) == ["few"])
    }
}
