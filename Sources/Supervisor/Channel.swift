internal import CLinux
internal import Glibc
internal import Synchronization

/// One control socket: requests go out from any thread, replies and events come in on the host's.
final class Channel: Sendable {
    typealias Reply = Result<Incoming, MachineError>

    /// The number under which the first word of a machine is awaited: events carry it.
    private static let firstWord: UInt32 = 0
    /// Requests that may wait for room in the socket.
    private static let queueLimit = 4096

    private struct State {
        var last: UInt32 = 0
        var waiting: [UInt32: CheckedContinuation<Reply, Never>] = [:]
        var unsent: [(bytes: [UInt8], descriptors: [Descriptor])] = []
        /// The first word, when it came before anybody asked.
        var early: Reply?
        var closed = false
    }

    private let state = Mutex(State())
    let socket: Descriptor
    /// Tells the host's thread that it shall call `flush` when there is room; called under the lock.
    private let needsRoom: @Sendable () -> Void

    init(socket: Descriptor, needsRoom: @escaping @Sendable () -> Void) {
        self.socket = socket
        self.needsRoom = needsRoom
    }

    // MARK: Requests

    /// Sends a request and waits for its reply. A `SQUALL_FAILED` is thrown as `failed`.
    func request(
        _ kind: UInt32, descriptors: [Int32] = [], fields: (inout Outgoing) -> Void = { _ in }
    ) async throws(MachineError) -> Incoming {
        let reply: Reply = await withCheckedContinuation { continuation in
            let number: UInt32? = state.withLock { state in
                guard !state.closed else { return nil }
                state.last = state.last == .max ? 1 : state.last + 1
                state.waiting[state.last] = continuation
                return state.last
            }
            guard let number else { return continuation.resume(returning: .failure(.gone)) }
            var message = Outgoing(kind: kind, request: number)
            fields(&message)
            if let error = send(message.bytes, descriptors) {
                answer(number, with: .failure(error))
            }
        }
        return try reply.get()
    }

    /// Waits for the first word of the other end.
    func firstWord() async throws(MachineError) -> Incoming {
        let reply: Reply = await withCheckedContinuation { continuation in
            let early: Reply? = state.withLock { state in
                if let early = state.early { return early }
                if state.closed { return .failure(.gone) }
                state.waiting[Self.firstWord] = continuation
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
        return try reply.get()
    }

    private func send(_ bytes: [UInt8], _ descriptors: [Int32]) -> MachineError? {
        guard bytes.count <= Int(SQUALL_MESSAGE_MAX) else { return .tooLarge }
        return state.withLock { state in
            if state.closed { return .gone }
            if state.unsent.isEmpty {
                let error = squall_send_packet(
                    socket.number, bytes, bytes.count, descriptors, descriptors.count)
                switch error {
                case 0: return nil
                case EAGAIN: break
                case EMSGSIZE: return .tooLarge
                default: return .gone
                }
            }
            guard state.unsent.count < Self.queueLimit else { return .busy }
            // The caller may close its own ones before there is room.
            let kept = descriptors.map { Descriptor(owning: fcntl($0, F_DUPFD_CLOEXEC, 3)) }
            state.unsent.append((bytes, kept))
            needsRoom()
            return nil
        }
    }

    /// Sends what waited; calls `done` when nothing waits any more, before anything else can. Called
    /// on the host's thread.
    func flush(done: () -> Void) {
        state.withLock { state in
            var sent = 0
            for message in state.unsent {
                let numbers = message.descriptors.map(\.number)
                let error = squall_send_packet(
                    socket.number, message.bytes, message.bytes.count, numbers, numbers.count)
                if error == EAGAIN { break }
                sent += 1  // any other error is followed by the end of the socket
            }
            state.unsent.removeFirst(sent)
            if state.unsent.isEmpty { done() }
        }
    }

    // MARK: What comes in

    /// Reads all that is there: replies wake their requests, events go to `onEvent`. `before` sees each
    /// reply first, on this thread, ahead of any message that follows it. Returns whether the socket
    /// is still open. Called on the host's thread.
    func drain(
        into buffer: UnsafeMutableRawBufferPointer, before: (Incoming) -> Void = { _ in },
        onEvent: (Incoming) -> Void
    ) -> Bool {
        var numbers = [Int32](repeating: -1, count: 8)
        while true {
            var count = 0
            let length = squall_receive_packet(
                socket.number, buffer.baseAddress, buffer.count, &numbers, &count)
            if length == -Int(EAGAIN) { return true }
            guard length > 0 else { return false }
            let message = Incoming(
                bytes: Array(UnsafeRawBufferPointer(rebasing: buffer[..<length])),
                descriptors: numbers.prefix(count).map { Descriptor(owning: $0) })
            let isFirstWord =
                message.request == Self.firstWord
                && [SQUALL_HELLO, SQUALL_READY, SQUALL_FAILED].contains(message.kind)
            if message.request != Self.firstWord || isFirstWord {
                before(message)
                answer(message.request, with: Self.reply(message))
            } else {
                onEvent(message)
            }
        }
    }

    /// Ends the channel: all that wait get `gone`. Called on the host's thread.
    func close() {
        let waiting = state.withLock { state in
            state.closed = true
            state.unsent = []
            // Under the lock that sending takes: the number may be another file's right after.
            socket.close()
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: .failure(.gone)) }
    }

    private func answer(_ number: UInt32, with reply: Reply) {
        let continuation = state.withLock { state in
            let continuation = state.waiting.removeValue(forKey: number)
            if number == Self.firstWord, continuation == nil { state.early = reply }
            return continuation
        }
        continuation?.resume(returning: reply)
    }

    private static func reply(_ message: Incoming) -> Reply {
        guard message.kind == SQUALL_FAILED else { return .success(message) }
        var failure = message
        let code = Int32(bitPattern: failure.u32())
        let call = failure.text()
        let detail = failure.text()
        return .failure(
            .failed(call: detail.isEmpty ? call : "\(call) of \(detail)", code: code))
    }
}
