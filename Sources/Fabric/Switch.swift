internal import CLinux
internal import Cluster
internal import Faults
internal import Synchronization

/// The packet loop. It lives on its thread's stack from beginning to end and is never seen elsewhere:
/// what comes in comes through a ring, what goes out goes out as a copy. In the loop there is no
/// reference counting, no closure and no allocation but the first use of a link and new pieces of the
/// slab.
///
/// A packet is read into one buffer; its link's policy is looked up; an open link's packet is written
/// straight through. Otherwise its wire packets are decided upon one by one, and it is written, cut into
/// runs, dropped or copied into the queue of its link (`Forward.swift`, `Queue.swift`).
struct Switch: ~Copyable {
    let exchange: Exchange
    let posted: UnsafePointer<Atomic<UInt64>>
    var takenOrders: UInt64 = 0
    let random: KeyedRandom
    let epoll: Int32
    let timer: Int32
    var armed: Int64 = 0
    var linger = Linger()

    /// Where packets are read to, and where headers of runs are written.
    let buffer: FramePointer
    let scratch: FramePointer
    /// What was decided for each segment of the packet in hand.
    let fates: UnsafeMutablePointer<Int64>
    /// The same where more is decided than whether and when.
    let plans: UnsafeMutablePointer<Plan>
    /// What the switch itself says to a sender.
    let answerFrame: FramePointer

    var program: Program
    var ports: UnsafeMutablePointer<PortState>
    var portRoom: Int
    /// Lower half of the address → machine, `nobody` where there is none.
    let owners: UnsafeMutablePointer<UInt16>
    static let nobody = UInt16.max
    /// 10.66.0.0/16.
    static let network: UInt32 = 0x0a42

    var links = LinkStore()
    var slab: Slab
    var heap = DeadlineHeap()
    /// How often something was put into a queue.
    var order: UInt64 = 0
    var heldPackets = 0
    let lateness: UnsafeMutablePointer<UInt32>
    static let latenessBuckets = Int(LatencyHistogram.lastIndex) + 1

    let log: UnsafeMutablePointer<PacketSummary>
    let logRoom: Int
    var logged = 0
    /// What a capture sees.
    var tap = Tap()

    /// Bounds of one link's queue.
    static let mostHeldPackets: UInt32 = 10_000
    static let mostHeldBytes = 64 << 20

    private static let wakeTag: UInt64 = 1 << 32
    private static let timerTag: UInt64 = 2 << 32

    init(_ exchange: Exchange, seed: UInt64, log room: Int) {
        self.exchange = exchange
        posted = exchange.orders.posted
        random = KeyedRandom(seed: seed)
        epoll = exchange.epoll
        timer = exchange.timer
        buffer = .allocate(capacity: Frame.room)
        buffer.initialize(repeating: 0, count: Frame.room)
        scratch = .allocate(capacity: Frame.room)
        scratch.initialize(repeating: 0, count: Frame.room)
        fates = .allocate(capacity: Frame.mostSegments)
        plans = .allocate(capacity: Frame.mostSegments)
        answerFrame = .allocate(capacity: Self.answerRoom)
        answerFrame.initialize(repeating: 0, count: Self.answerRoom)
        program = Program(LinkTable(nodes: 0), after: LinkTable(nodes: 0))
        portRoom = 16
        ports = .allocate(capacity: portRoom)
        ports.initialize(repeating: PortState(), count: portRoom)
        owners = .allocate(capacity: 65_536)
        owners.initialize(repeating: Self.nobody, count: 65_536)
        slab = Slab(bound: 1 << 30)
        lateness = .allocate(capacity: Self.latenessBuckets)
        lateness.initialize(repeating: 0, count: Self.latenessBuckets)
        logRoom = room
        self.log = .allocate(capacity: max(1, room))
    }

    deinit {
        for node in 0..<portRoom where ports[node].descriptor >= 0 {
            squall_close(ports[node].descriptor)
        }
        buffer.deallocate()
        scratch.deallocate()
        fates.deallocate()
        plans.deallocate()
        answerFrame.deallocate()
        program.free()
        ports.deallocate()
        owners.deallocate()
        lateness.deallocate()
        log.deallocate()
        linger.end()
    }

