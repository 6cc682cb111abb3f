internal import CLinux
internal import Cluster
internal import Dashboard
internal import Dispatch
internal import Foundation
internal import Glibc
internal import Lab
internal import Synchronization

/// Asks how a machine looks from inside, on a queue of its own and only while somebody looks: the painter
/// takes what was answered last, and never waits.
final class Inspector: Sendable {
    private struct Content {
        var names: [NodeID: String] = [:]
        var isAsking = false
        var askedAt: Int64 = .min
        var answer: Inspection?
    }

    private let content = Mutex(Content())
    private let queue = DispatchQueue(label: "squall-inspector")
    private let path: String

    /// From one question to the next, in nanoseconds.
    private static let rhythm: Int64 = 2_000_000_000

    init(path: String) { self.path = path }

    /// A machine was told of.
    func define(_ node: NodeID, _ name: String) { content.withLock { $0.names[node] = name } }

    /// What was answered last about the machine that is looked at, and asks again when that is old.
    func look(at node: NodeID?) -> Inspection? {
        guard let node else { return nil }
        let (name, answer) = content.withLock { content -> (String?, Inspection?) in
            let answer = content.answer?.node == node ? content.answer : nil
            let now = RunClock.monotonic()
            let isDue = answer == nil || now - content.askedAt > Self.rhythm
            guard isDue, !content.isAsking, let name = content.names[node] else {
                return (nil, answer)
            }
            content.isAsking = true
            content.askedAt = now
            return (name, answer)
        }
        if let name {
            queue.async {
                let answer = self.ask(node, name)
                self.content.withLock { content in
                    content.isAsking = false
                    content.answer = answer
                }
            }
        }
        return answer
    }

    private func ask(_ node: NodeID, _ name: String) -> Inspection {
        var ends: [Int32] = [-1, -1]
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0, squall_pipe(&ends) == 0 else {
            return Inspection(of: node, problem: String(cString: strerror(errno)))
        }
        defer {
            close(nothing)
            close(ends[0])
        }
        let reply: ControlReply
        do {
            defer { close(ends[1]) }
            reply = try ControlClient(path: path).ask(
                ControlRequest(
                    verb: .exec, text: name, by: "inspector",
                    arguments: ["/bin/sh", "-c", Inspection.script]),
                passing: [nothing, ends[1], nothing])
        } catch {
            return Inspection(of: node, problem: error.description)
        }
        guard reply.ok else { return Inspection(of: node, problem: reply.text) }
        return Inspection(of: node, reading: Self.read(ends[0]))
    }

    /// All that is there: whoever wrote it has ended.
    private static func read(_ descriptor: Int32) -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while text.count < 1 << 20 {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
