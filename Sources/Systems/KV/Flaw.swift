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
}

/// Makes the mistake: one operation in forty.
final class Flaw: Sendable {
    private static let rhythm: UInt64 = 40
    private static let moment: Duration = .milliseconds(100)

    private struct Memory {
        var operations: UInt64 = 0
        /// What each key held before its last change.
        var before: [String: Store.Pair] = [:]
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
        guard case .put(let key, _) = write else { return await leader.submit(write) }
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
