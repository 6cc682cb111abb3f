internal import Cluster
internal import NIOHTTP1
internal import Testing

@testable internal import Workload

@Suite("What drivers say and understand") struct DriverTests {
    @Test("kv: what is asked")
    func kvRequests() {
        func words(_ action: Operation.Action) -> [String] {
            let ask = HTTPLanguage.kv.request(action)
            return [ask.method.rawValue, ask.path, ask.body]
        }
        #expect(words(.read(key: 3)) == ["GET", "/kv/k3", ""])
        #expect(words(.write(key: 3, value: 7)) == ["PUT", "/kv/k3", "{\"value\":7}"])
        #expect(
            words(.compareAndSet(key: 1, expect: nil, value: 7))
                == ["POST", "/kv/k1/cas", "{\"expect\":null,\"value\":7}"])
        #expect(
            words(.compareAndSet(key: 1, expect: -5, value: 7))
                == ["POST", "/kv/k1/cas", "{\"expect\":-5,\"value\":7}"])
    }

    @Test(
        "kv: what an answer says of a write",
        arguments: [
            (200, "{\"position\":4}", Outcome.ok(.nothing)),
            (400, "{\"error\":\"no\",\"outcome\":\"refused\"}", .refused),
            (503, "{\"error\":\"no\",\"outcome\":\"refused\"}", .elsewhere),
            (503, "{\"error\":\"?\",\"outcome\":\"unknown\"}", .unknown),
            (507, "{\"error\":\"full\",\"outcome\":\"refused\"}", .elsewhere),
            (500, "", .unknown), (503, "", .unknown),
        ])
    func kvWrites(status: Int, body: String, outcome: Outcome) {
        let found = HTTPLanguage.kv.step(
            .write(key: 1, value: 1), pending: nil, status: UInt(status), body: Array(body.utf8))
        #expect(found == .done(outcome))
    }

    @Test("kv: what was read, or found instead")
    func kvReads() {
        func read(_ status: UInt, _ body: String) -> Outcome {
            KVLanguage.outcome(.read(key: 1), status, Array(body.utf8))
        }
        #expect(read(200, "{\"position\":4,\"value\":-12}") == .ok(-12))
        #expect(read(200, "{\"position\":4,\"value\":\"text\"}") == .ok(.text("text")))
        #expect(read(404, "{\"error\":\"no key\"}") == .ok(.nothing))
        #expect(read(503, "") == .elsewhere)
        #expect(read(400, "") == .refused)
        let cas = Operation.Action.compareAndSet(key: 1, expect: 1, value: 2)
        let body = Array("{\"error\":\"other\",\"position\":1,\"value\":9}".utf8)
        #expect(KVLanguage.outcome(cas, 409, body) == .unmet(9))
        #expect(KVLanguage.outcome(cas, 200, body) == .ok(2))
    }

    @Test("http: a server that fails may have done what was posted, but not what was only read")
    func http() {
        let get = HTTPLanguage.fixed(.GET, path: "/a")
        let post = HTTPLanguage.fixed(.POST, path: "/a")
        let none: [UInt8] = []
        #expect(get.step(.request, pending: nil, status: 204, body: none) == .done(.ok(.nothing)))
        #expect(get.step(.request, pending: nil, status: 302, body: none) == .done(.ok(.nothing)))
        #expect(get.step(.request, pending: nil, status: 404, body: none) == .done(.refused))
        #expect(get.step(.request, pending: nil, status: 500, body: none) == .done(.elsewhere))
        #expect(post.step(.request, pending: nil, status: 503, body: none) == .done(.elsewhere))
        #expect(post.step(.request, pending: nil, status: 500, body: none) == .done(.unknown))
    }

    private static let role =
        "*3\r\n$6\r\nmaster\r\n:42\r\n*1\r\n*3\r\n$9\r\n10.66.0.3\r\n$4\r\n6379\r\n$2\r\n42\r\n"

    @Test("redis: a reply is read whole, wherever it was cut")
    func redisReplies() throws {
        let bytes = Array(Self.role.utf8)
        for end in 0..<bytes.count {
            #expect(try RedisReply.read(Array(bytes[..<end])) == nil)
        }
        let (reply, length) = try #require(try RedisReply.read(bytes + [43]))
        #expect(length == bytes.count)
        #expect(
            reply
                == .list([
                    .text("master"), .integer(42),
                    .list([.list([.text("10.66.0.3"), .text("6379"), .text("42")])]),
                ]))
        #expect(try RedisReply.read(Array("$-1\r\n".utf8))?.0 == .missing)
        #expect(try RedisReply.read(Array("$0\r\n\r\n".utf8))?.0 == .text(""))
        #expect(try RedisReply.read(Array("-ERR no\r\n".utf8))?.0 == .error("ERR no"))
    }

    @Test(
        "redis: what is no reply is malformed",
        arguments: [
            "HTTP/1.1 400\r\n", ":x\r\n", "$9999999999\r\n", "$2\r\nabc\r\n", "*-2\r\n", "+a\rb",
            String(repeating: "*1\r\n", count: 20),
        ])
    func malformed(text: String) {
        #expect(throws: RedisReply.Malformed.self) { try RedisReply.read(Array(text.utf8)) }
    }

    @Test("redis: no bytes make the reader trap", arguments: 0..<20 as Range<UInt64>)
    func garbage(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let letters = Array("+-:$*0123456789\r\n ab".utf8)
        for number in 0..<2_000 as Range<UInt64> {
            let bytes = (0..<24 as Range<UInt16>).map {
                letters[Int(random.bits(.other, number: number, lane: $0) % UInt64(letters.count))]
            }
            if let (_, length) = try? RedisReply.read(bytes) { #expect(length <= bytes.count) }
        }
    }

    @Test("redis: an error says that nothing was done")
    func redisOutcomes() {
        func outcome(_ action: Operation.Action, _ replies: RedisReply...) -> Outcome {
            RedisLanguage.outcome(action, replies)
        }
        #expect(outcome(.write(key: 1, value: 1), .text("OK")) == .ok(.nothing))
        #expect(outcome(.read(key: 1), .text("12")) == .ok(12))
        #expect(outcome(.read(key: 1), .text("red")) == .ok(.text("red")))
        #expect(outcome(.read(key: 1), .missing) == .ok(.nothing))
        #expect(outcome(.read(key: 1), .error("LOADING Redis is loading")) == .elsewhere)
        #expect(outcome(.add(1), .error("READONLY You can't write")) == .elsewhere)
        #expect(outcome(.add(1), .error("WRONGTYPE")) == .refused)
        #expect(outcome(.transfer(from: 1, to: 2, amount: 9), .integer(0)) == .unmet(.nothing))
        #expect(outcome(.readCounter, .missing) == .ok(0))
        #expect(outcome(.balances, .list([.text("7"), .missing])) == .ok(.list([7, 100])))
    }

    @Test("redis: a transaction is all of its commands, and turned away as a whole")
    func redisTransactions() {
        let steps: [Operation.Step] = [.append(key: 1, value: 5), .read(key: 1)]
        let commands = RedisLanguage.commands(.transaction(steps), kind: .append, accounts: 0)
        #expect(
            commands == [["MULTI"], ["RPUSH", "k1", "5"], ["LRANGE", "k1", "0", "-1"], ["EXEC"]])
        let writes = RedisLanguage.commands(
            .transaction([.write(key: 1, value: 5), .read(key: 2)]), kind: .rwRegister, accounts: 0)
        #expect(writes == [["MULTI"], ["SET", "k1", "5"], ["GET", "k2"], ["EXEC"]])
        func outcome(_ replies: RedisReply...) -> Outcome {
            RedisLanguage.outcome(.transaction(steps), replies)
        }
        let queued = RedisReply.text("QUEUED")
        let found = RedisReply.list([.integer(1), .list([.text("5")])])
        #expect(outcome(.text("OK"), queued, queued, found) == .ok(.list([.list([5])])))
        let turned = outcome(
            .text("OK"), .error("READONLY no"), queued, .error("EXECABORT discarded"))
        #expect(turned == .elsewhere)
        let half = outcome(.text("OK"), queued, queued, .list([.error("WRONGTYPE"), .list([])]))
        #expect(half == .unknown)
        #expect(outcome(.text("OK"), queued, queued, .missing) == .refused)
    }
}
