public import Cluster

/// A scenario as it runs: what happened goes in, what is to be done comes out. No clock, no
/// randomness but the seed's, no input or output: whoever drives it carries the actions out in
/// order and tells what became of them.
///
/// Its course: the steps; then traffic goes on until every `within … after` is decided; every fault
/// is healed; the cluster is given `settle` to be ready; traffic stops; what clients saw is checked; the
/// promises are judged.
public struct ScenarioRun: Sendable {
    /// What the driver tells.
    public enum Input: Equatable, Sendable {
        /// Something was written into the journal, or the time of the last `wake` has come.
        case changed
        /// A command is done. A fault's number, if it made one.
        case done(Int, fault: FaultID?)
        /// A command was refused or failed.
        case failed(Int, message: String)
        /// The checks were made; their verdicts are in the journal.
        case checked
        /// The operator wants to end: 130 or 143.
        case interrupted(Int32)
        /// Stand still before the next step, go on, or take one step and stand still.
        case pace(Pace)
    }

    /// How its steps follow each other.
    public enum Pace: Sendable {
        /// None begins; what has begun goes on.
        case hold
        /// Each when the one before is done.
        case flow
        /// One begins, then none.
        case step
    }

    /// What the driver has to do.
    public enum Action: Equatable, Sendable {
        /// Carry a command out, and answer with `done` or `failed` and its number.
        case command(Order)
        /// Write it into the journal.
        case position(ScenarioPosition)
        /// Write it into the journal.
        case judged(Judgement)
        /// Make the checks, write their verdicts into the journal, and answer with `checked`.
        case check
        /// Come back with `changed` at this moment, if nothing happens before; replaces the last
        /// one.
        case wake(Stamp)
        /// It is over; nothing else follows.
        case finished(Findings)
    }

    /// A command to be carried out.
    public struct Order: Equatable, Sendable {
        /// From 1; the answer names it.
        public var number: Int
        /// What is to be done.
        public var command: Command
        /// As written.
        public var text: String
        /// `scenario leader-crash, step 3`.
        public var by: String
    }

    /// How long the cluster may take to be ready before the first fault, where the scenario itself
    /// does not wait for it.
    public static let startLimit = Duration.seconds(60)

    /// Until this long after everything was healed, ready may be yesterday's news.
    private static let firstBelief = Duration.seconds(1)

    /// Where it stands.
    enum Phase: Equatable {
        case steps
        case waitingForDeadlines
        case healing(Int)
        case settling(since: Stamp)
        case stopping(Int)
        case checking
        case finished
    }

    let script: Script
    let random: KeyedRandom
    /// Only to see what would be done: every condition holds at once, nothing is judged.
    let isRehearsal: Bool
    var phase = Phase.steps
    var strands: [Int: Strand] = [:]
    var orders = 0
    var draws: UInt64 = 0
    var nextStrand = 1
    var hasBegun = false
    var hasHurt = false
    /// Since when no step begins; `nil` while they do.
    var heldSince: Stamp?
    /// One step may begin although they are held.
    var mayStep = false
    /// Faults that were there before it began mean nothing to it.
    private var earlier: FaultID?
    var findings = Findings()
    var invariants: [Invariant]
    var deadlines: [Deadline]
    var stepsEnded: Stamp?
    private var woken: Stamp?
    /// What came out so far in this turn.
    var actions: [Action] = []

    /// A scenario that has not begun; the first `changed` begins it. With `strict`, what cannot be
    /// judged or proved counts as broken.
    public init(_ script: Script, seed: UInt64, strict: Bool = false) {
        self.script = script
        random = KeyedRandom(seed: seed)
        isRehearsal = false
        findings.isStrict = strict
        invariants = script.always.map(Invariant.init)
        deadlines = script.expect.compactMap { Deadline($0) }
    }

    /// The same steps and draws in a cluster of paper in which every condition holds at once.
    init(rehearsing script: Script, seed: UInt64) {
        self.script = script
        random = KeyedRandom(seed: seed)
        isRehearsal = true
        invariants = []
        deadlines = []
    }

    /// The scenario's name.
    public var name: String { script.name }

