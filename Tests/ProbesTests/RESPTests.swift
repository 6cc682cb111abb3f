import Testing

@testable import Probes

@Suite struct RESPTests {
    private static let page = """
        +OK\r
        -ERR unknown command\r
        :-42\r
        $5\r
        a\r
        bc\r
        $0\r
        \r
        $-1\r
        *3\r
        :1\r
        *2\r
        +x\r
        *-1\r
        $1\r
        y\r
        *0\r

        """
    private static let replies: [RESPReply] = [
        .status("OK"), .error("ERR unknown command"), .integer(-42), .text(Array("a\r\nbc".utf8)),
        .text([]), .nothing,
        .list([.integer(1), .list([.status("x"), .nothing]), .text(Array("y".utf8))]), .list([]),
    ]

    private func read(_ pieces: [[UInt8]]) throws -> [RESPReply] {
        var parser = RESPParser()
        var replies: [RESPReply] = []
        for piece in pieces {
            parser.feed(piece)
            while let reply = try parser.next() { replies.append(reply) }
        }
        #expect(!parser.isMidway)
        return replies
    }

    /// `$5` holds `a\r\nbc`, five bytes with an end of line among them.
    @Test func everyKindOfReplyIsRead() throws {
        #expect(try read([Array(Self.page.utf8)]) == Self.replies)
    }

    @Test func whereTheBytesAreCutMakesNoDifference() throws {
        let bytes = Array(Self.page.utf8)
        for cut in bytes.indices {
            #expect(try read([Array(bytes[..<cut]), Array(bytes[cut...])]) == Self.replies)
        }
        #expect(try read(bytes.map { [$0] }) == Self.replies)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n", "$x\r\n", "$-2\r\n", "$1\r\nab\r\n", ":\r\n", ": 1\r\n", "*-7\r\n",
        ":99999999999999999999\r\n", "\u{0}",
    ])
    func whatIsNoReplyIsRefused(text: String) {
        var parser = RESPParser()
        parser.feed(Array(text.utf8))
        #expect(throws: RESPError.malformed) { try parser.next() }
    }

    @Test(arguments: ["$1048577\r\n", "$9223372036854775807\r\n", "*4000000\r\n"])
    func lengthsBeyondTheBoundAreRefusedBeforeAnythingIsKept(text: String) {
        var parser = RESPParser()
        parser.feed(Array(text.utf8))
        #expect(throws: RESPError.tooLarge) { try parser.next() }
    }

    @Test func listsInListsAreBounded() {
        var parser = RESPParser()
        parser.feed(Array(String(repeating: "*1\r\n", count: 9).utf8))
        #expect(throws: RESPError.tooLarge) { try parser.next() }
    }

    @Test func aLineWithoutAnEndIsGivenUp() throws {
        var parser = RESPParser()
        parser.feed([UInt8(ascii: "+")])
        let piece = [UInt8](repeating: 120, count: 1 << 16)
        #expect(throws: RESPError.tooLarge) {
            for _ in 0..<17 {
                parser.feed(piece)
                let reply = try parser.next()
                #expect(reply == nil)
            }
        }
    }

    @Test func aListThatNeverEndsIsGivenUp() throws {
        var parser = RESPParser()
        parser.feed(Array("*349525\r\n".utf8))
        let piece = Array(String(repeating: "$4\r\nabcd\r\n", count: 1_000).utf8)
        #expect(throws: RESPError.tooLarge) {
            for _ in 0..<200 {
                parser.feed(piece)
                let reply = try parser.next()
                #expect(reply == nil)
            }
        }
    }

    @Test func aCommandIsWrittenAsClientsDo() {
        #expect(
            String(decoding: RESPParser.encode(["INFO", "stats"]), as: UTF8.self)
                == "*2\r\n$4\r\nINFO\r\n$5\r\nstats\r\n")
    }
}
