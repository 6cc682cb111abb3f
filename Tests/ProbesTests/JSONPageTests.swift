import Testing

@testable import Probes

@Suite struct JSONPageTests {
    private static let page = #"""
         {"raft": {"term": "7", "index": 18446744073709551615, "leads": true, "peers": [1, {"lag": -0.5e1}]},
          "a/b": 1, "m~n": 2, "": 3, "role": "le\u0061der\n\ud83d\ude00\ud800", "none": null}
        """#

    @Test(arguments: [
        ("/raft/term", JSONPage.text("7")), ("/raft/index", .number("18446744073709551615")),
        ("/raft/leads", .truth(true)), ("/raft/peers/0", .number("1")),
        ("/raft/peers/1/lag", .number("-0.5e1")), ("/a~1b", .number("1")), ("/m~0n", .number("2")),
        ("/", .number("3")), ("/role", .text("leader\n😀\u{fffd}")), ("/none", .null),
    ])
    func aPointerFindsItsValue(pointer: String, value: JSONPage) throws {
        let page = try #require(JSONPage(Array(Self.page.utf8)))
        let tokens = try #require(JSONPage.tokens(of: pointer))
        #expect(page.value(at: tokens) == value)
    }

    @Test(arguments: [
        "/missing", "/raft/peers/2", "/raft/peers/-1", "/raft/peers/01", "/raft/peers/-",
        "/raft/term/0", "/raft/peers/99999999999999999999",
    ])
    func aPointerToNothingFindsNothing(pointer: String) throws {
        let page = try #require(JSONPage(Array(Self.page.utf8)))
        let tokens = try #require(JSONPage.tokens(of: pointer))
        #expect(page.value(at: tokens) == nil)
    }

    @Test func aNameIsNoPointer() { #expect(JSONPage.tokens(of: "kv_role") == nil) }

    @Test(arguments: [
        "", "{", "{]", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "nul", "01", "1.", "+1", ".5",
        "1e",
        "\"\\x\"", "\"\\u12\"", "\"a", "[1] 2", "\"\n\"", "'a'", "NaN", "-",
    ])
    func whatIsNoJSONIsRefused(text: String) { #expect(JSONPage(Array(text.utf8)) == nil) }

    @Test func depthIsBounded() {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(JSONPage(nested(JSONPage.depth)) != nil)
        #expect(JSONPage(nested(JSONPage.depth + 2)) == nil)
        #expect(JSONPage(Array(repeating: UInt8(ascii: "["), count: 1 << 20)) == nil)
    }

    @Test func anyBytesAreSurvived() {
        var random = SplitMix(seed: 11)
        let bytes = Array(Self.page.utf8)
        for _ in 0..<5_000 {
            var copy = bytes
            copy[Int(random.next() % UInt64(copy.count))] = UInt8(truncatingIfNeeded: random.next())
            _ = JSONPage(copy)
            _ = JSONPage(Array(copy.prefix(Int(random.next() % UInt64(copy.count)))))
        }
    }
}