    /// Whether its steps are not over.
    public var isInSteps: Bool { phase == .steps }

    /// Whether it is over.
    public var isFinished: Bool { phase == .finished }

    /// One turn. `now` never goes back; `core` has folded everything so far.
    public mutating func on(_ input: Input, at now: Stamp, core: Core) -> [Action] {
        guard phase != .finished else { return [] }
        actions = []
        let core = earlier.map { core.forgettingNames(through: $0) } ?? core
        if !hasBegun {
            hasBegun = true
            earlier = core.faults.last { !$0.record.weather }?.record.id
            say("", itself, .began)
            strands[0] = Strand(id: 0, parent: nil, frames: [Frame(script.steps)])
        }
        take(input, now, core)
        lookAtPromises(now, core)
        if phase == .steps { runStrands(now, core) }
        proceed(now, core)
        wake(now)
        return actions
    }

    private mutating func take(_ input: Input, _ now: Stamp, _ core: Core) {
        switch input {
        case .changed: break
        case .interrupted(let code):
            findings.interrupted = code
            // What took too long to be checked is not waited for.
            phase == .checking ? finish() : abandonSteps(now)
        case .checked: if phase == .checking { judge(core) }
        case .pace(let pace): keep(pace, now)
        case .done(let number, let fault): answered(number, fault: fault, refusal: nil, now, core)
        case .failed(let number, let message):
            answered(number, fault: nil, refusal: message, now, core)
        }
    }

    private mutating func answered(
        _ number: Int, fault: FaultID?, refusal: String?, _ now: Stamp, _ core: Core
    ) {
        switch phase {
        case .healing(number): settle(now)
        case .stopping(number):
            if script.checks.isEmpty || findings.interrupted != nil {
                judge(core)
            } else {
                phase = .checking
                say("", "checking", .began)
                actions.append(.check)
            }
        default:
            for id in strands.keys.sorted() {
                strandAnswered(id, number, fault: fault, refusal: refusal, now)
            }
        }
    }

    private mutating func lookAtPromises(_ now: Stamp, _ core: Core) {
        guard findings.interrupted == nil, phase != .finished else { return }
        for index in deadlines.indices {
            if let judgement = deadlines[index].look(at: core, now: now) { tell(judgement) }
        }
        guard core.allReadyAt != nil else { return }
        for index in invariants.indices {
            if let judgement = invariants[index].look(at: core, now: now) { tell(judgement) }
        }
    }

    // MARK: The course after the steps

    private mutating func proceed(_ now: Stamp, _ core: Core) {
        if phase == .steps, strands.isEmpty { endSteps(now) }
        if phase == .waitingForDeadlines,
            !deadlines.contains(where: { $0.isRunning || $0.isToCome(in: core) })
        {
            heal()
        }
        if case .settling(let since) = phase { settled(since, now, core) }
    }

    /// Ready for a second at least (sooner nobody would have noticed that it is not), and whatever is
    /// still being found out about deadlines and faults is known.
    private mutating func settled(_ since: Stamp, _ now: Stamp, _ core: Core) {
        guard !deadlines.contains(where: \.isRunning) else { return }
        let isReady =
            Self.isReady(core) && !core.faults.contains { $0.isActive && !$0.record.weather }
        let isProved = !core.faults.contains { $0.proof == nil || $0.proof?.verdict == .measuring }
        let isOver = now >= since + script.settle
        guard isOver || isReady && isProved && now >= since + Self.firstBelief else { return }
        if !isReady { findings.unsettled = true }
        say("", "settling", isReady ? .done : .failed, isReady ? "" : Self.unready(core))
        phase = .stopping(order(.traffic(.stop), "traffic stop", step: "end"))
    }

    mutating func endSteps(_ now: Stamp) {
        stepsEnded = now
        for index in deadlines.indices { deadlines[index].stepsEnded(at: now) }
        phase = .waitingForDeadlines
    }

    /// Steps that go on are left where they are; nothing waits for them any more.
    mutating func abandonSteps(_ now: Stamp) {
        guard phase == .steps || phase == .waitingForDeadlines else { return }
        strands = [:]
        stepsEnded = stepsEnded ?? now
        heal()
    }

