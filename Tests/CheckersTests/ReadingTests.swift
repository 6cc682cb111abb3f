import Testing

@testable import Checkers

@Suite("Reading histories")
struct ReadingTests {
    private func read(_ text: String, as kind: History.Kind? = nil) throws -> History {
        try History(reading: Array(text.utf8), as: kind)
    }

    private func mistake(_ text: String, as kind: History.Kind? = nil) -> ReadingError? {
        do {
            _ = try read(text, as: kind)
            return nil
        } catch {
            return error as? ReadingError
        }
    }

    @Test("squall's own lines: every column comes back")
    func own() throws {
        let read = try history(
            "register",
            [
                row(1_204_118, 1_205_377, "client-1", "write k17", "842", node: "kv-1"),
                row(1_204_200, nil, "client-2", "cas k17", "[842,null]", "unknown"),
                row(1_205_000, 1_206_000, "client-1", "read k17", #""ä\n\u00e4\ud83d\ude00""#),
            ])
        #expect(read.count == 3 && read.kind == .register && read.isComplete)
        #expect(read.run == "test" && read.clock == .run)
        #expect(read.invoked(0) == 1_204_118 && read.returned(0) == 1_205_377)
        #expect(read.returned(1) == .max && read.outcome(1) == .unknown)
        #expect(read.client(2) == "client-1" && read.node(0) == "kv-1" && read.node(2) == nil)
        #expect(read.values.told(read.key(0)) == "k17")
        #expect(read.values.told(read.value(1)) == "[842,null]")
        #expect(read.values.told(read.value(2)) == "ä\nä😀")
    }

    @Test("cut at every byte, a history is read up to its last whole line, and claims no end")
    func torn() throws {
        let whole = text("register", (0..<5).map { row($0, $0 + 1, "a", "write k", "\($0)") })
        let bytes = Array(whole.utf8)
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        let header = lines[0].utf8.count
        for length in header...bytes.count {
            let read = try History(reading: Array(bytes[..<length]))
            let breaks = bytes[..<length].count { $0 == 0x0A }
            // A line without its end counts if it is whole.
            let isWhole = length == bytes.count || bytes[length] == 0x0A
            let rows = min(5, breaks - 1 + (isWhole && length > header ? 1 : 0))
            #expect(read.count == max(0, breaks == 0 ? 0 : rows), "\(length)")
            #expect(read.isComplete == (length >= bytes.count - 1), "\(length)")
        }
    }

    @Test("mistakes are told with their lines")
    func mistakes() {
        let good = text("register", [row(0, 1, "a", "write k", "1")])
        func broken(_ old: String, _ new: String) -> String? {
            mistake(good.replacing(old, with: new))?.description
        }
        #expect(
            broken(#""ok""#, #""fine""#)?.hasPrefix("2: outcome is ok, refused or unknown") == true)
        #expect(
            broken(#""write""#, #""push""#)?.hasPrefix("2: no operation push on a register") == true
        )
        #expect(broken("[0,1,", "[2,1,")?.hasPrefix("2: the answer came before") == true)
        #expect(broken("[0,1,", "[0,null,")?.hasPrefix("2: an operation that was answered") == true)
        #expect(broken("[0,1,", "[0.5,1,")?.hasPrefix("2: invoked is whole microseconds") == true)
        #expect(
            broken(#""kind":"register""#, #""kind":"graph""#)?.hasPrefix("1: no kind graph") == true
        )
        #expect(
            broken(#""history":1"#, #""history":2"#)?.hasPrefix("1: a history of version 1") == true
        )
        #expect(broken(#"{"end""#, "[[[")?.hasPrefix("3: ") == true)
        #expect(mistake("")?.description == "the file is empty")
        #expect(mistake("hello\n")?.description.hasPrefix("1: neither a history") == true)
        let deep = String(repeating: "[", count: 100_000)
        #expect(mistake("{\"history\":\(deep)")?.message.contains("deeper") == true)
        #expect(mistake("{:value \(deep)")?.message.contains("deeper") == true)
    }

    @Test("Jepsen's EDN: one map a line, or one list of maps; a nemesis does nothing here")
    func edn() throws {
        let maps = [
            "{:process :nemesis, :type :info, :f :start, :value nil}",
            "{:process 0, :type :invoke, :f :write, :value 1, :time 1000000, :index 0}",
            "{:process 1 :type :invoke :f :read :value nil :time 1500000}",
            "{:process 0, :type :ok, :f :write, :value 1, :time 2000000}",
            "{:process 1, :type :ok, :f :read, :value 1, :time 2500000}",
            "{:process 0, :type :invoke, :f :cas, :value [1 2], :time 3000000}",
            "{:process 0, :type :info, :f :cas, :value [1 2], :time 4000000, :error :timeout}",
            "#jepsen.history.Op{:process 2, :type :invoke, :f :read, :value nil, :time 5000000}",
        ]
        for text in [
            maps.joined(separator: "\n") + "\n", "[" + maps.joined(separator: "\n ") + "]",
            "; a comment\n(" + maps.joined(separator: " #_{:ignored 1} ") + ")\n",
        ] {
            let read = try read(text)
            #expect(read.kind == .register && read.count == 4 && read.isComplete)
            #expect(read.clock == .run)
            #expect(read.outcome(2) == .unknown && read.outcome(3) == .unknown)
            #expect(read.invoked(0) == 1_000 && read.returned(0) == 2_000)
            #expect(Check.linearizable.judge(read).verdict == .valid)
        }
    }

    @Test("the order of lines is the order of events, also within one microsecond")
    func sameTime() throws {
        let text = """
            {:process 0, :type :invoke, :f :write, :value 1, :time 5}
            {:process 0, :type :ok, :f :write, :value 1, :time 5}
            {:process 1, :type :invoke, :f :read, :value nil, :time 5}
            {:process 1, :type :ok, :f :read, :value nil, :time 5}
            """
        #expect(Check.linearizable.judge(try read(text + "\n")).verdict.isInvalid)
    }

    @Test("Jepsen's independent keys are told from compare-and-set")
    func independent() throws {
        let keyed = """
            {:process 0, :type :invoke, :f :write, :value [3 1]}
            {:process 0, :type :ok, :f :write, :value [3 1]}
            {:process 0, :type :invoke, :f :cas, :value [3 [1 2]]}
            {:process 0, :type :ok, :f :cas, :value [3 [1 2]]}
            {:process 1, :type :invoke, :f :read, :value [3 nil]}
            {:process 1, :type :ok, :f :read, :value [3 2]}
            """
        let read = try read(keyed + "\n")
        #expect(read.values.told(read.key(0)) == "3" && read.values.told(read.value(2)) == "2")
        #expect(Check.linearizable.judge(read).verdict == .valid)
    }

    @Test("kinds are known by their operations; --model says it where they are not")
    func kinds() throws {
        func kind(_ f: String, _ value: String) throws -> History.Kind {
            try read(
                "{:process 0, :type :invoke, :f :\(f), :value nil}\n"
                    + "{:process 0, :type :ok, :f :\(f), :value \(value)}\n"
            ).kind
        }
        #expect(try kind("generate", "5") == .uniqueIDs)
        #expect(try kind("dequeue", "5") == .queue)
        #expect(try kind("read", "{:a 1}") == .bank)
        #expect(try kind("txn", "[[:append 1 2]]") == .append)
        #expect(try kind("txn", "[[:w 1 2]]") == .rwRegister)
        let sets =
            "{:process 0 :type :invoke :f :add :value 1} {:process 0 :type :ok :f :add :value 1}"
        #expect(try read(sets).kind == .set)
        #expect(try read(sets, as: .counter).kind == .counter)
        #expect(
            mistake(sets, as: .bank)?.description.hasPrefix("1: no operation add on a bank") == true
        )
        #expect(
            mistake("{:process 0 :type :invoke :f :fly :value 1}")?.message.contains("--model")
                == true)
    }