    /// Moves packets until told to stop.
    mutating func run() {
        _ = squall_epoll_add(epoll, exchange.wake, SQUALL_READABLE, Self.wakeTag)
        // Edge-triggered: setting it anew is what clears it, and no read is needed.
        _ = squall_epoll_add(epoll, timer, SQUALL_READABLE | SQUALL_EDGE, Self.timerTag)
        withUnsafeTemporaryAllocation(of: squall_ready.self, capacity: 64) { ready in
            guard let first = ready.baseAddress else { return }
            while adopt() {
                release(now: squall_monotonic_ns())
                arm()
                let count = linger.wait(epoll, first, room: 64)
                release(now: squall_monotonic_ns())
                for index in 0..<Int(max(0, count)) {
                    let tag = first[index].tag
                    if tag == Self.wakeTag {
                        _ = squall_event_take(exchange.wake)
                    } else if tag < Self.wakeTag {
                        if first[index].events & SQUALL_WRITABLE != 0 { unblock(Int(tag)) }
                        serve(UInt16(tag))
                    }
                }
            }
        }
    }

    /// Tells the timer about the packet that leaves first.
    private mutating func arm() {
        if slab.used == 0 { slab.trim() }
        let wanted = heap.count > 0 ? max(1, heap.top.deadline) : 0
        if wanted != armed {
            armed = wanted
            _ = squall_timer_set(timer, wanted)
        }
    }

    /// Reads a share of what a port has to say, so that no port starves the others; epoll brings the
    /// rest. Orders are looked for and due packets sent between any two packets.
    mutating func serve(_ from: UInt16) {
        for _ in 0..<64 {
            if posted.pointee.load(ordering: .acquiring) != takenOrders { return }
            if heap.count > 0 { release(now: squall_monotonic_ns()) }
            guard Int(from) < portRoom, ports[Int(from)].descriptor >= 0 else { return }
            var type: UInt16 = 0
            let count = ports[Int(from)].read(buffer, type: &type)
            guard count >= 0 else {
                readFailed(Int(from), Int32(count))
                return
            }
            ports[Int(from)].errors = 0
            switch type {
            case 0x0800: forward(from, available: count)
            case 0x0806: answerAddressQuestion(from, available: count)
            case 0: ports[Int(from)].malformed += 1
            default: ports[Int(from)].foreign += 1
            }
        }
    }

    private mutating func readFailed(_ port: Int, _ code: Int32) {
        guard code != -SQUALL_AGAIN else { return }
        ports[port].errors += 1
        // A device that is gone would wake the loop for ever.
        if ports[port].errors > PortState.mostErrors {
            _ = squall_epoll_remove(epoll, ports[port].descriptor)
        }
    }

    // MARK: Orders

    /// Adopts what was posted; false when the loop is to end.
    private mutating func adopt() -> Bool {
        guard posted.pointee.load(ordering: .acquiring) != takenOrders else { return true }
        var goesOn = true
        while let order = exchange.orders.take() {
            takenOrders += 1
            switch order.kind {
            case .addPort: addPort(order)
            case .removePort: removePort(Int(order.node))
            case .install: install(order)
            case .counters: reply(order, Unmanaged.passRetained(snapshot()).toOpaque())
            case .tap: tap.adopt(order)
            case .watch: tap.watch(order)
            case .log: reply(order, Unmanaged.passRetained(logCopy()).toOpaque())
            case .stop: goesOn = false
            }
            exchange.adopted.store(order.ticket, ordering: .releasing)
        }
        _ = squall_event_signal(exchange.done)
        return goesOn
    }

    private func reply(_ order: Message, _ pointer: UnsafeMutableRawPointer) {
        var answer = order
        answer.pointer = pointer
        // As many answers as orders at most, and the ring holds as many: there is room.
        _ = exchange.answers.post(answer)
    }