    private mutating func heal() {
        phase = .healing(order(.heal(.all), "heal all", step: "end"))
    }

    private mutating func settle(_ now: Stamp) {
        if findings.interrupted != nil || findings.neverReady {
            finish()
            return
        }
        phase = .settling(since: now)
        say("", "settling", .began)
    }

    private mutating func judge(_ core: Core) {
        if phase == .checking { say("", "checking", .done) }
        // A check that a promise speaks of is judged there: "not check(linearizable)" may be the point.
        for name in script.checks where !script.expect.contains(where: { $0.speaks(of: name) }) {
            switch core.judgements.last(where: { $0.kind == .check && $0.text == name })?.verdict {
            case .holds?: break
            case .broken?:
                findings.broken = true
                findings.failedCheck = findings.failedCheck ?? name
            case .unknown?, nil: findings.unknown = true
            }
        }
        for promise in script.expect where promise.clause.grace == nil {
            let answer = Evaluation(of: core).value(of: promise.clause.expression)
            tell(
                Judgement(
                    kind: .expect, text: promise.text, verdict: answer.verdict,
                    detail: answer.figures))
        }
        for deadline in deadlines where deadline.judgement == nil { tell(deadline.verdict) }
        for invariant in invariants where invariant.failure == nil { tell(invariant.verdict) }
        let own = core.faults.filter { $0.record.weather || $0.isLater(than: earlier) }
        findings.noEffect = own.contains { $0.proof?.verdict == .noEffect }
        findings.notProvable = own.contains { $0.proof?.verdict == .notProvable }
        finish()
    }

    private mutating func finish() {
        phase = .finished
        let passed = findings.code == 0
        say("", itself, passed ? .done : .failed, passed ? "" : findings.reason)
        actions.append(.finished(findings))
    }

    // MARK: Saying

    var itself: String { ScenarioState.text(of: script.name) }

    mutating func say(
        _ step: String, _ text: String, _ state: ScenarioPosition.State, _ message: String = ""
    ) {
        actions.append(
            .position(
                ScenarioPosition(
                    scenario: script.name, step: step, text: text, state: state, message: message)))
    }

    mutating func tell(_ judgement: Judgement) {
        switch judgement.verdict {
        case .holds: break
        case .broken: findings.broken = true
        case .unknown: findings.unknown = true
        }
        actions.append(.judged(judgement))
    }

    mutating func order(_ command: Command, _ text: String, step: String) -> Int {
        orders += 1
        let by = step == "end" ? "scenario \(script.name)" : "scenario \(script.name), step \(step)"
        actions.append(.command(Order(number: orders, command: command, text: text, by: by)))
        return orders
    }

    private mutating func wake(_ now: Stamp) {
        guard phase != .finished else { return }
        var moments = deadlines.compactMap { $0.nextLook(after: now) }
        moments += invariants.compactMap(\.deadline)
        moments += strands.values.compactMap { $0.waiting.nextLook(after: now) }
        if case .settling(let since) = phase {
            moments += [since + Self.firstBelief, since + script.settle]
        }
        guard let next = moments.filter({ $0 > now }).min(), next != woken else { return }
        woken = next
        actions.append(.wake(next))
    }

    // MARK: Ready

    /// Every node is ready, or has done its work.
    static func isReady(_ core: Core) -> Bool {
        let nodes = core.nodes.filter { !$0.isClient }
        return !nodes.isEmpty && nodes.allSatisfy { core.isReady($0) || $0.phase == .exited }
    }

    /// Who is not ready, and why.
    static func unready(_ core: Core) -> String {
        let nodes = core.nodes.filter { !$0.isClient && !core.isReady($0) && $0.phase != .exited }
        if nodes.isEmpty { return core.nodes.isEmpty ? "there are no nodes" : "a fault still acts" }
        return nodes.prefix(5).map { node in
            let why = node.change.reason.isEmpty ? "" : " (\(node.change.reason))"
            return "\(node.name) is \(node.phase.rawValue)\(why)"
        }.joined(separator: ", ")
    }
}

extension FaultState {
    fileprivate func isLater(than earlier: FaultID?) -> Bool {
        earlier.map { record.id > $0 } ?? true
    }
}