    @Test("Jepsen's JSON and a drain of a queue")
    func json() throws {
        let text = """
            {"process":0,"type":"invoke","f":"enqueue","value":1}
            {"process":0,"type":"ok","f":"enqueue","value":1}
            {"process":0,"type":"invoke","f":"drain","value":null}
            {"process":0,"type":"ok","f":"drain","value":[1,2]}
            """
        let read = try read(text + "\n")
        #expect(read.kind == .queue && read.count == 3)
        #expect(Check.queue.judge(read).violations.first?.title.contains("2, which nobody") == true)
    }

    @Test("the lines that Jepsen logs, with tabs or blanks, with or without what stands before")
    func log() throws {
        let lines = [
            "INFO  jepsen.util - 4\t:invoke\t:read\tnil", "INFO  jepsen.util - 4\t:ok\t:read\tnil",
            "INFO  jepsen.core - Starting up", "0\t:invoke\t:write\t3", "0 :ok :write 3",
            "INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]",
            "INFO  jepsen.util - 1\t:fail\t:cas\t[3 4]",
            "INFO  jepsen.util - :nemesis\t:info\t:start\tnil",
            "INFO  jepsen.util - 2\t:invoke\t:write\t5",
            "INFO  jepsen.util - 2\t:info\t:write\t:timed-out",
        ]
        let read = try read(lines.joined(separator: "\n") + "\n")
        #expect(read.count == 4 && read.kind == .register && read.clock == .order)
        #expect(read.outcome(2) == .refused && read.outcome(3) == .unknown)
        #expect(read.values.told(read.value(3)) == "5")
        #expect(Check.linearizable.judge(read).verdict == .valid)
        let strict = Options(refusedCompareObserves: true)
        #expect(Check.linearizable.judge(read, strict).verdict.isInvalid)
        #expect(read.moment(read.invoked(3)).hasPrefix("event "))
    }

