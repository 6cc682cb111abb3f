internal import HTTPTypes
internal import Hummingbird
internal import NodeKit

/// A follower's way to the leader for writes. The write is sent once: to try again after `unknown` could do
/// it twice.
struct Forwarding: Sendable {
    /// How long the leader may take.
    static let patience: Duration = .seconds(1)
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
    func forward(
        _ method: String, _ path: String, _ body: ByteBuffer
    ) async throws(PeerError) -> PeerAnswer {
        let request = PeerRequest(
            method, path,
            headers: [(Self.header, node), ("Content-Type", "application/json")], body: body)
        return try await leader.send(request, within: Self.patience)
    }
}
