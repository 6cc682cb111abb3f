import CLinux
import Cluster
import Faults
import Glibc

@testable import Fabric

/// A switch of three machines without its thread: machine 0 attacks, the others receive. Machine 0 is
/// plugged in as a veth device is, the others as TUN devices are.
///
/// An input is a byte that chooses the faults in force, then packets, each behind its length of two
/// bytes.
final class Target {
    /// How many sets of faults there are.
    static let tables = 6

    private let exchange: Exchange
    private var loop: Switch
    private var table = LinkTable(nodes: 0)
    private var chosen = -1
    private let attacker: Int32
    private let receivers: [Int32]
    private var buffer = [UInt8](repeating: 0, count: 70_000)

    init() {
        guard let exchange = try? Exchange() else { preconditionFailure("no descriptors") }
        var ends: [Int32] = []
        for node in 0..<3 {
            var pair: [Int32] = [-1, -1]
            let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            precondition(socketpair(AF_UNIX, kind, 0, &pair) == 0, "socketpair")
            var size: Int32 = 4 << 20
            for end in pair { setsockopt(end, SOL_SOCKET, SO_SNDBUFFORCE, &size, 4) }
            ends.append(pair[1])
            let order = Message(
                kind: .addPort, attachment: node == 0 ? .frames : .message, node: UInt16(node),
                descriptor: pair[0], address: Wire.address(node))
            precondition(exchange.orders.post(order), "the ring is full")
        }
        self.exchange = exchange
        loop = Switch(exchange, seed: 7, log: 64)
        attacker = ends[0]
        receivers = Array(ends.dropFirst())
        obeyAll()
    }

    /// One input of the fuzzer, from its first packet to what comes out at the other end.
    func attack(_ input: UnsafeBufferPointer<UInt8>) {
        guard let first = input.first else { return }
        choose(Int(first) % Self.tables)
        var rest = input.dropFirst()
        while rest.count > 2, let high = rest.popFirst(), let low = rest.popFirst() {
            let packet = rest.prefix(max(1, Int(high) << 8 | Int(low)))
            rest = rest.dropFirst(packet.count)
            _ = write(attacker, Array(packet), packet.count)
            loop.serve(0)
        }
        // Whatever waits for its time leaves now.
        loop.release(now: .max)
        for receiver in receivers { inspect(receiver) }
        while read(attacker, &buffer, buffer.count) > 0 {}
    }

    /// What comes out is whole: its length is what its IP header says, and the header is one.
    private func inspect(_ receiver: Int32) {
        while true {
            let count = read(receiver, &buffer, buffer.count)
            guard count > 0 else { return }
            precondition(count >= 30, "a packet of \(count) bytes")
            let length = Int(buffer[12]) << 8 | Int(buffer[13])
            precondition(length == count - 10, "IP says \(length), there are \(count - 10)")
            precondition(buffer[10] >> 4 == 4 && buffer[10] & 15 >= 5, "no IPv4 header")
        }
    }

    // MARK: Faults

    private func choose(_ number: Int) {
        guard number != chosen else { return }
        chosen = number
        let next = LinkTable(faults(number), nodes: 3)
        let program = UnsafeMutablePointer<Program>.allocate(capacity: 1)
        program.initialize(to: Program(next, after: table))
        table = next
        let order = Message(kind: .install, pointer: UnsafeMutableRawPointer(program))
        precondition(exchange.orders.post(order), "the ring is full")
        obeyAll()
    }

    private func faults(_ number: Int) -> [LinkFault] {
        let machines = (0..<3).map { NodeID(UInt16($0)) }
        let all = Links.between(machines, and: machines)
        func fault(_ effect: Effect, only: Only? = nil) -> [LinkFault] {
            let part = LinkFault.Part(effect, on: all, only: only)
            return (try? LinkFault(FaultID(UInt32(number)), [part])).map { [$0] } ?? []
        }
        let jitter = Delay(.milliseconds(1), jitter: .microseconds(500), bell: .normal)
        switch number {
        case 0: return []
        case 1: return fault(.loss(Share(billionths: 300_000_000)))
        case 2: return fault(.delay(jitter))
        case 3: return fault(.hold)
        case 4: return fault(.cut, only: Only(transport: .tcp, port: 6_379))
        default:
            return fault(
                .loss(Share(billionths: 500_000_000)), only: Only(transport: .udp, port: nil))
        }
    }

    /// Lets the loop adopt what was posted; told to stop, it comes back at once.
    private func obeyAll() {
        precondition(exchange.orders.post(Message(kind: .stop)), "the ring is full")
        loop.run()
        while let answer = exchange.answers.take() {
            guard answer.kind == .install, let pointer = answer.pointer else { continue }
            let program = pointer.assumingMemoryBound(to: Program.self)
            program.pointee.free()
            program.deallocate()
        }
    }
}
