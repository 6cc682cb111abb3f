internal import Chaos
internal import Checkers
internal import Cluster
internal import Foundation
internal import Journal
internal import Topology
internal import Workload

/// Holds what the clients saw against what the topology promises.
extension Lab {
    /// Ends the history, makes every check of the topology, writes the verdicts into the journal and tells
    /// the scenario. Reading and checking run beside the lab, which goes on; the end of the run ends them.
    func makeChecks() {
        liveVerdict = nil
        background { lab in
            await lab.closeHistory()
            await lab.liveCheck?.end()
            await lab.check(HistoryToCheck.read(lab.folder.history))
        }
    }

    /// Makes every check of what was written so far, and leaves the history open: the lab goes on. What was
    /// under way when the traffic stopped has ended, or counts as unknown.
    func makeChecksSoFar() {
        let patience = (plan.topology.workload?.timeout ?? .zero) + .milliseconds(500)
        let end = clock.now + patience
        background { lab in
            // A client that stands still is not waited for longer: what it did is unknown too.
            while let history = lab.history, history.told < end.microseconds,
                lab.clock.now < end + patience
            {
                do { try await Task.sleep(for: .milliseconds(50)) } catch { return }
            }
            let isWhole = lab.history.map { $0.told >= end.microseconds } ?? false
            await lab.check(HistoryToCheck.read(lab.folder.history, endsHere: isWhole))
        }
    }

    private func check(_ history: HistoryToCheck) async {
        let number = scenariosBegun
        for check in plan.topology.checks {
            let judgement = await history.judgement(of: check, under: Circumstances(state.core))
            // One that was stopped meanwhile is not judged.
            guard !isEnding, !Task.isCancelled, number == scenariosBegun,
                scenario?.isFinished == false
            else { return }
            record(.judged(judgement))
        }
        feedScenario(.checked)
    }

    /// Begins to judge what can be judged while the run goes on.
    func startLiveCheck() {
        guard let history, let workload = plan.topology.workload,
            plan.topology.checks.contains(where: { $0.name == Check.linearizable.rawValue })
        else { return }
        let events = events
        liveVerdict = Judgement(
            kind: .check, text: Check.linearizable.rawValue, verdict: .holds, detail: "so far")
        liveCheck = LiveCheck(
            path: folder.history, timeout: workload.timeout, horizon: { history.told },
            tell: { events.put(.live($0)) })
    }

    /// The verdict so far. The one at the end is made anew, of everything; what comes after that is late.
    func liveTold(_ news: LiveCheck.News) {
        guard var verdict = liveVerdict else { return }
        switch news {
        case .begun: break
        case .lost(let why):
            guard verdict.verdict == .holds else { return }
            (verdict.verdict, verdict.detail) = (.unknown, why)
        case .broken(let key, let operation, let at):
            guard verdict.violations.count < Checkers.Judgement.mostTold else { return }
            let text = "\(key): \(operation) fits no order of what was done before"
            if verdict.verdict != .broken { (verdict.verdict, verdict.detail) = (.broken, text) }
            verdict.violations.append(.init(text: text, at: at))
        }
        liveVerdict = verdict
        record(.judged(verdict))
    }
}

/// The history of a run, or why there is none.
enum HistoryToCheck: Sendable {
    case history(History)
    case missing(String)

    /// Reads it beside whoever asks: a large one takes seconds. With `endsHere` nothing is under way: it is
    /// as good as ended, although it goes on later.
    static func read(_ path: String, endsHere: Bool = false) async -> HistoryToCheck {
        await Task.detached {
            guard let data = FileManager.default.contents(atPath: path) else {
                return .missing("the history cannot be read")
            }
            do {
                var history = try History(reading: Array(data))
                if endsHere { history.complete() }
                return .history(history)
            } catch {
                return .missing("the history cannot be read: \(error)")
            }
        }.value
    }

    /// Makes one check, beside whoever asks, within its budgets.
    func judgement(
        of wanted: Topology.Check, under circumstances: Circumstances
    ) async -> Cluster.Judgement {
        guard case .history(let history) = self, let check = Check(rawValue: wanted.name) else {
            let why = if case .missing(let why) = self { why } else { "no such check" }
            return Judgement(kind: .check, text: wanted.name, verdict: .unknown, detail: why)
        }
        let task = Task.detached {
            check.judge(history, Options(time: wanted.budget, memory: wanted.memory))
        }
        let found = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return found.told(by: history, circumstances)
    }
}

extension Checkers.Judgement {
    /// So many violations are written into the journal; `squall check` tells all of them.
    fileprivate static var mostTold: Int { 5 }
    /// Operations of one violation; longer contradictions are told in full by `squall check`.
    private static var mostLines: Int { 12 }

    /// As it is written into the journal.
    fileprivate func told(
        by history: History, _ circumstances: Circumstances
    ) -> Cluster.Judgement {
        var told = Cluster.Judgement(
            kind: .check, text: check.rawValue, verdict: .holds,
            counts: figures.map { .init(name: $0.name, number: UInt64(clamping: $0.count)) })
        switch verdict {
        case .valid: told.detail = "\(operations) operations"
        case .unknown(let why, let proven):
            told.verdict = .unknown
            told.detail = "\(why.text); \(proven.told(by: history))"
        case .invalid(let violations):
            told.verdict = .broken
            let others = violations.count - 1
            told.detail =
                (violations.first?.title ?? "") + (others > 0 ? ", and \(others) more" : "")
            told.violations = violations.prefix(Self.mostTold).map { violation in
                .init(
                    text: violation.title, at: Stamp(microseconds: violation.at),
                    story: violation.operations.prefix(Self.mostLines).map(\.text)
                        + violation.reasons
                        + circumstances.lines(about: violation, in: history))
            }
        }
        return told
    }
}

extension Circumstances {
    /// What was done to those who take part in a violation, meanwhile.
    fileprivate func lines(about violation: Violation, in history: History) -> [String] {
        let rows = violation.operations.map(\.row)
        let names = Set(rows.compactMap { history.node($0) } + rows.map { history.client($0) })
        let from = violation.operations.map(\.invoked).min() ?? violation.at
        return lines(
            about: Array(names), from: Stamp(microseconds: from),
            to: Stamp(microseconds: violation.at))
    }
}
