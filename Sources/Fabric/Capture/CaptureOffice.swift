internal import CLinux
internal import Cluster
internal import Synchronization

/// What the handle wants of the capture's thread.
struct CaptureOrder: Sendable {
    /// A new sink.
    struct Sink: Sendable {
        var number = 0
        var descriptor: Int32
        /// One machine; all when `nil`.
        var node: NodeID?
        /// Bytes of a file; `nil` for a reader.
        var limit: Int?
        var snap: Int
        var only: Only?
    }

    /// Something that happened.
    struct Mark: Sendable {
        var at: Int64
        var text: String
    }

    var sinks: [Sink] = []
    var marks: [Mark] = []
    var names: [(FaultID, String)] = []
    var isStop = false
}

/// What the handle and the capture's thread share: orders, and who watches which port.
final class CaptureOffice: Sendable {
    /// Wakes the thread.
    let wake = squall_event_make()
    let tell: @Sendable (Capture.News) -> Void
    private let desk: Desk
    private let state = Mutex(State())

    private struct State {
        var order = CaptureOrder()
        var lastSink = 0
        /// The sinks there are, with the machine that each watches.
        var watches: [Int: NodeID?] = [:]
    }

    private static let mostMarks = 4_096

    init(desk: Desk, tell: @escaping @Sendable (Capture.News) -> Void) {
        self.desk = desk
        self.tell = tell
    }

    deinit { squall_close(wake) }

    /// Hands a new sink over; its ports are watched from now on.
    func post(_ sink: CaptureOrder.Sink) throws(FabricError) {
        let result = state.withLock { state -> Result<Void, FabricError> in
            guard state.watches.count <= Capture.mostReaders else {
                return .failure(.impossible("\(Capture.mostReaders) captures look on already"))
            }
            var numbered = sink
            numbered.number = state.lastSink + 1
            let before = Self.watched(state)
            state.watches[numbered.number] = .some(sink.node)
            do throws(FabricError) {
                try adjust(from: before, to: Self.watched(state))
            } catch {
                state.watches[numbered.number] = nil
                return .failure(error)
            }
            state.lastSink += 1
            state.order.sinks.append(numbered)
            return .success(())
        }
        try result.get()
        _ = squall_event_signal(wake)
    }

    /// A sink is gone: what nobody else watches is watched no longer.
    func forget(_ sink: Int) {
        state.withLock { state in
            let before = Self.watched(state)
            state.watches[sink] = nil
            // A loop that has stopped watches nothing.
            try? adjust(from: before, to: Self.watched(state))
        }
    }

    func post(mark text: String, at: Int64) {
        state.withLock { state in
            guard state.order.marks.count < Self.mostMarks, !state.watches.isEmpty else { return }
            state.order.marks.append(.init(at: at, text: text))
        }
    }

    func post(name: String, of fault: FaultID) {
        state.withLock { state in
            guard state.order.names.count < Self.mostMarks else { return }
            state.order.names.append((fault, name))
        }
    }

    func stop() {
        state.withLock { $0.order.isStop = true }
        _ = squall_event_signal(wake)
    }

    /// What is to be done. The thread only.
    func take() -> CaptureOrder {
        state.withLock { state in
            defer { state.order = CaptureOrder() }
            return state.order
        }
    }

    // MARK: Watching

    /// Either all ports, or some.
    private enum Watched: Equatable {
        case all
        case some(Set<NodeID>)
    }

    private static func watched(_ state: State) -> Watched {
        state.watches.values.contains { $0 == nil }
            ? .all : .some(Set(state.watches.values.compactMap { $0 }))
    }

    private func adjust(from old: Watched, to new: Watched) throws(FabricError) {
        switch (old, new) {
        case (.some(let before), .some(let after)):
            for node in after.subtracting(before) { try watch(node.index, true) }
            for node in before.subtracting(after) { try watch(node.index, false) }
        case (.some, .all): try watch(Switch.nobody, true)
        case (.all, .some(let after)):
            try watch(Switch.nobody, false)
            for node in after { try watch(node.index, true) }
        case (.all, .all): break
        }
    }

    private func watch(_ node: UInt16, _ on: Bool) throws(FabricError) {
        _ = try desk.post(
            Message(kind: .watch, node: node, address: on ? 1 : 0))
    }
}
