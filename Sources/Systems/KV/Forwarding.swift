internal import HTTPTypes
internal import Hummingbird
internal import NodeKit

/// A follower's way to the leader for writes. The write is sent once: to try again after `unknown` could do
/// it twice.
struct Forwarding: Sendable {
    /// How long the leader may take; a little less than clients wait, so that they hear what happened.
    static let patience: Duration = .milliseconds(800)
    /// How long a new connection may take to a leader that has not been heard: so an unreachable leader
    /// makes a write *refused* after a moment, not *unknown* after a long one. A breaker that lets
    /// nothing through would be as safe, but closed a moment longer than the leader is away.
    static let doubt: Duration = .milliseconds(100)
    /// Marks a write that has been handed on, so that two members never hand it to and fro.
    static let header = "kv-forwarded-by"

    private let node: String
    private let leader: PeerClient

    init(node: NodeEnvironment, leader: PeerClient) {
        self.node = node.name
        self.leader = leader
    }

    /// Who has handed this write on already; nil: it comes from a client.
    static func sender(of request: Request) -> String? {
        HTTPField.Name(header).flatMap { request.headers[$0] }
    }

    /// Hands a request on and gives the leader's answer back as it is.
    /// - Parameter inDoubt: the leader has not been heard for a while.
    func forward(
        _ method: String, _ path: String, _ body: ByteBuffer, inDoubt: Bool
    ) async throws(PeerError) -> PeerAnswer {
        let request = PeerRequest(
            method, path,
            headers: [(Self.header, node), ("Content-Type", "application/json")], body: body)
        return try await leader.send(
            request, within: Self.patience, connecting: inDoubt ? Self.doubt : nil)
    }
}
