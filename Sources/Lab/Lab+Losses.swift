internal import Cluster
internal import Fabric
internal import Supervisor

/// Packets that were lost although no fault asked for it. Two parties count them: the switch at its
/// ports, and each machine's own kernel at its device, which the switch cannot see.
struct UnaskedLosses: Sendable {
    /// What each machine's device had dropped when it was last read, and by whom it was read: a
    /// machine that lost its power begins anew.
    private var seen: [NodeID: (process: Int32, count: UInt64)] = [:]
    /// What the devices dropped in all, over all lives of each machine.
    private(set) var dropped: [NodeID: UInt64] = [:]
    /// What was told already.
    private(set) var told: UInt64 = 0

    /// Takes in what a machine's device dropped since the machine was made.
    mutating func saw(_ count: UInt64, at node: NodeID, process: Int32) {
        let before = seen[node].map { $0.process == process ? min($0.count, count) : 0 } ?? 0
        seen[node] = (process, count)
        if count > before { dropped[node, default: 0] += count - before }
    }

    /// What is new since this was last asked, given what the ports lost in all.
    mutating func news(ports: UInt64) -> UInt64 {
        let all = ports + dropped.values.reduce(0, +)
        defer { told = max(told, all) }
        return all > told ? all - told : 0
    }
}

/// Looking for losses that nobody asked for.
extension Lab {
    /// Devices that are read in one tick of the links: a thousand machines take sixteen ticks.
    private static let devicesATick = 64

    /// What the machines' ports and devices lost until now that nobody asked for. Only these machines
    /// are asked: a loss elsewhere says nothing of their links.
    func unaskedDrops(at nodes: Set<NodeID>) async -> UInt64 {
        for node in nodes { readDevice(of: node) }
        let devices = nodes.reduce(0) { $0 + (losses.dropped[$1] ?? 0) }
        guard let counters = try? await fabric.counters() else { return devices }
        return counters.ports.reduce(devices) { nodes.contains($1.node) ? $0 + $1.unasked : $0 }
    }

    /// Looks at some more devices, and tells what was lost since the last tick.
    func tellLosses(_ counters: FabricCounters) {
        for _ in 0..<min(Self.devicesATick, machines.count) {
            nextDevice = (nextDevice + 1) % machines.count
            readDevice(of: machines[nextDevice].plan.id)
        }
        let count = losses.news(ports: counters.ports.reduce(0) { $0 + $1.unasked })
        guard count > 0 else { return }
        record(.dropped(DropReport(what: "packets that no fault asked for", count: count)))
    }

    private func readDevice(of node: NodeID) {
        guard let process = machines[Int(node.index)].machine?.processID,
            let count = DeviceDrops.read(process: process)
        else { return }
        losses.saw(count, at: node, process: process)
    }
}
