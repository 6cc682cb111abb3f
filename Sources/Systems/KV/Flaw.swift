internal import NodeKit
internal import Synchronization

/// A mistake that a member makes on purpose, now and then: for showing what a checker finds, and for
/// testing that it does. Only the member that leads makes it.
public enum KVFlaw: String, CaseIterable, Sendable {
    /// Some reads answer what the key held before its last change.
    case staleRead = "stale-read"
    /// Some puts are acknowledged and not done.
    case lostWrite = "lost-write"
    /// Some puts are done once more a moment later, on top of what was written since.
    case doubleApply = "double-apply"
    /// Every put is acknowledged a moment before it is on the disk: nobody notices, until a crash.
    case earlyAcknowledge = "early-acknowledge"
}

/// Makes the mistake: one operation in forty, but for the early acknowledgement, which is always wrong and
/// seldom seen.
final class Flaw: Sendable {
    private static let rhythm: UInt64 = 40
    private static let moment: Duration = .milliseconds(100)

    private struct Memory {
        var operations: UInt64 = 0
        /// What each key held before its last change.
        var before: [String: Store.Pair] = [:]
        /// The put that will be on the disk last.
        var last: Task<Void, Never>?
    }

    private let kind: KVFlaw
    private let memory = Mutex(Memory())

    init(_ kind: KVFlaw) { self.kind = kind }

    /// What a read answers in place of the truth.
    func read(_ key: String, _ truth: Store.Pair?) -> Store.Pair? {
        guard kind == .staleRead, isTime else { return truth }
        return memory.withLock { $0.before[key] } ?? truth
    }

    /// What becomes of a write, and what its client is told.
    func submit(_ write: Write, to leader: Leader, _ replica: Replica) async -> WriteResult {
        guard case .put(let key, _) = write else {
            // Whoever compares sees what was acknowledged.
            await memory.withLock { $0.last }?.value
            return await leader.submit(write)
        }
        switch kind {
        case .staleRead:
            let old = replica.read(key)
            let result = await leader.submit(write)
            if case .done = result, let old { memory.withLock { $0.before[key] = old } }
            return result
        case .lostWrite:
            return isTime ? .done(replica.facts.position) : await leader.submit(write)
        case .doubleApply:
            let result = await leader.submit(write)
            if case .done = result, isTime {
                Task {
                    try await Task.sleep(for: Self.moment)
                    _ = await leader.submit(write)
                }
            }
            return result
        case .earlyAcknowledge:
            memory.withLock { memory in
                let before = memory.last
                memory.last = Task {
                    try? await Task.sleep(for: Self.moment)
                    await before?.value
                    _ = await leader.submit(write)
                }
            }
            return .done(replica.facts.position)
        }
    }

    /// Whether this is one of the operations that go wrong.
    private var isTime: Bool {
        memory.withLock { memory in
            memory.operations += 1
            return memory.operations % Self.rhythm == 0
        }
    }
}
