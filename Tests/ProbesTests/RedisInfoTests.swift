import Cluster
import Testing

@testable import Probes

@Suite struct RedisInfoTests {
    static func info(_ lines: String...) -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    @Test func aPrimaryLeadsItsStream() throws {
        let info = try #require(
            RedisInfo(
                Self.info(
                    "# Server", "redis_version:7.0.15", "redis_mode:standalone", "run_id:7c921c",
                    "", "# Persistence", "loading:0", "async_loading:0", "", "# Stats",
                    "total_commands_processed:6120", "total_error_replies:3", "", "# Replication",
                    "role:master", "connected_slaves:1",
                    "slave0:ip=10.66.0.3,port=6379,state=online,offset=4711,lag=1",
                    "master_replid:d9ed3c", "master_replid2:0000000000", "master_repl_offset:4725",
                    "second_repl_offset:-1")))
        #expect(info.trouble == nil)
        let reading = info.reading
        #expect(reading.role == .leader)
        #expect(reading.roleWord == "master")
        #expect(reading.position == 4725)
        #expect(reading.requests == 6120)
        #expect(reading.errors == 3)
        #expect(reading.stream == .init(name: "d9ed3c"))
    }

    @Test func aReplicaTellsItsOffsetAndItsLink() throws {
        let info = try #require(
            RedisInfo(
                Self.info(
                    "role:slave", "master_host:10.66.0.2", "master_link_status:up",
                    "master_last_io_seconds_ago:3", "master_sync_in_progress:0",
                    "slave_read_repl_offset:4800", "slave_repl_offset:4711",
                    "master_replid:d9ed3c", "master_repl_offset:4711")))
        #expect(info.trouble == nil)
        #expect(info.reading.role == .follower)
        #expect(info.reading.roleWord == "slave")
        #expect(info.reading.position == 4711)
        #expect(
            info.reading.stream == .init(name: "d9ed3c", link: .init(isUp: true, silence: 3)))
    }

    @Test func aReplicaWithoutItsPrimaryIsInTrouble() throws {
        let info = try #require(
            RedisInfo(
                Self.info(
                    "role:slave", "master_link_status:down", "master_last_io_seconds_ago:-1",
                    "master_sync_in_progress:0", "slave_repl_offset:4711",
                    "master_link_down_since_seconds:2", "master_replid:d9ed3c")))
        #expect(info.trouble == "its link to the primary is down")
        #expect(info.reading.stream?.link == .init(isUp: false, silence: 2))
    }

    @Test func aReplicaThatCopiesSaysSo() throws {
        let info = try #require(
            RedisInfo(
                Self.info(
                    "role:slave", "master_link_status:down", "master_sync_in_progress:1",
                    "master_link_down_since_seconds:-1")))
        #expect(info.trouble == "a full copy from the primary is under way")
        #expect(info.reading.stream == nil)
    }

    @Test func loadingComesFirst() throws {
        let info = try #require(
            RedisInfo(Self.info("loading:1", "role:slave", "master_link_status:down")))
        #expect(info.trouble == "loading its data")
    }

    @Test func aStreamThatContinuesAnotherTellsUpToWhere() throws {
        let info = try #require(
            RedisInfo(
                Self.info(
                    "role:master", "master_replid:bb", "master_replid2:aa",
                    "master_repl_offset:5000", "second_repl_offset:4712")))
        #expect(info.reading.stream == .init(name: "bb", continued: "aa", continuedTo: 4712))
    }

    @Test func aSentinelObserves() throws {
        let info = try #require(
            RedisInfo(
                Self.info("redis_mode:sentinel", "run_id:1", "total_commands_processed:9")))
        #expect(info.reading.role == .observer)
        #expect(info.reading.roleWord == "sentinel")
        #expect(info.trouble == nil)
    }

    @Test func brokenLinesArePassedOver() throws {
        let info = try #require(
            RedisInfo(Array("\r\n:\r\nrole\nnonsense:1\nmaster_repl_offset:x\nrole:master".utf8)))
        #expect(info.reading.role == .leader)
        #expect(info.reading.position == nil)
        #expect(RedisInfo(Array("hello:world\r\n".utf8)) == nil)
        #expect(RedisInfo([]) == nil)
        #expect(RedisInfo([58, 13, 10, 255, 254, 13]) == nil)
    }
}

@Suite struct RedisDialogueTests {
    private func text(_ lines: String...) -> RESPReply {
        .text(Array(lines.joined(separator: "\r\n").utf8))
    }

    private func answer(_ step: Dialogue.Step) throws -> Dialogue.Answer {
        guard case .done(let answer) = step else {
            Issue.record("\(step)")
            return .init()
        }
        return answer
    }

    @Test func anOlderVersionIsAskedForAllSections() throws {
        var dialogue = RedisDialogue()
        #expect(dialogue.take(.error("ERR syntax error")) == .ask(.command(["INFO"])))
        #expect(dialogue.request == .command(["INFO"]))
        #expect(try answer(dialogue.take(.error("ERR syntax error"))).trouble.contains("syntax"))
    }

    @Test func theProbesOwnCommandsAreTakenOff() throws {
        var dialogue = RedisDialogue()
        let told = [("a", 100.0), ("a", 101), ("a", 107), ("b", 0), ("b", 1)].map {
            dialogue.take(
                text("run_id:\($0)", "total_commands_processed:\(Int($1))", "role:master"))
        }
        #expect(try told.map { try answer($0).reading.requests } == [100, 100, 105, 0, 0])
    }

    @Test(arguments: [
        ("NOAUTH Authentication required.", "it asks for a password"),
        (
            "DENIED Redis is running in protected mode because …",
            "its protected mode turns the probe away"
        ),
        ("LOADING Redis is loading the dataset in memory", "loading its data"),
        ("ERR \u{1b}[31m odd", "it answers: ERR [31m odd"),
    ])
    func errorsAreSaidInWords(error: String, words: String) throws {
        var dialogue = RedisDialogue()
        #expect(try answer(dialogue.take(.error(error))).trouble == words)
    }

    @Test func otherRepliesAreNoAnswer() throws {
        for reply in [RESPReply.nothing, .integer(1), .list([]), text("<html>")] {
            var dialogue = RedisDialogue()
            #expect(try answer(dialogue.take(reply)).trouble == "its answer is not that of INFO")
        }
    }
}
