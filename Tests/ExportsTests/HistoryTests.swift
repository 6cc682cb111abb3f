import Exports
import Foundation
import Testing

@Suite struct HistoryTests {
    private static let header =
        #"{"squall":1,"history":1,"run":"r","kind":"register","seed":42,"columns":[]}"#
    private static let end =
        #"{"end":{"at":60123456,"ok":1,"refused":0,"unknown":0,"open":0,"keys-dropped":0}}"#

    /// The events that an EDN reader finds, as JSON with keywords as text.
    private func events(_ lines: [String], end: String? = Self.end) throws -> [[String: Any]] {
        let text = ([Self.header] + lines + (end.map { [$0] } ?? [])).joined(separator: "\n") + "\n"
        let written = edn(ofHistory: Array(text.utf8))
        let events = try #require(written)
        let told = try ForeignReader.python(
            """
            import sys, json, edn_format
            def plain(v):
                if isinstance(v, edn_format.Keyword): return ":" + v.name
                if hasattr(v, "items"): return {str(plain(k)): plain(x) for k, x in v.items()}
                if hasattr(v, "__iter__") and not isinstance(v, str): return [plain(x) for x in v]
                return v
            for line in sys.stdin:
                if not line.startswith(";"): print(json.dumps(plain(edn_format.loads(line))))
            """, events)
        return try told.split(separator: "\n").map {
            try #require(
                JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func brief(_ event: [String: Any]) -> String {
        let value = event[":value"] ?? ""
        let data = try? JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
        let text = data.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return "\(event[":process"] ?? "") \(event[":type"] ?? "") \(event[":f"] ?? "") \(text)"
    }

    @Test func `operations become invocations and completions in the order of time`() throws {
        let events = try events([
            #"[10,20,"client-1","write","k1",5,"ok","kv-1"]"#,
            #"[30,40,"client-1","read","k1",5,"ok","kv-2"]"#,
            #"[50,60,"client-1","cas","k1",[5,6],"refused","kv-1"]"#,
        ])
        #expect(
            events.map(brief) == [
                #"0 :invoke :write ["k1",5]"#, #"0 :ok :write ["k1",5]"#,
                #"0 :invoke :read ["k1",null]"#, #"0 :ok :read ["k1",5]"#,
                #"0 :invoke :cas ["k1",[5,6]]"#, #"0 :fail :cas ["k1",[5,6]]"#,
            ])
        #expect(
            events.compactMap { $0[":time"] as? Int } == [10, 20, 30, 40, 50, 60].map { $0 * 1000 })
        #expect(events.compactMap { $0[":index"] as? Int } == [0, 1, 2, 3, 4, 5])
    }

    @Test func `a process does one thing at a time, and is never seen again after an info`() throws
    {
        var lines: [String] = []
        for number in 0..<200 {
            let start = number * 7 % 151
            let isOpen = number % 5 == 0
            lines.append(
                "[\(start),\(isOpen ? "null" : String(start + 20)),\"client-\(number % 3)\",\"write\","
                    + "\"k\",\(number),\"\(isOpen ? "unknown" : "ok")\",null]")
        }
        var busy: Set<Int> = []
        var gone: Set<Int> = []
        var clients: [Int: String] = [:]
        for event in try events(lines) {
            let process = try #require(event[":process"] as? Int)
            let client = try #require(event[":client"] as? String)
            #expect(clients[process] == nil || clients[process] == client)
            clients[process] = client
            switch event[":type"] as? String {
            case ":invoke":
                #expect(!busy.contains(process) && !gone.contains(process))
                busy.insert(process)
            case ":info":
                gone.insert(process)
                busy.remove(process)
            default: #expect(busy.remove(process) != nil)
            }
        }
        #expect(busy.isEmpty && gone.count == 40)
    }

    @Test func `an invocation never tells what only the answer told`() throws {
        let events = try events([
            #"[1,2,"c","txn",null,[["append","k1",5],["r","k1",[1,5]]],"ok","a"]"#,
            #"[3,4,"c","dequeue",null,7,"ok","a"]"#,
            #"[5,6,"c","balances",null,{"a1":10,"a2":3},"ok","a"]"#,
            #"[7,8,"c","transfer",null,{"from":"a1","to":"a2","amount":5},"ok","a"]"#,
        ])
        #expect(
            events.prefix(5).map(brief) == [
                #"0 :invoke :txn [[":append","k1",5],[":r","k1",null]]"#,
                #"0 :ok :txn [[":append","k1",5],[":r","k1",[1,5]]]"#,
                "0 :invoke :dequeue null", "0 :ok :dequeue 7", "0 :invoke :read null",
            ])
        #expect((events[5][":value"] as? [String: Int]) == ["a1": 10, "a2": 3])
        #expect((events[7][":value"] as? [String: Any])?[":amount"] as? Int == 5)
    }

    @Test func `dropped keys, torn lines and lines without sense are left out`() throws {
        let text =
            Self.header + "\n"
            + #"[1,2,"c","write","k1",5,"ok","a"]"# + "\n" + #"[3,4,"c","write","k2",5,"ok","a"]"#
            + "\n" + #"{"dropped":["k1"]}"# + "\nnonsense\n" + #"[5,6,"c","wri"#
        let written = edn(ofHistory: Array(text.utf8))
        let events = try #require(written)
        #expect(!events.contains("k1") && events.contains("k2"))
        #expect(events.contains("; without an end") && events.contains("; 1 keys left out"))
        #expect(events.contains("; 1 lines made no sense"))
    }

    @Test func `every text comes back as it was`() throws {
        let data = try JSONEncoder().encode(Samples.nasty)
        let text = String(decoding: data, as: UTF8.self)
        let events = try events(["[1,2,\"c\",\"write\",\(text),\(text),\"ok\",null]"])
        #expect(events[1][":value"] as? [String] == [Samples.nasty, Samples.nasty])
    }

    @Test func `what is no history is refused`() {
        #expect(edn(ofHistory: Array("hello\n".utf8)) == nil)
        #expect(edn(ofHistory: []) == nil)
        #expect(edn(ofHistory: Array(#"{"squall":1,"journal":1}"#.utf8) + [10]) == nil)
    }
}
