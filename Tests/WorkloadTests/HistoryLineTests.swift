internal import Testing

@testable internal import Workload

@Suite("Lines of the history") struct HistoryLineTests {
    private func line(
        _ action: Operation.Action, _ outcome: Outcome, node: Int? = 1
    ) -> String {
        var line = HistoryLine(zero: 5_000, client: "client-1", nodes: ["kv-1", "kv-2"])
        line.write(action, outcome, invoked: 1_005_999, returned: 2_005_000, node: node)
        return String(decoding: line.bytes, as: UTF8.self)
    }

    @Test("an operation is one array: both times, who, what, how it ended, whom it asked")
    func register() {
        #expect(
            line(.write(key: 17, value: 842), .ok(.nothing))
                == "[1000,2000,\"client-1\",\"write\",\"k17\",842,\"ok\",\"kv-2\"]\n")
        #expect(
            line(.read(key: 0), .ok(.nothing), node: 0)
                == "[1000,2000,\"client-1\",\"read\",\"k0\",null,\"ok\",\"kv-1\"]\n")
        #expect(
            line(.read(key: 0), .ok(.text("a\"b\n")), node: 0)
                == "[1000,2000,\"client-1\",\"read\",\"k0\",\"a\\\"b\\u000a\",\"ok\",\"kv-1\"]\n")
        #expect(
            line(.write(key: 1, value: -3), .refused, node: nil)
                == "[1000,2000,\"client-1\",\"write\",\"k1\",-3,\"refused\",null]\n")
    }

    @Test("what is unknown has no end, and a comparison that failed certainly did not happen")
    func outcomes() {
        #expect(
            line(.write(key: 1, value: 3), .unknown)
                == "[1000,null,\"client-1\",\"write\",\"k1\",3,\"unknown\",\"kv-2\"]\n")
        #expect(
            line(.compareAndSet(key: 1, expect: nil, value: 3), .unmet(9))
                == "[1000,2000,\"client-1\",\"cas\",\"k1\",[null,3],\"refused\",\"kv-2\"]\n")
    }

    @Test("values are told as each kind of workload has them")
    func kinds() {
        func value(_ action: Operation.Action, _ outcome: Outcome) -> String {
            let text = line(action, outcome)
            return String(text.dropFirst("[1000,2000,\"client-1\",".count).dropLast(14))
        }
        #expect(value(.add(7), .ok(.nothing)) == "\"add\",null,7")
        #expect(value(.readAll, .ok(.list([7, 8]))) == "\"read-all\",null,[7,8]")
        #expect(value(.readCounter, .ok(0)) == "\"read\",null,0")
        #expect(value(.dequeue, .ok(.nothing)) == "\"dequeue\",null,null")
        #expect(value(.generate, .ok(5)) == "\"generate\",null,5")
        #expect(
            value(.transfer(from: 1, to: 2, amount: 5), .ok(.nothing))
                == "\"transfer\",null,{\"from\":\"a1\",\"to\":\"a2\",\"amount\":5}")
        #expect(value(.balances, .ok(.list([10, 3]))) == "\"balances\",null,{\"a0\":10,\"a1\":3}")
        #expect(
            value(
                .transaction([.append(key: 1, value: 5), .read(key: 1), .read(key: 2)]),
                .ok(.list([.list([1, 5]), .list([])])))
                == "\"txn\",null,[[\"append\",\"k1\",5],[\"r\",\"k1\",[1,5]],[\"r\",\"k2\",[]]]")
        #expect(
            line(.transaction([.write(key: 1, value: 5), .read(key: 2)]), .refused)
                == "[1000,2000,\"client-1\",\"txn\",null,[[\"w\",\"k1\",5],[\"r\",\"k2\",null]],"
                + "\"refused\",\"kv-2\"]\n")
    }
}
