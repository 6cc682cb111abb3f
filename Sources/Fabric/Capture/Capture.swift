internal import CLinux
public import Cluster
internal import Glibc
internal import Synchronization

/// Captures what crosses the machines' ports as pcapng, into a file and to readers that look on.
///
/// A reader sees what crosses one port as `tcpdump` on that machine would: what its kernel sent, when
/// it left (outbound), and what its kernel was handed, when it arrived (inbound). In the file, which is
/// about all machines, each packet stands once, or every second one would look like a retransmission:
/// where it arrived, with how long it was on its way; or where it left, with what dropped it. From that
/// `PcapngView` makes one machine's view again.
///
/// Packets of several segments are told as the wire packets that they stand for, with their checksums
/// completed. Times are nanoseconds of the wall clock as of the capture's beginning: a clock that is set
/// meanwhile does not tear it.
///
/// The packet loop copies into a bounded ring and goes on (`Tap`); a thread of our own, `squall-capture`,
/// does the rest. What finds no room is counted, per port, in the capture itself and for the journal.
public final class Capture: Sendable {
    /// Bytes that wait for a slow reader before packets are dropped for it.
    static let patience = 16 << 20
    /// Readers at a time.
    public static let mostReaders = 16
    /// A file is no longer than this unless told otherwise: with what else is in a run's folder it stays
    /// below one gigabyte.
    public static let usualLimit = 900_000_000
    /// The shortest file that makes sense.
    public static let leastLimit = 1_000_000
    /// The ring's size unless told otherwise: 20 ms of 12 Gbit/s.
    public static let usualRoom = 32 << 20

    private let desk: Desk
    private let office: CaptureOffice
    private let heading: CaptureHeading
    private let interfaces: [CaptureInterface]
    private let room: Int
    private let thread = Mutex<Thread?>(nil)

    /// What a capture tells whoever made it, from its thread; to be answered without blocking.
    public enum News: Hashable, Sendable {
        /// Packets that were to be in the capture and are not, since the last time.
        case lost(UInt64)
        /// The file is as long as it may be.
        case full(limit: Int)
        /// The file cannot be written.
        case failed(String)
    }

    /// A capture of these machines that does nothing yet. `application` and `comment` stand at the
    /// beginning of each.
    public init(
        _ fabric: Fabric, interfaces: [CaptureInterface], application: String, comment: String,
        room: Int = Capture.usualRoom, tell: @escaping @Sendable (News) -> Void
    ) {
        desk = fabric.desk
        self.interfaces = interfaces
        self.room = room
        heading = CaptureHeading(application: application, comment: comment)
        office = CaptureOffice(desk: fabric.desk, tell: tell)
    }

    deinit { stop() }

    /// Begins to write all machines' packets to a new file: at most `limit` bytes of file, `snap` bytes
    /// of each packet.
    public func record(
        to path: String, limit: Int = Capture.usualLimit, snap: Int? = nil
    ) throws(FabricError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open \(path)", code: errno) }
        try begin(
            .init(
                descriptor: descriptor, node: nil, limit: max(limit, Self.leastLimit),
                snap: snap ?? Frame.longest, only: nil))
    }

    /// Begins to send one machine's packets to whoever reads the other end of this socket, until that
    /// is closed or shut down, or the capture stops. The socket belongs to the capture from now on,
    /// also when this throws. `only` leaves all other packets out.
    public func show(
        _ node: NodeID, to socket: Int32, snap: Int? = nil, only: Only? = nil
    ) throws(FabricError) {
        guard interfaces.contains(where: { $0.node == node }) else {
            squall_close(socket)
            throw .impossible("no machine has the number \(node.index)")
        }
        var size: Int32 = 4 << 20
        setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, 4)
        try begin(
            .init(
                descriptor: socket, node: node, limit: nil, snap: snap ?? Frame.longest, only: only)
        )
    }

    /// Something that happened at a moment of the monotonic clock: a line of its own in every capture,
    /// and a comment beside the next packet.
    public func mark(at: Int64, _ text: String) { office.post(mark: text, at: at) }

    /// What a fault is called in comments.
    public func name(_ fault: FaultID, _ label: String) { office.post(name: label, of: fault) }

    /// Ends every capture after what has come so far: each gets its statistics. Blocks for the moment
    /// that this takes. To be called before the fabric stops. Done by itself when the handle goes away.
    public func stop() {
        guard let running = thread.withLock({ $0.take() }) else { return }
        // A loop that has stopped adopts nothing, and copies nothing.
        _ = try? desk.post(Message(kind: .tap))
        desk.waitUntilAdopted()
        office.stop()
        running.join()
    }

    private func begin(_ sink: CaptureOrder.Sink) throws(FabricError) {
        let result = thread.withLock { thread -> Result<Void, FabricError> in
            do throws(FabricError) {
                if thread == nil { thread = try start() }
                try office.post(sink)
                return .success(())
            } catch {
                squall_close(sink.descriptor)
                return .failure(error)
            }
        }
        try result.get()
    }

    private func start() throws(FabricError) -> Thread {
        guard let ring = TapRing(room: room, wake: office.wake) else {
            throw .system(call: "mmap", code: ENOMEM)
        }
        let (office, heading, interfaces) = (office, heading, interfaces)
        do throws(FabricError) {
            _ = try desk.post(Message(kind: .tap, pointer: ring.memory))
            return try Thread("squall-capture") {
                var turn = CaptureTurn(
                    office: office, heading: heading, interfaces: interfaces, ring: ring)
                turn.run()
                ring.unmap()
            }
        } catch {
            _ = try? desk.post(Message(kind: .tap))
            desk.waitUntilAdopted()
            ring.unmap()
            throw error
        }
    }
}

/// What stands at the beginning of every capture.
struct CaptureHeading: Sendable {
    let application: String
    let comment: String
    /// What has to be added to the monotonic clock to have nanoseconds since 1970.
    let offset: Int64

    init(application: String, comment: String) {
        self.application = application
        self.comment = comment
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        offset = Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec) - squall_monotonic_ns()
    }

    /// A moment of the monotonic clock, as captures tell it.
    func wall(_ monotonic: Int64) -> UInt64 { UInt64(max(0, monotonic &+ offset)) }
}
