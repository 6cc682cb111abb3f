internal import CLinux
internal import Glibc
internal import Supervisor

/// A `BenchAgent` at work inside a machine, as the measuring side holds it.
final class Agent: Sendable {
    private let orders: Descriptor
    private let answers: Descriptor

    private init(orders: Descriptor, answers: Descriptor) {
        self.orders = orders
        self.answers = answers
    }

    /// Starts one, its servers with it.
    static func start(in machine: Machine) async throws -> Agent {
        let (theirInput, orders) = try pipe()
        let (answers, theirOutput) = try pipe()
        _ = try await machine.start(
            ProcessSpec(
                arguments: [Stage.programs + "/squall", BenchAgent.subcommand],
                environment: [Stage.path]),
            streams: StandardStreams(
                input: theirInput.number, output: theirOutput.number, error: 2))
        let agent = Agent(orders: orders, answers: answers)
        _ = try await agent.ask("serve")
        return agent
    }

    /// Gives an order and waits for its numbers; they come within 30 s, or never.
    func ask(_ order: String) async throws(BenchError) -> [Int] {
        let answer = await offPool { [orders, answers] in
            let bytes = Array((order + "\n").utf8)
            guard write(orders.number, bytes, bytes.count) == bytes.count else { return "" }
            return readText(answers.number, until: UInt8(ascii: "\n"), seconds: 30)
        }
        let words = answer.split(whereSeparator: \.isWhitespace)
        guard answer.hasSuffix("\n"), words.first != "error" else {
            throw BenchError("\(order): \(answer.isEmpty ? "no answer" : answer)")
        }
        return words.compactMap { Int($0) }
    }
}

/// A pipe, close-on-exec: where it is read, where it is written.
func pipe() throws(BenchError) -> (reading: Descriptor, writing: Descriptor) {
    var ends: [Int32] = [-1, -1]
    guard squall_pipe(&ends) == 0 else {
        throw BenchError("pipe: \(String(cString: strerror(errno)))")
    }
    return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
}

/// Runs what blocks away from the pool, which has two threads on two cores.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        do {
            try background("bench") { continuation.resume(returning: body()) }
        } catch {
            // No thread can be had: then it blocks here.
            continuation.resume(returning: body())
        }
    }
}

/// Reads until a byte, the end, or a number of seconds without anything new.
func readText(_ descriptor: Int32, until end: UInt8?, seconds: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while bytes.last != end || end == nil {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, seconds * 1_000) == 1 else { break }
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { break }
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}
