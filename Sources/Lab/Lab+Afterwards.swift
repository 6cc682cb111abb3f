internal import Cluster
internal import Fabric
internal import Faults

/// The last third of a proof: what the machines feel once the fault is over. A line that was healed
/// must be as it was before.
extension Lab {
    /// Echoes that are sent over each pair.
    private static let echoesAfterwards = 5
    /// How long one is waited for: what a cut line held up may come first.
    private static let patienceAfterwards = Duration.milliseconds(500)

    /// Asks the pairs of a fault once more, when it is over and has been judged, and adds the answer to
    /// its proof. Says nothing of pairs that another fault touches, or that have no power.
    func lookAfterwards(_ id: FaultID, _ link: LinkFault?) {
        guard let link, let before = beforehands.removeValue(forKey: id) else { return }
        background { lab in
            let isJudged = await lab.reached(within: .seconds(10)) { core in
                core.faults.last { $0.record.id == id }?.proof.map { $0.verdict != .measuring }
                    ?? false
            }
            guard isJudged, !lab.isEnding else { return }
            let pairs = before.pairs.filter { lab.isUntouched($0.link) }
            let answers = await lab.askAgain(link, pairs.map(\.link))
            guard !Task.isCancelled, !answers.isEmpty, answers.keys.allSatisfy(lab.isUntouched),
                var proof = lab.state.core.faults.last(where: { $0.record.id == id })?.proof
            else { return }
            proof.words += "; " + Afterwards.words(pairs.map { ($0.figures, answers[$0.link]) })
            lab.record(.faultMeasured(id, proof))
        }
    }

    private func askAgain(_ fault: LinkFault, _ pairs: [LinkID]) async -> [LinkID: EchoFigures] {
        await withTaskGroup(of: (LinkID, EchoFigures).self) { group in
            for pair in pairs {
                let feeler = Expectation(of: fault, asking: pair).feeler
                group.addTask {
                    let echoes = await self.ask(
                        pair, feeler, count: Self.echoesAfterwards, every: .milliseconds(1),
                        patience: Self.patienceAfterwards)
                    return (pair, EchoFigures(echoes))
                }
            }
            var answers: [LinkID: EchoFigures] = [:]
            for await (pair, figures) in group { answers[pair] = figures }
            return answers
        }
    }

    /// Whether both ends have power and no fault in force touches either direction; standing weather was
    /// there before as well.
    private func isUntouched(_ pair: LinkID) -> Bool {
        let back = LinkID(from: pair.to, to: pair.from)
        return machines[Int(pair.from.index)].machine != nil
            && machines[Int(pair.to.index)].machine != nil
            && !faults.inOrder.contains { fault in
                !fault.record.weather
                    && fault.link?.links.contains { $0 == pair || $0 == back } ?? false
                    || fault.holds.contains(pair.from) || fault.holds.contains(pair.to)
            }
    }
}
