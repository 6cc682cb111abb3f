internal import Dispatch
internal import Foundation
internal import Testing

@Suite("Starting kv") struct KVStartTests {
    private func run(
        _ arguments: [String], _ environment: [String: String]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = try KVProcesses.program()
        process.arguments = arguments
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        // A member that starts although it must not is ended, so that the test fails instead of waiting.
        let member = process.processIdentifier
        let tooLong = DispatchWorkItem { kill(member, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 20, execute: tooLong)
        defer { tooLong.cancel() }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test("refuses by name what this version cannot do", arguments: ["raft", "quorum"])
    func notYet(mode: String) throws {
        let (status, output) = try run(["kv", "--replication", mode], [:])
        #expect(status == 64)
        #expect(output.contains("--replication \(mode) is not in this version"))
    }

    @Test("refuses a mode that does not exist")
    func unknown() throws {
        let (status, output) = try run(["kv", "--replication", "magic"], [:])
        #expect(status == 64 && output.contains("not 'magic'"))
    }

    @Test("names the variable that is missing")
    func environment() throws {
        let (status, output) = try run(["kv"], ["SQUALL_NODE": "kv-1"])
        #expect(status != 0 && output.contains("SQUALL_GROUP is not set"))
    }

    @Test("says when the port is taken, the log is garbage, or the leader is not among the peers")
    func troubles() async throws {
        let kv = try KVProcesses(count: 2)
        try await kv.start(1)
        var second = kv.environment(2)
        second["SQUALL_PORT_HTTP"] = "\(kv.port(1))"
        let taken = try run(["kv"], second)
        #expect(taken.status != 0)
        #expect(taken.output.contains("cannot serve 127.0.0.1:\(kv.port(1))"))
        second["SQUALL_PEERS"] = "other-1=127.0.0.1:9"
        let alone = try run(["kv"], second)
        #expect(alone.status != 0 && alone.output.contains("leader kv-1 is not in SQUALL_PEERS"))
        kv.end(1, SIGTERM)
        try FileManager.default.removeItem(atPath: kv.data(1))
        try FileManager.default.createDirectory(
            atPath: kv.data(1), withIntermediateDirectories: true)
        let file = URL(fileURLWithPath: kv.data(1) + "/kv.sqlite")
        try Data(repeating: 65, count: 9_000).write(to: file)
        let garbage = try run(["kv"], kv.environment(1))
        #expect(garbage.status != 0 && garbage.output.contains("cannot open \(file.path)"))
    }
}
