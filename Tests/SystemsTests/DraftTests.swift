internal import Testing

@testable internal import Systems

@Suite("Deciding writes") struct DraftTests {
    private var store: Store {
        var store = Store()
        store.apply(Assignment(position: 1, term: 1, key: "x", value: .integer(5)))
        return store
    }

    @Test("each write of a batch sees the ones before it")
    func inOrder() {
        var draft = Draft(on: store, term: 2)
        #expect(draft.decide(.put(key: "y", value: .integer(1))) == .done(2))
        #expect(
            draft.decide(.compareAndSet(key: "y", expect: .integer(1), value: .integer(2)))
                == .done(3))
        #expect(
            draft.decide(.compareAndSet(key: "y", expect: .integer(1), value: .integer(3)))
                == .mismatch(Store.Pair(value: .integer(2), position: 3)))
        #expect(draft.entries.map(\.position) == [2, 3])
        #expect(draft.entries.map(\.term) == [2, 2])
    }

    @Test("compare-and-set with nothing expected creates a key, once")
    func creates() {
        var draft = Draft(on: store, term: 1)
        #expect(
            draft.decide(.compareAndSet(key: "n", expect: nil, value: .integer(1))) == .done(2))
        #expect(
            draft.decide(.compareAndSet(key: "n", expect: nil, value: .integer(2)))
                == .mismatch(Store.Pair(value: .integer(1), position: 2)))
        #expect(
            draft.decide(.compareAndSet(key: "m", expect: .integer(1), value: .integer(2)))
                == .mismatch(nil))
    }

    @Test("refuses a key too many, and still changes the keys that are there")
    func keys() {
        var store = Store()
        for number in 1...Store.mostKeys {
            store.apply(
                Assignment(
                    position: UInt64(number), term: 1, key: "k\(number)", value: .integer(0)))
        }
        var draft = Draft(on: store, term: 1)
        guard case .full = draft.decide(.put(key: "new", value: .integer(1))) else {
            Issue.record("a key too many was taken")
            return
        }
        #expect(
            draft.decide(.put(key: "k1", value: .integer(1)))
                == .done(UInt64(Store.mostKeys + 1)))
    }

    @Test("refuses bytes too many, and still takes a smaller value for a key that is there")
    func bytes() {
        let large = Scalar.string(String(repeating: "a", count: Scalar.longestString))
        var draft = Draft(on: Store(), term: 1)
        var taken = 0
        while case .done = draft.decide(.put(key: "k\(taken)", value: large)) { taken += 1 }
        #expect(taken * Scalar.longestString <= Store.mostBytes)
        #expect((taken + 1) * (Scalar.longestString + 10) > Store.mostBytes)
        #expect(draft.decide(.put(key: "k0", value: .integer(1))) == .done(UInt64(taken + 1)))
    }
}
