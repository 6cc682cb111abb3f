internal import CLinux
internal import Glibc
internal import Synchronization

/// The thread that starts `squall-host`, lives as long as it does, and reads all control sockets.
final class HostThread: Sendable {
    private struct Member {
        var channel: Channel
        /// Whether it was furnished: only then its end is an event.
        var announced = false
        var awaitingEnd: [CheckedContinuation<Void, Never>] = []
    }

    private struct State {
        var members: [UInt32: Member] = [:]
        /// Machines that were made and are not yet picked up by whoever asked for them; they may be
        /// gone again by then.
        var fresh: [UInt32: Channel] = [:]
        var host: Channel?
        var processID: Int32 = -1
        var ended = false
        var awaitingEnd: [CheckedContinuation<Void, Never>] = []
    }

    /// Tag of the host's own socket in the epoll set; machines are numbered from 1.
    private static let hostTag: UInt32 = 0

    private let state = Mutex(State())
    private let epoll: Descriptor
    private let onEvent: @Sendable (MachineEvent) -> Void
    let identity: Identity
    let runtime: Runtime

    init(
        identity: Identity, runtime: Runtime,
        onEvent: @escaping @Sendable (MachineEvent) -> Void
    ) throws(MachineError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .failed(call: "epoll_create1", code: errno) }
        epoll = Descriptor(owning: number)
        self.identity = identity
        self.runtime = runtime
        self.onEvent = onEvent
    }

    var processID: Int32 { state.withLock { $0.processID } }

    // MARK: Starting

    /// Starts the thread and in it the host; returns the host's first word.
    func start(_ executable: String) async throws(MachineError) -> Incoming {
        let started: Result<Channel, MachineError> = await withCheckedContinuation { continuation in
            let body = Body(thread: self, executable: executable, continuation: continuation)
            let context = Unmanaged.passRetained(body)
            let error = squall_thread(
                "squall-host",
                { context in
                    guard let context else { return nil }
                    let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                    body.thread.run(body)
                    return nil
                }, context.toOpaque())
            if error != 0 {
                context.release()
                continuation.resume(
                    returning: .failure(.failed(call: "pthread_create", code: error)))
            }
        }
        let channel = try started.get()
        watch(channel, tag: Self.hostTag)
        return try await channel.firstWord()
    }

    /// What the thread is given.
    private final class Body: Sendable {
        let thread: HostThread
        let executable: String
        let continuation: CheckedContinuation<Result<Channel, MachineError>, Never>

        init(
            thread: HostThread, executable: String,
            continuation: CheckedContinuation<Result<Channel, MachineError>, Never>
        ) {
            self.thread = thread
            self.executable = executable
            self.continuation = continuation
        }
    }

    private func run(_ body: Body) {
        var processID: pid_t = -1
        var control: Int32 = -1
        let arguments = [
            body.executable, "\(getpid())", "\(identity.userID)", "\(identity.groupID)",
        ]
        let error = withCStrings(arguments) {
            squall_start_host(body.executable, $0, &processID, &control)
        }
        guard error == 0 else {
            let message = "cannot start \(body.executable): \(words(ofError: error))"
            return body.continuation.resume(returning: .failure(.noHost(message)))
        }
        let channel = Channel(socket: Descriptor(owning: control)) { [weak self] in
            self?.awaitRoom(tag: Self.hostTag)
        }
        state.withLock { state in
            state.processID = processID
            state.host = channel
        }
        allowManyDescriptors()
        body.continuation.resume(returning: .success(channel))
        serve(channel)
        finish(channel, processID: processID)
    }

    /// A machine takes a handful of descriptors in this process, and the usual soft limit is 1,024.
    /// After the host was started, so that nodes keep the limit that they would have without a lab.
    private func allowManyDescriptors() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    // MARK: Serving

    private func serve(_ host: Channel) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(SQUALL_MESSAGE_MAX), alignment: 16)
        defer { buffer.deallocate() }
        var ready = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll.number, &ready, Int32(ready.count), -1)
            for event in ready.prefix(Int(max(count, 0))) {
                let tag = event.data.u32
                guard let channel = channel(tag) else { continue }
                if event.events & EPOLLOUT.rawValue != 0 {
                    channel.flush { modify(channel, tag: tag, events: EPOLLIN.rawValue) }
                }
                guard event.events & ~EPOLLOUT.rawValue != 0 else { continue }
                if tag == Self.hostTag {
                    let isOpen = channel.drain(into: buffer, before: welcome) {
                        hostSaid($0, buffer)
                    }
                    guard isOpen else { return }
                } else if !listen(to: channel, tag, buffer) {
                    // Its end is told by the host, when all of its processes are collected.
                    channel.close()
                }
            }
        }
    }

    private func channel(_ tag: UInt32) -> Channel? {
        state.withLock { tag == Self.hostTag ? $0.host : $0.members[tag]?.channel }
    }

    /// Listens to a machine from the moment it is made: whoever asked for it may run much later, and
    /// it may fail and be gone before.
    private func welcome(_ reply: Incoming) {
        var reply = reply
        guard reply.kind == SQUALL_MADE, reply.descriptors.count == 2 else { return }
        let number = reply.u32()
        let channel = Channel(socket: reply.descriptors[0]) { [weak self] in
            self?.awaitRoom(tag: number)
        }
        state.withLock { state in
            state.members[number] = Member(channel: channel)
            state.fresh[number] = channel
        }
        watch(channel, tag: number)
    }

    private func listen(
        to machine: Channel, _ number: UInt32, _ buffer: UnsafeMutableRawBufferPointer
    ) -> Bool {
        machine.drain(
            into: buffer,
            before: { reply in
                guard reply.kind == SQUALL_READY else { return }
                state.withLock { $0.members[number]?.announced = true }
            },
            onEvent: { said($0, by: number) })
    }

    private func hostSaid(_ message: Incoming, _ buffer: UnsafeMutableRawBufferPointer) {
        var message = message
        guard message.kind == SQUALL_GONE else { return }
        let number = message.u32()
        // What it said before its end comes before its end.
        if let channel = channel(number) {
            _ = listen(to: channel, number, buffer)
        }
        bury(number)
    }

    private func bury(_ number: UInt32) {
        guard let member = state.withLock({ $0.members[number] }) else { return }
        member.channel.close()
        if member.announced { onEvent(.gone(machine: MachineID(number: number))) }
        // Only now: who asks for the end meanwhile must not return before it is told.
        let waiting = state.withLock { $0.members.removeValue(forKey: number)?.awaitingEnd }
        for continuation in waiting ?? [] { continuation.resume() }
    }

    private func said(_ message: Incoming, by number: UInt32) {
        var message = message
        let machine = MachineID(number: number)
        switch message.kind {
        case SQUALL_EXITED:
            let process = ProcessID(number: message.u32())
            let status = Int32(bitPattern: message.u32())
            let end = ProcessEnd(waitStatus: status, monotonicNanoseconds: message.u64())
            onEvent(.exited(machine: machine, process: process, end: end))
        case SQUALL_EMPTIED:
            onEvent(.emptied(machine: machine, monotonicNanoseconds: message.u64()))
        default: break
        }
    }

    private func finish(_ host: Channel, processID: Int32) {
        state.withLock { $0.host = nil }  // from here on, nobody becomes a member
        host.close()
        // The sockets of machines that are left close here: the second tie.
        for number in state.withLock({ Array($0.members.keys) }) { bury(number) }
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR { continue }
        let waiting = state.withLock { state in
            state.ended = true
            defer { state.awaitingEnd = [] }
            return state.awaitingEnd
        }
        onEvent(.hostGone)
        for continuation in waiting { continuation.resume() }
    }

    // MARK: The epoll set

    private func watch(_ channel: Channel, tag: UInt32) {
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(u32: tag))
        epoll_ctl(epoll.number, EPOLL_CTL_ADD, channel.socket.number, &event)
    }

    private func modify(_ channel: Channel, tag: UInt32, events: UInt32) {
        var event = epoll_event(events: events, data: epoll_data(u32: tag))
        epoll_ctl(epoll.number, EPOLL_CTL_MOD, channel.socket.number, &event)
    }

    private func awaitRoom(tag: UInt32) {
        guard let channel = channel(tag) else { return }
        modify(channel, tag: tag, events: EPOLLIN.rawValue | EPOLLOUT.rawValue)
    }

    // MARK: Machines

    /// Asks the host for a machine and waits until it is furnished.
    func make(_ spec: MachineSpec) async throws(MachineError) -> Machine {
        guard let host = channel(Self.hostTag) else { throw .gone }
        var spec = spec
        spec.binds += runtime.binds
        let asked = spec
        var made = try await host.request(SQUALL_MAKE) { $0.put(asked) }
        let number = made.u32()
        let processID = Int32(bitPattern: made.u32())
        guard let channel = state.withLock({ $0.fresh.removeValue(forKey: number) }) else {
            throw .gone
        }
        var ready = try await channel.firstWord()
        return Machine(
            id: MachineID(number: number), name: spec.name,
            port: Port(
                descriptor: made.descriptors[1], attachment: spec.attachment, mac: spec.mac),
            processID: processID, losses: ready.texts(), channel: channel, host: self)
    }

    /// Kills a machine and waits until all of it is collected.
    func powerOff(_ id: MachineID) async throws(MachineError) {
        guard let host = channel(Self.hostTag) else { return }
        do throws(MachineError) {
            _ = try await host.request(SQUALL_POWER_OFF) { $0.put(id.number) }
        } catch {
            guard case .failed(_, ESRCH) = error else { throw error }
        }
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                guard state.members[id.number] != nil else { return false }
                state.members[id.number]?.awaitingEnd.append(continuation)
                return true
            }
            if !waits { continuation.resume() }
        }
    }

    /// Takes the power of all machines, then ends the host and the thread.
    func end() async {
        let numbers = state.withLock { Array($0.members.keys) }
        await withTaskGroup(of: Void.self) { group in
            for number in numbers {
                group.addTask { try? await self.powerOff(MachineID(number: number)) }
            }
        }
        await withCheckedContinuation { continuation in
            let (hasEnded, host) = state.withLock { state in
                if !state.ended { state.awaitingEnd.append(continuation) }
                return (state.ended, state.host)
            }
            if hasEnded { return continuation.resume() }
            // The host leaves at the end of its socket, and ours ends with it. Where there is none
            // any more, it is leaving already.
            if let host { shutdown(host.socket.number, Int32(SHUT_WR)) }
        }
    }

    /// Makes a stream the nodes' own, where root made it.
    func give(stream: Int32) {
        var status = stat()
        guard geteuid() == 0, fstat(stream, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFIFO {
            _ = fchown(stream, identity.userID, identity.groupID)
        }
    }
}
