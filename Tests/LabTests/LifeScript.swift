import Cluster

@testable import Lab

/// Plays a node's life: what happened goes in, one line of text comes out.
struct LifeScript {
    private(set) var life: NodeLife
    var now = Stamp.zero
    private(set) var timer = 0

    /// Without `restart:` the node is never started again; its ladder is TERM, five seconds, KILL.
    init(restart: RestartPlan = RestartPlan(), isProbed: Bool = false) {
        let plan = NodePlan(restart: restart, grace: .seconds(5), isProbed: isProbed)
        life = NodeLife(plan: plan, seed: 7, node: NodeID(3))
    }

    /// A node that runs.
    static func running(restart: RestartPlan = RestartPlan(), isProbed: Bool = false) -> LifeScript
    {
        var script = LifeScript(restart: restart, isProbed: isProbed)
        for event in [NodeLife.Event.begin, .powered, .started] { _ = script.on(event) }
        return script
    }

    /// What the node's life asks for when this happens.
    mutating func on(_ event: NodeLife.Event) -> String {
        life.on(event, at: now).map { text(of: $0) }.joined(separator: "; ")
    }

    /// The timer that was armed last fires.
    mutating func fire() -> String { on(.timer(timer)) }

    /// The main process ends by a signal, and nothing else is left.
    mutating func dies(of signal: String = "SIGKILL") -> String {
        [on(.exited(status: nil, signal: signal)), on(.emptied)].joined(separator: " | ")
    }

    /// The main process ends by itself, and nothing else is left.
    mutating func ends(_ status: Int32) -> String {
        [on(.exited(status: status, signal: nil)), on(.emptied)].joined(separator: " | ")
    }

    private mutating func text(of action: NodeLife.Action) -> String {
        switch action {
        case .powerOn: return "power on"
        case .powerOff: return "power off"
        case .start: return "start"
        case .signal(let name): return name
        case .signalAll(let name): return "\(name) to all"
        case .arm(let number, let delay):
            timer = number
            return "arm \(Int((delay.inSeconds * 1_000).rounded())) ms"
        case .tell(let change):
            var words = "<\(change.phase.rawValue)"
            if !change.reason.isEmpty { words += ": " + change.reason }
            if let until = change.until { words += " until \(until.microseconds / 1_000_000)" }
            return words + ">"
        case .finished: return "finished"
        }
    }
}

let f1 = FaultID(1)
let f2 = FaultID(2)
let f3 = FaultID(3)
