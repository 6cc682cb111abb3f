internal import Cluster
internal import Fabric

/// Plugging machines into the switch.
extension Lab {
    /// A machine has power: its port is in the switch when this returns.
    func plug(
        _ id: NodeID, isTUN: Bool, descriptor: Int32, address: IPv4Address
    ) async throws(FabricError) {
        let port = Port(
            node: id, attachment: isTUN ? .tun : .veth, descriptor: descriptor, address: address)
        let ticket = try fabric.addPort(port)
        await fabric.adopted(ticket)
    }

    /// The echo may ask from it, and it is asked.
    func plugEcho(_ id: NodeID, _ socket: Int32, _ address: IPv4Address) throws(FabricError) {
        try fabric.echo.add(id, socket: socket, address: address)
    }

    /// It is asked no longer.
    func unplugEcho(_ id: NodeID) { fabric.echo.remove(id) }

    /// A machine has no power any more.
    func unplug(_ id: NodeID) {
        unplugEcho(id)
        // A switch that has stopped has no port of it either.
        _ = try? fabric.removePort(id)
    }
}
