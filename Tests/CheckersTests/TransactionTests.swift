import Testing

@testable import Checkers

@Suite("Transactions")
struct TransactionTests {
    private func lists(_ steps: [String], _ options: Options = Options()) throws -> Judgement {
        let rows = steps.enumerated().map { index, steps in
            row(index * 10, index * 10 + 100, "c\(index)", "txn", steps)
        }
        return try judge(.append, "append", rows, options)
    }

    private func registers(_ steps: [String]) throws -> Judgement {
        let rows = steps.enumerated().map { index, steps in
            row(index * 10, index * 10 + 100, "c\(index)", "txn", steps)
        }
        return try judge(.rwRegister, "rw-register", rows)
    }

    private func names(_ judgement: Judgement) -> [String] {
        judgement.figures.map(\.name).filter { $0 != "transactions" }
    }

    @Test("appends and reads that fit one order are fine")
    func fine() throws {
        let found = try lists([
            #"[["append","x",1]]"#, #"[["r","x",[1]],["append","x",2]]"#, #"[["r","x",[1,2]]]"#,
            #"[["r","x",null],["r","y",[]]]"#,
        ])
        #expect(found.verdict == .valid)
        let own = try lists([#"[["append","x",1],["r","x",[1]],["append","x",2],["r","x",[1,2]]]"#])
        #expect(own.verdict == .valid)
    }

    @Test("G0: two transactions wrote over each other")
    func g0() throws {
        let found = try lists([
            #"[["append","x",1],["append","y",1]]"#, #"[["append","x",2],["append","y",2]]"#,
            #"[["r","x",[1,2]]]"#, #"[["r","y",[2,1]]]"#,
        ])
        #expect(names(found).contains("G0"))
        let g0 = try #require(found.violations.first { $0.title.hasPrefix("G0") })
        #expect(g0.operations.map(\.row) == [0, 1])
        #expect(
            g0.reasons == [
                "Let T1 = c0 ran append x 1, append y 1.",
                "Let T2 = c1 ran append x 2, append y 2.",
                "Then T1 < T2, because T1 appended 1 to x, and T2 appended 2 behind it.",
                "However, T2 < T1, because T2 appended 2 to y, and T1 appended 1 behind it: "
                    + "a contradiction.",
            ])
        let near = try lists([
            #"[["append","x",1],["append","y",1]]"#, #"[["append","x",2],["append","y",2]]"#,
            #"[["r","x",[1,2]]]"#, #"[["r","y",[1,2]]]"#,
        ])
        #expect(near.verdict == .valid)
    }

    @Test("G1a: what was refused was read; what is of unknown outcome may be read")
    func g1a() throws {
        func found(_ outcome: String) throws -> Judgement {
            try judge(
                .append, "append",
                [
                    row(0, 10, "a", "txn", #"[["append","x",1]]"#, outcome),
                    row(20, 30, "b", "txn", #"[["r","x",[1]]]"#),
                ])
        }
        #expect(try names(found("refused")) == ["G1a"])
        #expect(try found("unknown").verdict == .valid)
        #expect(try found("ok").verdict == .valid)
        let register = try judge(
            .rwRegister, "rw-register",
            [
                row(0, 10, "a", "txn", #"[["w","x",1]]"#, "refused"),
                row(20, 30, "b", "txn", #"[["r","x",1]]"#),
            ])
        #expect(names(register) == ["G1a"])
    }

    @Test("G1b: a transaction was read in its middle; its own reads may be")
    func g1b() throws {
        let found = try lists([
            #"[["append","x",1],["append","x",2]]"#, #"[["r","x",[1]]]"#,
        ])
        #expect(names(found).contains("G1b"))
        let near = try lists([
            #"[["append","x",1],["append","x",2]]"#, #"[["r","x",[1,2]]]"#,
        ])
        #expect(near.verdict == .valid)
        let register = try registers([#"[["w","x",1],["w","x",2]]"#, #"[["r","x",1]]"#])
        #expect(names(register).contains("G1b"))
    }

    @Test("G1c: transactions that read from each other")
    func g1c() throws {
        let found = try lists([
            #"[["append","x",1],["r","y",[1]]]"#, #"[["append","y",1],["r","x",[1]]]"#,
        ])
        #expect(names(found) == ["G1c"])
        let near = try lists([
            #"[["append","x",1],["r","y",null]]"#, #"[["append","y",1],["r","x",[1]]]"#,
        ])
        #expect(near.verdict == .valid)
        let register = try registers([
            #"[["w","x",1],["r","y",1]]"#, #"[["w","y",1],["r","x",1]]"#,
        ])
        #expect(names(register) == ["G1c"])
    }

    @Test("G-single: one part of a transaction was seen, the rest was missed")
    func gSingle() throws {
        let found = try lists([
            #"[["append","x",1],["append","y",1]]"#, #"[["r","x",[1]],["r","y",null]]"#,
            #"[["r","y",[1]]]"#,
        ])
        #expect(names(found) == ["G-single"])
        #expect(
            found.violations.first?.reasons.suffix(2) == [
                "Then T1 < T2, because T1 found y empty, and not yet the 1 that T2 appended next.",
                "However, T2 < T1, because T1 saw the 1 that T2 appended to x: a contradiction.",
            ])
        let near = try lists([
            #"[["append","x",1],["append","y",1]]"#, #"[["r","x",[1]],["r","y",[1]]]"#,
        ])
        #expect(near.verdict == .valid)
        let register = try registers([
            #"[["w","x",1],["w","y",1]]"#, #"[["r","x",1],["r","y",null]]"#,
        ])
        #expect(names(register) == ["G-single"])
    }

    @Test("G2: two transactions that each read before the other one wrote")
    func g2() throws {
        let found = try lists([
            #"[["r","x",null],["append","y",1]]"#, #"[["r","y",null],["append","x",1]]"#,
            #"[["r","x",[1]],["r","y",[1]]]"#,
        ])
        #expect(names(found) == ["G2"])
        let near = try lists([
            #"[["r","x",null],["append","y",1]]"#, #"[["r","y",[1]],["append","x",1]]"#,
            #"[["r","x",[1]],["r","y",[1]]]"#,
        ])
        #expect(near.verdict == .valid)
        let register = try registers([
            #"[["r","x",null],["w","y",1]]"#, #"[["r","y",null],["w","x",1]]"#,
        ])
        #expect(names(register) == ["G2"])
    }

    @Test("lost update: two transactions read the same version and both changed it")
    func lostUpdate() throws {
        let found = try lists([
            #"[["r","x",null],["append","x",1]]"#, #"[["r","x",null],["append","x",2]]"#,
        ])
        #expect(names(found) == ["lost update"])
        let near = try lists([
            #"[["r","x",null],["append","x",1]]"#, #"[["r","x",[1]],["append","x",2]]"#,
        ])
        #expect(near.verdict == .valid)
        let register = try registers([
            #"[["w","x",0]]"#, #"[["r","x",0],["w","x",1]]"#, #"[["r","x",0],["w","x",2]]"#,
        ])
        #expect(names(register).contains("lost update"))
        let fine = try registers([
            #"[["w","x",0]]"#, #"[["r","x",0],["w","x",1]]"#, #"[["r","x",1],["w","x",2]]"#,
        ])
        #expect(fine.verdict == .valid)
    }

    @Test("internal: a transaction that does not see what it did itself")
    func inside() throws {
        for steps in [
            #"[["append","x",1],["r","x",null]]"#, #"[["r","x",null],["r","x",[1]]]"#,
            #"[["r","x",null],["append","x",1],["r","x",[2,1]]]"#,
        ] {
            let found = try lists([steps, #"[["append","x",2]]"#])
            #expect(names(found).contains("internal"), "\(steps)")
        }
        #expect(try lists([#"[["r","x",null],["append","x",1],["r","x",[1]]]"#]).verdict == .valid)
        #expect(try names(registers([#"[["w","x",1],["r","x",null]]"#])).contains("internal"))
        #expect(try registers([#"[["w","x",1],["r","x",1]]"#]).verdict == .valid)
    }

    @Test("lists in two orders, elements twice and elements from nowhere are told")
    func broken() throws {
        let orders = try lists([
            #"[["append","x",1]]"#, #"[["append","x",2]]"#, #"[["r","x",[1,2]]]"#,
            #"[["r","x",[2,1]]]"#,
        ])
        #expect(names(orders).contains("incompatible order"))
        let twice = try lists([#"[["append","x",1]]"#, #"[["r","x",[1,1]]]"#])
        #expect(names(twice).contains("duplicate element"))
        let nowhere = try lists([#"[["r","x",[9]]]"#])
        #expect(names(nowhere) == ["garbage read"])
        let ambiguous = try lists([#"[["append","x",1]]"#, #"[["append","x",1]]"#])
        #expect(ambiguous.verdict.isUnknown)
    }

    @Test("the order of time counts where it is asked for")
    func realTime() throws {
        let rows = [
            row(0, 10, "a", "txn", #"[["append","x",1]]"#),
            row(20, 30, "b", "txn", #"[["r","x",null]]"#),
            row(40, 50, "c", "txn", #"[["r","x",[1]]]"#),
        ]
        #expect(try judge(.append, "append", rows).verdict == .valid)
        let found = try judge(.append, "append", rows, Options(realTime: true))
        #expect(names(found) == ["G-single-realtime"])
        #expect(found.violations.first?.operations.map(\.row) == [0, 1])
        #expect(
            found.violations.first?.reasons.contains {
                $0.contains("T2 was acknowledged at 00:00.000, before T1 was sent")
            } == true)
    }

    @Test("what is found is true: 6,000 small histories, against running them in every order")
    func oracle() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var impossible = 0
        var found = 0
        for number in 0..<6_000 {
            let oracle = TransactionOracle.random(&dice)
            let expected = oracle.isExplained()
            let judgement = try judge(.append, "append", oracle.rows())
            if !expected { impossible += 1 }
            if judgement.verdict.isInvalid { found += 1 }
            #expect(
                !(judgement.verdict.isInvalid && expected),
                "seed \(seed), history \(number): \(oracle.rows()) \(judgement.violations)")
            if judgement.verdict.isInvalid, expected { return }
        }
        // What nobody read can't be known; nearly all the rest is found.
        #expect(impossible > 500)
        #expect(found * 100 > impossible * 90, "\(found) of \(impossible)")
    }
}

/// Transactions on lists, run in every order.
struct TransactionOracle {
    enum Step {
        case append(Int, Int)
        case read(Int, [Int])
    }

    var transactions: [[Step]]

    func isExplained() -> Bool { explained(Array(transactions.indices), [:]) }

    private func explained(_ left: [Int], _ state: [Int: [Int]]) -> Bool {
        if left.isEmpty { return true }
        for index in left {
            guard let next = run(transactions[index], state) else { continue }
            if explained(left.filter { $0 != index }, next) { return true }
        }
        return false
    }

    private func run(_ steps: [Step], _ state: [Int: [Int]]) -> [Int: [Int]]? {
        var state = state
        for step in steps {
            switch step {
            case .append(let key, let value): state[key, default: []].append(value)
            case .read(let key, let list): if state[key] ?? [] != list { return nil }
            }
        }
        return state
    }

    func rows() -> [String] {
        transactions.enumerated().map { index, steps in
            let parts = steps.map { step in
                switch step {
                case .append(let key, let value): #"["append","k\#(key)",\#(value)]"#
                case .read(let key, let list): #"["r","k\#(key)",\#(list)]"#
                }
            }
            return row(index, index + 100, "c\(index)", "txn", "[\(parts.joined(separator: ","))]")
        }
    }

    /// Run one after the other, some of them on an old copy of a key.
    static func random(_ dice: inout Dice) -> TransactionOracle {
        var states: [[Int: [Int]]] = [[:]]
        var next = 1
        var transactions: [[Step]] = []
        for _ in 0..<(2 + dice.below(4)) {
            var state = states[states.count - 1]
            let old = states[dice.below(states.count)]
            var steps: [Step] = []
            for _ in 0..<(1 + dice.below(3)) {
                let key = dice.below(2)
                if dice.chance(2) {
                    steps.append(.append(key, next))
                    state[key, default: []].append(next)
                    next += 1
                } else {
                    steps.append(.read(key, (dice.chance(4) ? old : state)[key] ?? []))
                }
            }
            states.append(state)
            transactions.append(steps)
        }
        // Somebody looks at the end.
        let last = states[states.count - 1]
        transactions.append([.read(0, last[0] ?? []), .read(1, last[1] ?? [])])
        return TransactionOracle(transactions: transactions)
    }
}
