internal import Cluster
internal import Fabric
internal import Faults

/// Whether the switch keeps the times that it was asked for.
extension Lab {
    /// Says it when it begins to be too late; how it was in all is said at the end of the run.
    func tellTiming(_ counters: FabricCounters) {
        let before = timing
        timing = Timing(counters.lateness)
        guard timing.isDisturbed, !before.isDisturbed else { return }
        record(.note("timing: " + timing.words, by: "switch"))
    }
}
