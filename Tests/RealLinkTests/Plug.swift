import Cluster
import Fabric
import Faults

/// The address of machine 0, 1, …
func address(_ node: Int) -> UInt32 { 0x0a42_0002 + UInt32(node) }

func link(_ from: Int, _ to: Int) -> LinkID {
    LinkID(from: NodeID(UInt16(from)), to: NodeID(UInt16(to)))
}

func fault(
    _ number: UInt32, _ effect: Effect, _ links: [LinkID], only: Only? = nil
) throws -> LinkFault {
    try LinkFault(FaultID(number), [.init(effect, on: links, only: only)])
}

func percent(_ value: Int64) -> Share { Share(billionths: value * 10_000_000) }

extension Fabric {
    /// Plugs a machine in. Here because the machines' library has a `Port` of its own.
    func plug(_ node: Int, isTUN: Bool, descriptor: Int32) async throws {
        await adopted(
            try addPort(
                Port(
                    node: NodeID(UInt16(node)), attachment: isTUN ? .tun : .veth,
                    descriptor: descriptor, address: IPv4Address(address(node)))))
    }
}

extension FabricCounters {
    func link(_ from: Int, _ to: Int) -> LinkCounters? {
        links.first {
            $0.link == LinkID(from: NodeID(UInt16(from)), to: NodeID(UInt16(to)))
        }
    }
}