    private mutating func install(_ order: Message) {
        guard let pointer = order.pointer?.assumingMemoryBound(to: Program.self) else { return }
        var old = program
        program = pointer.pointee
        program.takeCounts(from: old)
        if heldPackets > 0 { review(old) }
        swap(&pointer.pointee, &old)
        reply(order, pointer)
    }

    private mutating func addPort(_ order: Message) {
        let node = Int(order.node)
        if node >= portRoom { growPorts(to: node + 1) }
        if ports[node].descriptor >= 0 { removePort(node) }
        ports[node].descriptor = order.descriptor
        ports[node].kind = order.attachment
        ports[node].address = order.address
        ports[node].errors = 0
        owners[Int(order.address & 0xffff)] = order.node
        _ = squall_epoll_add(epoll, order.descriptor, SQUALL_READABLE, UInt64(node))
    }

    private mutating func growPorts(to wanted: Int) {
        var room = portRoom
        while room < wanted { room *= 2 }
        let more = UnsafeMutablePointer<PortState>.allocate(capacity: room)
        more.initialize(repeating: PortState(), count: room)
        more.update(from: ports, count: portRoom)
        ports.deallocate()
        ports = more
        portRoom = room
    }

    private mutating func removePort(_ node: Int) {
        guard node < portRoom, ports[node].descriptor >= 0 else { return }
        countMissed(node)
        _ = squall_epoll_remove(epoll, ports[node].descriptor)
        squall_close(ports[node].descriptor)
        ports[node].descriptor = -1
        if owners[Int(ports[node].address & 0xffff)] == UInt16(node) {
            owners[Int(ports[node].address & 0xffff)] = Self.nobody
        }
        dropBlocked(node)
        dropQueues(of: UInt16(node))
    }

    // MARK: Copies

    /// Adds what the kernel dropped since it was last asked.
    private mutating func countMissed(_ node: Int) {
        guard ports[node].descriptor >= 0, ports[node].kind == .veth else { return }
        var received: UInt32 = 0
        var dropped: UInt32 = 0
        if squall_port_drops(ports[node].descriptor, &received, &dropped) == 0 {
            ports[node].missed += UInt64(dropped)
        }
    }

    private mutating func snapshot() -> Snapshot {
        let copy = Snapshot()
        copy.at = squall_monotonic_ns()
        copy.links.reserveCapacity(links.count)
        for number in 0..<links.count {
            let link = links.state(number).pointee
            copy.links.append(
                LinkCounters(
                    link: LinkID(from: NodeID(link.from), to: NodeID(link.to)),
                    packets: link.packets, bytes: link.bytes, dropped: link.dropped,
                    queueFull: link.queueFull, held: link.heldPackets,
                    connections: link.connections))
        }
        for node in 0..<portRoom where ports[node].descriptor >= 0 {
            countMissed(node)
            let port = ports[node]
            copy.ports.append(
                PortCounters(
                    node: NodeID(UInt16(node)), missed: port.missed, refused: port.refused,
                    failed: port.failed, foreign: port.foreign, malformed: port.malformed,
                    unknown: port.unknown, answered: port.answered))
        }
        copy.faults = program.faultCounts
        copy.lateness = Array(UnsafeBufferPointer(start: lateness, count: Self.latenessBuckets))
        copy.held = heldPackets
        copy.heldBytes = slab.used
        return copy
    }

    private func logCopy() -> LogCopy {
        let copy = LogCopy()
        for number in max(0, logged - logRoom)..<logged {
            copy.packets.append(log[number % logRoom])
        }
        return copy
    }
}

/// A copy of the counters on its way out.
final class Snapshot {
    var at: Int64 = 0
    var links: [LinkCounters] = []
    var ports: [PortCounters] = []
    var faults: [(LinkID, FaultID, TermCount)] = []
    var lateness: [UInt32] = []
    var held = 0
    var heldBytes = 0
}

/// A copy of the packet log on its way out.
final class LogCopy {
    var packets: [PacketSummary] = []
}
