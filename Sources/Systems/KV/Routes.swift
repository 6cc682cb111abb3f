internal import Hummingbird
internal import NodeKit

/// The contract of `KV`, request by request.
struct Routes: Sendable {
    /// Who answers: a leader by itself, a follower with the leader's help.
    enum Part: Sendable {
        case leader(Leader)
        case follower(Follower, Forwarding)
    }

    let node: NodeEnvironment
    let membership: Membership
    let replica: Replica
    let part: Part
    /// Set where the member is to make mistakes.
    var flaw: Flaw?
    let metrics = KVMetrics()

    /// All paths.
    func router(_ log: NodeLog) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: PlainErrors(log: log))
        router.get("/kv/:key") { request, context in
            await counted(.get) { try read(context) }
        }
        router.put("/kv/:key") { request, context in
            await counted(.put) { try await write(request, context, Requests.put) }
        }
        router.post("/kv/:key/cas") { request, context in
            await counted(.cas) { try await write(request, context, Requests.compareAndSet) }
        }
        router.get("/health") { _, _ in try health() }
        router.get("/metrics") { _, _ in metricsPage() }
        router.get("/log") { request, _ in try await logPage(request) }
        router.get("/snapshot") { _, _ in try snapshot() }
        return router
    }

    private func read(_ context: BasicRequestContext) throws -> (Response, Answers.Outcome?) {
        let key = try Requests.key(context.parameters.get("key"))
        let pair = replica.read(key)
        return (try Answers.read(key, flaw.map { $0.read(key, pair) } ?? pair), nil)
    }

    private func write(
        _ request: Request, _ context: BasicRequestContext,
        _ parse: (String, ByteBuffer) throws(Requests.Bad) -> Write
    ) async throws -> (Response, Answers.Outcome?) {
        let key = try Requests.key(context.parameters.get("key"))
        let body = try await Requests.body(of: request)
        // A follower checks too: what the leader would refuse need not travel.
        let write = try parse(key, body)
        switch part {
        case .leader(let leader):
            let result =
                if let flaw { await flaw.submit(write, to: leader, replica) } else {
                    await leader.submit(write)
                }
            return (try Answers.written(result), result.outcome)
        case .follower(let follower, let forwarding):
            return try await forward(
                request, body, forwarding, inDoubt: follower.leaderIsSilent)
        }
    }

    private func forward(
        _ request: Request, _ body: ByteBuffer, _ forwarding: Forwarding, inDoubt: Bool
    ) async throws -> (Response, Answers.Outcome?) {
        if let sender = Forwarding.sender(of: request) {
            let why = "\(sender) takes \(node.name) for the leader, which it is not"
            return (try Answers.problem(.serviceUnavailable, why, .refused), .refused)
        }
        do {
            let answer = try await forwarding.forward(
                request.method.rawValue, request.uri.path, body, inDoubt: inDoubt)
            let status = HTTPResponse.Status(code: answer.status)
            return (JSON.answer(status, answer.body), Answers.outcome(of: answer))
        } catch {
            let outcome: Answers.Outcome = if case .notSent = error { .refused } else { .unknown }
            return (try Answers.unreachable(error), outcome)
        }
    }

    /// Counts a request, whatever becomes of it.
    private func counted(
        _ operation: KVMetrics.Operation,
        _ answer: () async throws -> (Response, Answers.Outcome?)
    ) async -> Response {
        let began = ContinuousClock.now
        let (response, outcome) = await orProblem(operation, answer)
        metrics.count(operation, status: response.status.code, outcome: outcome, .now - began)
        return response
    }

    private func orProblem(
        _ operation: KVMetrics.Operation,
        _ answer: () async throws -> (Response, Answers.Outcome?)
    ) async -> (Response, Answers.Outcome?) {
        let bad: Requests.Bad
        do {
            return try await answer()
        } catch let error as Requests.Bad {
            bad = error
        } catch {
            bad = Requests.Bad("\(error)", status: .internalServerError)
        }
        let outcome: Answers.Outcome? = operation == .get ? nil : .refused
        let response = try? Answers.problem(bad.status, bad.message, outcome)
        return (response ?? Response(status: bad.status), outcome)
    }

    // MARK: about this member

    private struct Health: Encodable {
        var status = "ok"
        var node: String
        var role: String
        var leader: String
        var position: UInt64
    }

    private func health() throws -> Response {
        try JSON.answer(
            .ok,
            Health(
                node: node.name, role: membership.leads ? "leader" : "follower",
                leader: membership.leader.name, position: replica.facts.position))
    }

    private func metricsPage() -> Response {
        var lag = Duration.zero
        var behind: UInt64 = 0
        if case .follower(let follower, _) = part { (lag, behind) = follower.lag }
        let page = metrics.page(
            leads: membership.leads, replica.facts, lag: lag, behind: behind)
        var headers = HTTPFields()
        headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: page)))
    }

    // MARK: between members

    private func logPage(_ request: Request) async throws -> Response {
        guard case .leader(let leader) = part else { throw notLeading }
        let query = request.uri.queryParameters
        guard let after = query["after"].flatMap({ UInt64($0) }), let identity = query["identity"],
            let limit = query["limit"].flatMap({ Int($0) }), limit > 0,
            let wait = query["wait"].flatMap({ Int($0) }), wait >= 0
        else {
            throw HTTPError(
                .badRequest, message: "give after, identity, limit and wait (milliseconds)")
        }
        let page = try await leader.page(
            after: after, of: String(identity), limit: limit, wait: .milliseconds(wait))
        return try JSON.answer(.ok, page)
    }

    private func snapshot() throws -> Response {
        guard case .leader(let leader) = part else { throw notLeading }
        return try JSON.answer(.ok, leader.snapshot())
    }

    private var notLeading: HTTPError {
        HTTPError(
            .serviceUnavailable,
            message: "\(node.name) does not lead; \(membership.leader.name) does")
    }
}
