internal import NodeKit
internal import Testing

@testable internal import Systems

@Suite("Store") struct StoreTests {
    private func entry(_ position: UInt64, _ key: String, _ value: Scalar) -> Assignment {
        Assignment(position: position, term: 1, key: key, value: value)
    }

    @Test("holds the last value of every key and where it was written")
    func applies() {
        var store = Store()
        store.apply(entry(1, "a", .integer(1)))
        store.apply(entry(2, "b", .string("two")))
        store.apply(entry(3, "a", .boolean(true)))
        #expect(store["a"] == Store.Pair(value: .boolean(true), position: 3))
        #expect(store["b"] == Store.Pair(value: .string("two"), position: 2))
        #expect(store["c"] == nil)
        #expect(store.position == 3)
    }

    @Test("passes over entries that it has applied already")
    func twice() {
        var store = Store()
        store.apply(entry(1, "a", .integer(1)))
        store.apply(entry(2, "a", .integer(2)))
        let before = store
        store.apply(entry(1, "a", .integer(1)))
        #expect(store == before)
    }

    @Test("counts the bytes it holds")
    func bytes() {
        var store = Store()
        store.apply(entry(1, "key", .string("12345")))
        #expect(store.bytes == 8)
        store.apply(entry(2, "key", .string("1")))
        #expect(store.bytes == 4)
        store.apply(entry(3, "key", .integer(7)))
        #expect(store.bytes == 11)
    }

    @Test("is the same after a round trip through its snapshot")
    func snapshot() throws {
        var store = Store()
        let values: [Scalar] = [
            .integer(.max), .integer(.min), .number(0.1), .string("ü\"\n\u{0}"), .boolean(false),
        ]
        for (index, value) in values.enumerated() {
            store.apply(entry(UInt64(index + 1), "k\(index)", value))
        }
        #expect(try JSON.read(Store.self, JSON.text(store)) == store)
    }

    @Test(
        "reads JSON values as they are written, whole numbers as whole numbers",
        arguments: [
            ("5", Scalar.integer(5)), ("5.0", .integer(5)), ("5e0", .integer(5)),
            ("0.5", .number(0.5)), ("true", .boolean(true)), ("\"true\"", .string("true")),
            ("1", .integer(1)), ("9223372036854775807", .integer(.max)),
        ])
    func scalars(text: String, value: Scalar) throws {
        #expect(try JSON.read([Scalar].self, "[\(text)]") == [value])
    }

    @Test("takes nothing for a value that is none", arguments: ["null", "[]", "{}", "1e999", "x"])
    func noScalars(text: String) {
        #expect(throws: (any Error).self) { try JSON.read([Scalar].self, "[\(text)]") }
    }
}
