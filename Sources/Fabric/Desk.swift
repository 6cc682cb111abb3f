internal import CLinux
internal import Cluster
internal import Faults
internal import Glibc
internal import Synchronization

/// The handle's side of the exchange: numbers orders, keeps who waits for which, takes answers out.
/// Waiters are woken on the echo's thread, which sleeps on `Exchange.done` among others.
final class Desk: Sendable {
    private let exchange: Exchange
    private let state: Mutex<State>

    private struct State {
        var lastTicket: UInt64 = 0
        /// Up to here answers have been taken out. No more orders than the ring of answers holds may
        /// be beyond it.
        var settledTicket: UInt64 = 0
        var stopped = false
        var table = LinkTable(nodes: 0)
        var adoptions: [Adoption] = []
        var questions: [UInt64: CheckedContinuation<Answer?, Never>] = [:]
        var ended: [FaultID: FaultCounters] = [:]
    }

    private struct Adoption {
        let ticket: UInt64
        let continuation: CheckedContinuation<Void, Never>
    }

    /// An address that changes hands, as a number.
    private struct Answer: Sendable {
        let address: UInt
    }

    init(_ exchange: Exchange) {
        self.exchange = exchange
        state = Mutex(State())
    }

    /// Posts an order without waiting for it.
    func post(_ message: Message) throws(FabricError) -> Fabric.Ticket {
        let result = state.withLock { Self.post(message, &$0, exchange) }
        return Fabric.Ticket(number: try result.get())
    }

    private static func post(
        _ message: Message, _ state: inout State, _ exchange: Exchange
    ) -> Result<UInt64, FabricError> {
        guard !state.stopped else { return .failure(.stopped) }
        var numbered = message
        numbered.ticket = state.lastTicket + 1
        guard state.lastTicket - state.settledTicket < Ring.room else { return .failure(.busy) }
        guard exchange.orders.post(numbered) else { return .failure(.busy) }
        state.lastTicket += 1
        _ = squall_event_signal(exchange.wake)
        return .success(numbered.ticket)
    }

    /// Posts a table as a program that follows the one posted before.
    func install(_ table: LinkTable) throws(FabricError) -> Fabric.Ticket {
        let result = state.withLock { state -> Result<UInt64, FabricError> in
            let program = UnsafeMutablePointer<Program>.allocate(capacity: 1)
            program.initialize(to: Program(table, after: state.table))
            let order = Message(kind: .install, pointer: UnsafeMutableRawPointer(program))
            let result = Self.post(order, &state, exchange)
            switch result {
            case .success: state.table = table
            case .failure:
                program.pointee.free()
                program.deallocate()
            }
            return result
        }
        return Fabric.Ticket(number: try result.get())
    }

    /// Waits until the loop has come that far.
    func adopted(_ ticket: UInt64) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.stopped || exchange.adopted.load(ordering: .acquiring) >= ticket {
                    return true
                }
                state.adoptions.append(Adoption(ticket: ticket, continuation: continuation))
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Blocks for the moment until the loop has adopted everything that was posted so far. Also when
    /// it was told to stop: that is an order like any other, and its last one.
    func waitUntilAdopted() {
        let last = state.withLock { $0.lastTicket }
        while exchange.adopted.load(ordering: .acquiring) < last { sched_yield() }
    }

    /// Posts a question and waits for its answer: an object that is handed over retained.
    func ask(_ kind: Message.Kind) async throws(FabricError) -> UnsafeMutableRawPointer {
        var failure = FabricError.stopped
        let answer = await withCheckedContinuation {
            (continuation: CheckedContinuation<Answer?, Never>) in
            let result = state.withLock { state in
                let result = Self.post(Message(kind: kind), &state, exchange)
                if case .success(let ticket) = result { state.questions[ticket] = continuation }
                return result
            }
            if case .failure(let error) = result {
                failure = error
                continuation.resume(returning: nil)
            }
        }
        guard let answer, let pointer = UnsafeMutableRawPointer(bitPattern: answer.address) else {
            throw failure
        }
        return pointer
    }

    /// The final counts of faults that are over. What was adopted is in, whether or not the echo's
    /// thread has come to it yet.
    func takeEnded() -> [FaultID: FaultCounters] {
        settle()
        return state.withLock { state in
            defer { state.ended = [:] }
            return state.ended
        }
    }

    /// Takes the answers out and wakes whoever waits for them. From any thread.
    func settle() {
        var adopted: [CheckedContinuation<Void, Never>] = []
        var answered: [(CheckedContinuation<Answer?, Never>, Answer)] = []
        state.withLock { state in
            let ticket = exchange.adopted.load(ordering: .acquiring)
            while let answer = exchange.answers.take() {
                guard let pointer = answer.pointer else { continue }
                switch answer.kind {
                case .install:
                    Self.retire(pointer.assumingMemoryBound(to: Program.self), &state)
                case .counters, .log:
                    guard let asker = state.questions.removeValue(forKey: answer.ticket) else {
                        Unmanaged<AnyObject>.fromOpaque(pointer).release()
                        continue
                    }
                    answered.append((asker, Answer(address: UInt(bitPattern: pointer))))
                case .addPort, .removePort, .tap, .watch, .stop: break
                }
            }
            state.settledTicket = ticket
            adopted = state.adoptions.filter { $0.ticket <= ticket }.map(\.continuation)
            state.adoptions.removeAll { $0.ticket <= ticket }
        }
        for continuation in adopted { continuation.resume() }
        for (continuation, answer) in answered { continuation.resume(returning: answer) }
    }

    /// A program came back: its counts are final. Those of faults that the newest table has no more
    /// are kept until they are asked for; the others go on in the program that followed.
    private static func retire(_ program: UnsafeMutablePointer<Program>, _ state: inout State) {
        let counts = program.pointee.faultCounts
        let active = Set(state.table.terms.map(\.fault))
        for (fault, sum) in FaultCounters.sum(counts) where !active.contains(fault) {
            state.ended[fault] = sum
        }
        program.pointee.free()
        program.deallocate()
    }

    /// Ends the loop and wakes everybody who waits; once.
    func stop(_ loop: Thread) {
        while true {
            let outcome = state.withLock { state in
                if state.stopped { return Result<UInt64, FabricError>.failure(.stopped) }
                let outcome = Self.post(Message(kind: .stop), &state, exchange)
                if case .success = outcome { state.stopped = true }
                return outcome
            }
            if case .success = outcome { break }
            guard outcome == .failure(.busy) else { return }
            // There is no room for the order: there will be when answers are taken out.
            settle()
            sched_yield()
        }
        loop.join()
        settle()
        let left = state.withLock { state in
            defer {
                state.adoptions = []
                state.questions = [:]
            }
            return (state.adoptions.map(\.continuation), Array(state.questions.values))
        }
        for continuation in left.0 { continuation.resume() }
        for continuation in left.1 { continuation.resume(returning: nil) }
    }
}

extension FaultCounters {
    /// Rows of links and faults, summed up by fault.
    static func sum(_ rows: [(LinkID, FaultID, TermCount)]) -> [FaultID: FaultCounters] {
        var faults: [FaultID: FaultCounters] = [:]
        for (link, fault, count) in rows {
            faults[fault, default: FaultCounters()].total += count
            faults[fault, default: FaultCounters()].links[link, default: TermCount()] += count
        }
        return faults
    }
}
