import Cluster

/// Keys of the traffic screen.
extension Interaction {
    mutating func onTraffic(_ input: Input, state: ClusterState) -> [Outcome]? {
        let clients = state.core.nodes.indices.count { state.core.nodes[$0].isClient }
        switch input {
        case .character("w"): view.traffic.window = view.traffic.window.next
        case .up, .character("k"), .wheelUp:
            view.traffic.client = max(0, min(view.traffic.client, clients - 1) - 1)
        case .down, .character("j"), .wheelDown:
            view.traffic.client = max(0, min(view.traffic.client + 1, clients - 1))
        case .character("x"): return cutClient(state)
        case .character("f"): open(.menu)
        case .character("p"): openSides(state)
        default: return nil
        }
        return []
    }

    /// Nothing of the client under the cursor gets through any more; the same key again heals it.
    private mutating func cutClient(_ state: ClusterState) -> [Outcome] {
        let clients = state.core.nodes.filter(\.isClient)
        guard !clients.isEmpty else { return remark("there is no client") }
        let client = clients[min(view.traffic.client, clients.count - 1)]
        let held = active(state) { spec, fault in
            guard case .unplug = spec else { return false }
            return fault.record.links.touches(client.id)
        }
        if let held { return run("heal \(held.label)", state: state) }
        return run("unplug \(client.name)", state: state)
    }
}
