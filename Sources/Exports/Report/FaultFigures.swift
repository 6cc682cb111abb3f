public import Cluster

/// One fault and what came of it: what clients saw before, while and after it acted, and how soon
/// the cluster noticed, chose another leader and was well again. Times in seconds; `nil` where it did
/// not happen, or nobody measured it.
public struct FaultFigures: Equatable, Sendable {
    /// `f1`.
    public var id: String
    /// Its name, or its number.
    public var label: String
    /// The command that it came from, with names in place of roles.
    public var text: String
    /// When it began, in seconds of the run.
    public var began: Double
    /// When it was over.
    public var ended: Double?
    /// What it was found to do.
    public var proof: Proof?
    /// Clients in the ten seconds before.
    public var before: ClientFigures?
    /// Clients while it acted.
    public var during: ClientFigures?
    /// Clients in the ten seconds after.
    public var after: ClientFigures?
    /// Until another node's role or readiness changed, or a client's operation failed.
    public var detection: Double?
    /// Who noticed: a node, or `a client`.
    public var detectedBy: String?
    /// Until a node led that did not lead before.
    public var election: Double?
    /// Which one.
    public var elected: String?
    /// Until all was well: from the beginning of a fault that takes processes away, from the end of
    /// any other one.
    public var recovery: Double?
    /// The longest that a client went without success, from its beginning until all was well.
    public var outage: Double?
    /// Operations that failed in that time.
    public var failed: UInt64

    init(_ fault: FaultState, in core: Core) {
        id = fault.record.id.description
        label = fault.label
        text = fault.record.text
        began = fault.began.seconds
        ended = fault.ended?.seconds
        proof = fault.proof
        before = core.clientFigures(.before(id))
        during = core.clientFigures(.during(id))
        after = core.clientFigures(.after(id))
        detection = core.detection(id)?.inSeconds
        election = core.election(id)?.inSeconds
        recovery = core.recovery(id)?.inSeconds
        if core.clients.seconds.isEmpty, fault.deed != nil {
            // Without clients nobody says that the others do its work: then it is its own return.
            let back = core.incidents.filter { $0.fault == fault.record.id }.map(\.back)
            recovery = back.reduce(0) { most, back in
                most.flatMap { most in back.map { max(most, ($0 - fault.began).inSeconds) } }
            }
        }
        let name: (NodeID) -> String? = { node in core.nodes.first { $0.id == node }?.name }
        if detection != nil { detectedBy = fault.noticedBy.map { name($0) ?? "?" } ?? "a client" }
        elected = fault.electedNode.flatMap(name)
        let until = fault.recovered ?? fault.ended.map { $0 + Core.reach } ?? core.now
        let course = core.clients.summary(in: fault.began..<max(fault.began, until))
        outage = course.map { Double($0.outage) }
        failed = course.map { $0.refused + $0.unknown } ?? 0
        if let incident = core.incidents.first(where: { $0.fault == fault.record.id }) {
            outage = Double(incident.waited)
            failed = incident.failed
        }
    }
}
