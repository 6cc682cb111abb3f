internal import Cluster
internal import Foundation
internal import Testing
internal import Workload

/// Every kind of workload over every driver that carries it, against real servers without faults: what
/// the history says must then be what a single correct server would say.
@Suite("Kinds of workload", .serialized) struct KindsTests {
    typealias Kind = ClientConfiguration.Kind

    private static let kinds: [Kind] = [
        .register, .set, .queue, .counter, .uniqueIDs, .bank, .append, .rwRegister,
    ]

    @Test("redis carries every kind", arguments: kinds)
    func redis(kind: Kind) async throws {
        try await check(kind, .redis, try await RealServer.redis())
    }

    @Test("etcd carries every kind", arguments: kinds)
    func etcd(kind: Kind) async throws {
        try await check(kind, .etcd, try await RealServer.etcd())
    }

    @Test(
        "kv carries registers, counters and ids", arguments: [Kind.register, .counter, .uniqueIDs])
    func kv(kind: Kind) async throws {
        try await check(kind, .kv, try await RealServer.kv())
    }

    @Test("a program of one's own carries every kind", arguments: kinds)
    func exec(kind: Kind) async throws {
        let path = NSTemporaryDirectory() + UUID().uuidString + ".py"
        defer { unlink(path) }
        try ownDriver.write(toFile: path, atomically: true, encoding: .utf8)
        // Whom it would ask does not matter: it keeps everything itself.
        let server = try await RealServer.redis()
        try await check(kind, .exec, server, program: ["python3", path])
    }

    private func check(
        _ kind: Kind, _ driver: ClientConfiguration.Driver, _ server: RealServer,
        program: [String] = []
    ) async throws {
        var configuration = ClientConfiguration(
            client: 1, kind: kind, driver: driver, targets: [server.target], keys: 5, rate: 200,
            connections: 4, timeout: 2_000, interval: 100, seed: 3)
        configuration.program = program
        let recorded = try RecordedClient(configuration)
        try await eventually("three hundred answers") { sum(recorded.client.reports).ok >= 300 }
        let history = try await recorded.end()
        #expect(history.header["kind"] as? String == kind.rawValue)
        let ok = history.lines.count { $0.outcome == "ok" }
        #expect(ok >= 150, "\(ok) of \(history.lines.count) were done")
        #expect(history.end["ok"] == ok && history.end["open"] == 0 && history.end["lost"] == 0)
        #expect(history.lines.allSatisfy { ($0.returned ?? .max) >= $0.invoked })
        #expect(history.lines.allSatisfy { $0.outcome != "unknown" })
        switch kind {
        case .register:
            let written = history.given("write").union(
                history.lines.filter { $0.op == "cas" }.compactMap {
                    ($0.value as? [Any])?[1] as? Int
                })
            let read = Set(history.ok("read").compactMap { $0 as? Int })
            #expect(read.count > 20 && read.isSubset(of: written))
            if driver != .redis { #expect(history.ok("cas").count > 0) }
        case .set:
            let added = Set(history.ok("add").compactMap { $0 as? Int })
            let all = try #require(history.ok("read-all").last as? [Int])
            #expect(Set(all) == added && all.count == added.count)
        case .queue:
            let out = history.ok("dequeue").compactMap { $0 as? Int }
            #expect(out.count > 20 && Set(out).count == out.count)
            #expect(Set(out).isSubset(of: history.given("enqueue")))
        case .counter:
            let sum = history.ok("increment").reduce(0) { $0 + ($1 as? Int ?? 0) }
            #expect(history.ok("read").last as? Int == sum)
        case .uniqueIDs:
            let ids = history.ok("generate").compactMap { $0 as? Int }
            #expect(ids.count == ok && Set(ids).count == ids.count)
        case .bank: checkBank(history)
        case .append, .rwRegister: try checkTransactions(history, kind)
        case .http: Issue.record("http keeps no values")
        }
    }

    private func checkBank(_ history: RecordedHistory) {
        let balances = history.ok("balances").compactMap { $0 as? [String: Int] }
        #expect(balances.count > 10 && history.ok("transfer").count > 50)
        for accounts in balances {
            #expect(accounts.count == 10 && accounts.values.reduce(0, +) == 1_000)
        }
        #expect(balances.last.map { Set($0.values).count > 1 } == true, "money has moved")
    }

    private func checkTransactions(_ history: RecordedHistory, _ kind: Kind) throws {
        var written: Set<Int> = []
        var lists: [String: [[Int]]] = [:]
        for line in history.lines {
            for step in try #require(line.value as? [[Any]]) {
                if step[0] as? String != "r", let value = step[2] as? Int { written.insert(value) }
            }
        }
        var seen = 0
        for value in history.ok("txn") {
            for step in try #require(value as? [[Any]]) where step[0] as? String == "r" {
                let key = try #require(step[1] as? String)
                if kind == .append {
                    let list = step[2] as? [Int] ?? []
                    #expect(Set(list).count == list.count && Set(list).isSubset(of: written))
                    lists[key, default: []].append(list)
                    seen += list.count
                } else if let read = step[2] as? Int {
                    #expect(written.contains(read))
                    seen += 1
                }
            }
        }
        #expect(seen > 50)
        for (key, found) in lists {
            let longest = found.max { $0.count < $1.count } ?? []
            for list in found { #expect(longest.starts(with: list), "\(key)") }
        }
    }
}

/// A driver of one's own: one correct store in one program, which also says what nobody asked.
private let ownDriver = """
    import json, sys
    keys, elements, queue, lists = {}, [], [], {}
    counter, ids, accounts, held = 0, 0, {f"a{n}": 100 for n in range(10)}, None

    def do(q):
        global counter, ids
        v, k = q.get("value"), q.get("key")
        match q["do"]:
            case "read" if k: return "ok", keys.get(k)
            case "read": return "ok", counter
            case "write": keys[k] = v
            case "cas":
                if keys.get(k) != v[0]: return "refused", None
                keys[k] = v[1]
            case "add": elements.append(v)
            case "read-all": return "ok", elements
            case "increment": counter += v
            case "enqueue": queue.append(v)
            case "dequeue": return "ok", queue.pop(0) if queue else None
            case "generate":
                ids += 1
                return "ok", ids
            case "transfer":
                if accounts[v["from"]] < v["amount"]: return "refused", None
                accounts[v["from"]] -= v["amount"]
                accounts[v["to"]] += v["amount"]
            case "balances": return "ok", accounts
            case "txn":
                done = []
                for f, key, value in v:
                    if f == "append": lists.setdefault(key, []).append(value)
                    if f == "w": lists[key] = value
                    if f == "r": value = lists.get(key)
                    done.append([f, key, list(value) if isinstance(value, list) else value])
                return "ok", done
        return "ok", None

    for line in sys.stdin:
        q = json.loads(line)
        assert q["address"].startswith("127.0.0.1:") and q["node"].startswith("node-")
        outcome, value = do(q)
        answer = json.dumps({"id": q["id"], "outcome": outcome, "value": value})
        print("no answer to anything", flush=True)
        print(answer, flush=True)
    """
