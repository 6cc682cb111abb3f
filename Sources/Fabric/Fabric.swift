internal import CLinux
public import Cluster
public import Faults
internal import Synchronization

/// The packet switch, as the lab holds it: one thread of our own (`squall-net`) moves packets between
/// the machines' ports under the programs of the active faults; this handle posts changes to it and
/// takes copies of its counters.
///
/// Posting never waits: a change is in force when the ticket that posting gave is adopted, between
/// two packets and in the order of posting. Handles may be used from any thread.
public final class Fabric: Sendable {
    /// How the packet loop is scheduled.
    public let scheduling: Scheduling

    /// The round trips between the machines' kernels.
    public let echo: Echo

    /// A change that was posted; `await fabric.adopted(ticket)` to know that it is in force.
    public struct Ticket: Hashable, Comparable, Sendable {
        let number: UInt64

        /// By order of posting.
        public static func < (a: Ticket, b: Ticket) -> Bool { a.number < b.number }
    }

    private let exchange: Exchange
    let desk: Desk
    private let loop: Thread

    /// Starts the switch without any port. `seed` keys every random decision; `log` is how many
    /// packets the packet log remembers (0: none); `priorities` are what may be asked for, best first.
    /// Throws when the kernel gives no thread or descriptor.
    public init(
        seed: UInt64, log: Int = 0, priorities: [Scheduling] = [.fifo, .nice, .slice]
    ) throws(FabricError) {
        let exchange = try Exchange()
        let desk = Desk(exchange)
        let permit = priorities.reduce(UInt32(0)) { $0 | 1 << $1.level }
        let got = Mailbox<Int32>()
        loop = try Thread("squall-net") {
            got.put(squall_priority_ask(permit))
            var loop = Switch(exchange, seed: seed, log: max(0, log))
            loop.run()
        }
        scheduling = Scheduling(level: got.take())
        self.exchange = exchange
        self.desk = desk
        do throws(FabricError) {
            echo = try Echo(done: exchange.done) { desk.settle() }
        } catch {
            desk.stop(loop)
            throw error
        }
    }

    deinit { stop() }

    /// Plugs a machine in. The descriptor belongs to the fabric from now on, also when this throws.
    /// A machine that has a port already has it replaced.
    @discardableResult
    public func addPort(_ port: Port) throws(FabricError) -> Ticket {
        do throws(FabricError) {
            guard port.address.value >> 16 == Switch.network else {
                throw FabricError.impossible("\(port.address) is not in 10.66.0.0/16")
            }
            guard port.node.index < Switch.nobody else {
                throw FabricError.impossible("no more machines than 65,534")
            }
            let veth = port.attachment == .veth
            let code =
                veth ? squall_port_prepare(port.descriptor) : squall_nonblocking(port.descriptor)
            guard code == 0 else { throw FabricError.system(call: "port", code: -code) }
            return try desk.post(
                Message(
                    kind: .addPort, attachment: port.attachment.code, node: port.node.index,
                    descriptor: port.descriptor, address: port.address.value))
        } catch {
            squall_close(port.descriptor)
            throw error
        }
    }

    /// Unplugs a machine: what was held for it or from it is dropped, its descriptor is closed.
    @discardableResult
    public func removePort(_ node: NodeID) throws(FabricError) -> Ticket {
        try desk.post(Message(kind: .removePort, node: node.index))
    }

    /// Puts these faults in force, all others out of force. What a link holds when its delay or hold
    /// is taken away leaves as if the fault had not been there, in order; what it holds when it is cut
    /// is lost.
    @discardableResult
    public func install(_ table: LinkTable) throws(FabricError) -> Ticket {
        try desk.install(table)
    }

    /// Waits until the switch has adopted everything up to this ticket: from now on no packet is
    /// treated otherwise. Also returns when the switch has stopped.
    public func adopted(_ ticket: Ticket) async { await desk.adopted(ticket.number) }

    /// A copy of all counters.
    public func counters() async throws(FabricError) -> FabricCounters {
        let answer = try await desk.ask(.counters)
        let copy = Unmanaged<Snapshot>.fromOpaque(answer).takeRetainedValue()
        return FabricCounters(copy)
    }

    /// The final counts of faults that are no longer in force, once each.
    public func ended() -> [FaultID: FaultCounters] { desk.takeEnded() }

    /// The packets that the log remembers, oldest first.
    public func log() async throws(FabricError) -> [PacketSummary] {
        let answer = try await desk.ask(.log)
        return Unmanaged<LogCopy>.fromOpaque(answer).takeRetainedValue().packets
    }

    /// Ends both threads, closes every port. Later calls throw `FabricError.stopped`. Blocks for the
    /// moment that this takes. Done by itself when the handle goes away.
    public func stop() {
        desk.stop(loop)
        echo.stop()
    }
}

extension Scheduling {
    /// As `squall_priority_ask` counts.
    fileprivate var level: UInt32 {
        switch self {
        case .fifo: UInt32(SQUALL_PRIORITY_FIFO)
        case .nice: UInt32(SQUALL_PRIORITY_NICE)
        case .slice: UInt32(SQUALL_PRIORITY_SLICE)
        case .plain: UInt32(SQUALL_PRIORITY_NONE)
        }
    }

    fileprivate init(level: Int32) {
        self =
            switch level {
            case SQUALL_PRIORITY_FIFO: .fifo
            case SQUALL_PRIORITY_NICE: .nice
            case SQUALL_PRIORITY_SLICE: .slice
            default: .plain
            }
    }
}

extension FabricCounters {
    fileprivate init(_ copy: Snapshot) {
        at = copy.at
        links = copy.links.sorted { $0.link < $1.link }
        ports = copy.ports
        faults = FaultCounters.sum(copy.faults)
        lateness = LatencyHistogram(
            buckets: copy.lateness.indices.map {
                .init(index: UInt16($0), count: copy.lateness[$0])
            })
        held = copy.held
        heldBytes = copy.heldBytes
    }
}
