internal import Cluster
internal import NIOPosix
internal import Topology
internal import Workload

/// `put`, `get` and `call`: traffic by hand, over the way in that probes use, which crosses no link.
extension Lab {
    /// Asks every node at the same time; what came of it, for the echo: `kv-1 ok, kv-2 refused`.
    func ask(
        _ question: ByHand.Question, _ nodes: [NodeID], by: String
    ) async throws(CommandError) -> String {
        var hands: [(NodeID, ByHand)] = []
        for id in nodes { hands.append((id, try hand(question, at: id))) }
        let answers = await withTaskGroup(of: (Int, String).self) { group in
            for (place, (id, hand)) in hands.enumerated() {
                group.addTask { (place, await self.ask(hand, question, at: id, by: by)) }
            }
            var answers = Array(repeating: "", count: hands.count)
            for await (place, words) in group { answers[place] = words }
            return answers
        }
        return answers.joined(separator: ", ")
    }

    private func hand(_ question: ByHand.Question, at id: NodeID) throws(CommandError) -> ByHand {
        let plan = machines[Int(id.index)].plan
        guard plan.kind == .node, let port = plan.firstPort else {
            throw CommandError("\(plan.name) has no port that could be asked")
        }
        guard let driver = handDriver(of: plan),
            let hand = ByHand(question, driver: driver, host: "\(plan.address):\(port)")
        else {
            throw CommandError(
                "no protocol is known in which to ask \(plan.name): put and get need a workload with "
                    + "the driver kv, redis or etcd, or a probe of kind redis")
        }
        return hand
    }

    private func handDriver(of plan: MachinePlan) -> ClientConfiguration.Driver? {
        if let workload = self.plan.topology.workload,
            workload.target == nil || workload.target == plan.group
        {
            return ClientConfiguration.Driver(rawValue: workload.driver.rawValue)
        }
        if case .redis? = plan.probe?.kind { return .redis }
        return .http
    }

    private func ask(
        _ hand: ByHand, _ question: ByHand.Question, at id: NodeID, by: String
    ) async -> String {
        let plan = machines[Int(id.index)].plan
        let invoked = clock.now
        let answer: ByHand.Answer
        do {
            let socket = try await connectInside(id, plan.firstPort ?? 0)
            answer = await hand.ask(over: socket, on: MultiThreadedEventLoopGroup.singleton)
        } catch {
            answer = ByHand.Answer(outcome: .refused, reason: "\(error)")
        }
        let returned = clock.now
        let verb: AskRecord.Verb
        let operation: HandOperation
        switch question {
        case .put(let key, let value):
            verb = .put
            operation = HandOperation(
                verb: .write, key: key, value: value, outcome: answer.outcome,
                invoked: invoked.microseconds, returned: returned.microseconds, node: plan.name)
        case .get(let key):
            verb = .get
            operation = HandOperation(
                verb: .read, key: key, value: answer.value, outcome: answer.outcome,
                invoked: invoked.microseconds, returned: returned.microseconds, node: plan.name)
        case .call(_, let path, _):
            verb = .call
            operation = HandOperation(
                verb: .call, key: nil, value: path, outcome: answer.outcome,
                invoked: invoked.microseconds, returned: returned.microseconds, node: plan.name)
        }
        history?.add(operation)
        let record = AskRecord(
            node: id, verb: verb, key: operation.key ?? operation.value ?? "",
            outcome: answer.outcome == .unknown ? .timeout : answer.outcome == .ok ? .ok : .refused,
            value: verb == .put ? nil : answer.value, reason: answer.reason, by: by)
        self.record(.asked(record))
        return "\(plan.name) \(record.words)"
    }
}
