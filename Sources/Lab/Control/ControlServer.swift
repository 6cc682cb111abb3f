internal import CLinux
internal import Foundation
internal import Glibc
internal import Synchronization

/// The lab's owner-only Unix socket: a thread that accepts, and one a client.
///
/// Clients are people and scripts, so they are few; `mostClients` bounds them, and one too many is
/// told so and sent away.
final class ControlServer: Sendable {
    /// What the server asks the lab.
    struct Handler: Sendable {
        /// Carries out a request; the descriptors are the handler's to close.
        var handle: @Sendable (ControlRequest, [Int32]) async -> ControlReply
        /// A client attached, said quit, or is gone.
        var presence: @Sendable (Keepalive.Event) -> Void
    }

    static let mostClients = 64

    let path: String
    private let listener: Int32
    private let handler: Handler
    private let clock: RunClock
    /// Descriptors of the connected clients, so that `stop` can end their reads.
    private let clients = Mutex<[Int: Int32]>([:])

    /// Listens at `path`; a stale socket file there is taken over.
    init(path: String, clock: RunClock, handler: Handler) throws(LabError) {
        listener = squall_listen_unix(path)
        guard listener >= 0 else {
            throw LabError("cannot listen at \(path): \(String(cString: strerror(errno)))")
        }
        self.path = path
        self.handler = handler
        self.clock = clock
    }

    /// Begins to accept.
    func start() {
        spawn("squall-control") { self.accept() }
    }

    /// Ends every connection and removes the socket file.
    func stop() {
        unlink(path)
        shutdown(listener, Int32(SHUT_RDWR))
        clients.withLock { for descriptor in $0.values { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    private func accept() {
        var next = 1
        while true {
            let descriptor = squall_accept(listener)
            if descriptor < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                close(listener)
                return
            }
            let number = next
            next += 1
            let admitted = clients.withLock { clients in
                guard clients.count < Self.mostClients else { return false }
                clients[number] = descriptor
                return true
            }
            spawn("squall-client") {
                let socket = LineSocket(descriptor: descriptor)
                guard admitted else {
                    self.send(ControlReply(ok: false, text: "too many clients"), to: socket)
                    return
                }
                self.serve(number, socket)
                _ = self.clients.withLock { $0.removeValue(forKey: number) }
            }
        }
    }

    private func serve(_ number: Int, _ socket: LineSocket) {
        var isAttached = false
        while let line = socket.readLine() {
            guard let request = try? JSONDecoder().decode(ControlRequest.self, from: Data(line))
            else {
                send(ControlReply(ok: false, text: "not a request"), to: socket)
                continue
            }
            let descriptors = socket.takeDescriptors()
            switch request.verb {
            case .attach:
                isAttached = true
                handler.presence(.attached(number))
                send(ControlReply(ok: true, origin: clock.origin), to: socket)
            case .detach:
                handler.presence(.detached)
                send(ControlReply(ok: true), to: socket)
            case .quit:
                send(ControlReply(ok: true), to: socket)
                handler.presence(.quit)
            case .command, .exec, .tcpdump, .interrupt, .viewers:
                send(answer(to: request, descriptors), to: socket)
            }
        }
        if isAttached { handler.presence(.lost(number)) }
    }

    /// Blocks this client's own thread until the lab has answered.
    private func answer(to request: ControlRequest, _ descriptors: [Int32]) -> ControlReply {
        let slot = ReplySlot()
        let handler = handler
        Task { slot.fill(await handler.handle(request, descriptors)) }
        return slot.wait()
    }

    private func send(_ reply: ControlReply, to socket: LineSocket) {
        guard let data = try? JSONEncoder().encode(reply) else { return }
        _ = socket.write(line: Array(data))
    }

    private func spawn(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }
}

/// Carries one answer from a task to the thread that waits for it.
private final class ReplySlot: Sendable {
    private let reply = Mutex<ControlReply?>(nil)
    private let filled = DispatchSemaphore(value: 0)

    func fill(_ answer: ControlReply) {
        reply.withLock { $0 = answer }
        filled.signal()
    }

    func wait() -> ControlReply {
        filled.wait()
        return reply.withLock { $0 } ?? ControlReply(ok: false, text: "no answer")
    }
}
