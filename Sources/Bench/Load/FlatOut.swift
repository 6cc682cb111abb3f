internal import Cluster
internal import Foundation
internal import Supervisor
internal import Workload

/// How many operations a second a client of squall makes at most, and redis-benchmark in its place: both in
/// one machine with the server they ask, so that what makes the load is compared, and not what carries it.
public struct FlatOut: Sendable {
    /// Operations a second of squall's client: half of them reads, half writes.
    public var client: Double
    /// The same of redis-benchmark.
    public var benchmark: Double

    /// Connections of either.
    private static let connections = 50

    /// Measures for about `seconds` each. Throws where machines cannot be made, or a program is missing.
    public static func measure(seconds: Int, user: String?) async throws -> FlatOut {
        try await Stage.with(host: nil, user: user) { stage in
            let machine = try await stage.machine(.init(0), stage.host.attachments[0])
            let agent = try await Agent.start(in: machine)
            _ = try await stage.start(
                ["redis-server", "--port", "\(Cast.redis)", "--save", ""], in: machine)
            _ = try await agent.ask("await 127.0.0.1 \(Cast.redis) 10000")
            // Once before it counts.
            _ = try await benchmark(stage, machine, requests: 20_000)
            let before = try await benchmark(stage, machine, requests: 50_000 * seconds / 2)
            let client = try await client(stage, machine, seconds: seconds)
            let after = try await benchmark(stage, machine, requests: 50_000 * seconds / 2)
            return FlatOut(client: client, benchmark: (before + after) / 2)
        }
    }

    /// One command after the other; together as many reads as writes.
    private static func benchmark(
        _ stage: Stage, _ machine: Machine, requests: Int
    ) async throws -> Double {
        let output = try await stage.output(
            of: [
                "redis-benchmark", "-p", "\(Cast.redis)", "-c", "\(connections)", "-n",
                "\(requests)", "-r", "1000", "-t",
                "set,get", "--csv",
            ], in: machine)
        let rates = output.split(separator: "\n").compactMap { line -> Double? in
            let words = line.split(separator: "\"")
            guard words.count > 2, words[0] == "SET" || words[0] == "GET" else { return nil }
            return Double(words[2])
        }
        guard rates.count == 2 else { throw BenchError("redis-benchmark said: \(output)") }
        return 2 / rates.reduce(0) { $0 + 1 / $1 }
    }

    /// Asked for more than it can do, it does what it can.
    private static func client(
        _ stage: Stage, _ machine: Machine, seconds: Int
    ) async throws -> Double {
        let configuration = ClientConfiguration(
            client: 1, driver: .redis,
            targets: [.init(node: "redis", address: "127.0.0.1", port: Int(Cast.redis))],
            keys: 1_000,
            rate: ClientConfiguration.highestRate, connections: connections, seed: 1)
        let line = String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self)
        let output = try await stage.output(
            of: [
                "sh", "-c",
                "(echo '\(line)'; sleep \(seconds + 1)) | \(Stage.programs)/squall __client",
            ], in: machine)
        // The first second is its running start, the last report is cut short.
        let decoder = JSONDecoder()
        let made = try output.split(separator: "\n").dropFirst(2).dropLast().map {
            try decoder.decode(ClientReport.self, from: Data($0.utf8))
        }
        let seconds = made.reduce(0) { $0 + $1.interval }
        guard seconds > 0.4 else { throw BenchError("squall's client said: \(output)") }
        return Double(made.reduce(0) { $0 + UInt64($1.ok) }) / seconds
    }
}