    @Test("a process that begins twice, or ends what it never began, is told with its line")
    func nesting() {
        let twice = "{:process 0 :type :invoke :f :read}\n{:process 0 :type :invoke :f :read}\n"
        #expect(mistake(twice)?.description == "2: process 0 is still busy since line 1")
        #expect(
            mistake("{:process 0 :type :ok :f :read :value 1}\n")?.description
                == "1: process 0 ends what it never began")
    }

    @Test("20,000 mutated files are read or refused with a line, judged or not: never a trap")
    func mutated() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        let sources = [
            text("register", RegisterOracle.random(&dice, operations: 6, keys: 2).rows()),
            text("append", TransactionOracle.random(&dice).rows()),
            text("queue", QueueOracle.random(&dice, operations: 5).rows()),
            text("bank", [row(0, 1, "a", "balances", #"{"x":1,"y":2}"#)]),
            text("set", [row(0, 1, "a", "add", "1"), row(2, 3, "a", "read-all", "[1,2]")]),
            text("counter", [row(0, 1, "a", "increment", "1"), row(2, 3, "a", "read", "1")]),
            "{:process 0, :type :invoke, :f :cas, :value [1 2]}\n"
                + "{:process 0, :type :ok, :f :cas, :value [1 2]}\n",
            "INFO  jepsen.util - 4\t:invoke\t:read\tnil\nINFO  jepsen.util - 4\t:ok\t:read\t3\n",
        ].map { Array($0.utf8) }
        let words = ["[", "]", "{", "}", "\"", ",", ":", "-", "9999999999999999999", "null", "\\u"]
        var readable = 0
        for _ in 0..<20_000 {
            var bytes = sources[dice.below(sources.count)]
            for _ in 0..<(1 + dice.below(4)) where !bytes.isEmpty {
                let place = dice.below(bytes.count)
                switch dice.below(4) {
                case 0: bytes[place] = UInt8(dice.below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: words[dice.below(words.count)].utf8, at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + dice.below(20)))
                }
            }
            guard let read = try? History(reading: bytes) else { continue }
            readable += 1
            for check in Check.allCases where check.kinds.contains(read.kind) {
                _ = check.judge(read)
            }
        }
        #expect(readable > 1_000)
    }
}
