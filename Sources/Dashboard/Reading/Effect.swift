import Cluster

/// What a command will do, in a few words, before it has done anything.
enum Effect {
    static func words(of command: Command, in core: Core) -> String {
        switch command {
        case .process(let verb, let nodes): "\(nodes.text): \(process(verb))"
        case .signal(let nodes, let signal): "SIG\(signal) to \(nodes.text)"
        case .fault(let spec, let ending): fault(spec, in: core) + self.ending(ending)
        case .heal(.all): heal(core)
        case .heal(.weather): "takes back the standing faults"
        case .heal(.on(let nodes)): "takes back what touches \(nodes.text)"
        case .heal(.fault(let name)): healing(name, core)
        case .traffic(.start): "clients begin"
        case .traffic(.stop): "clients stop"
        case .traffic(.level(let level)): "clients: \(words(of: level))"
        case .put(let key, _, let node): "writes \(key) through \(node.text)"
        case .get(let key, let node): "reads \(key) from \(node.text)"
        case .call(let nodes, let method, let path, _):
            "\(method.rawValue) \(path) at \(nodes.text)"
        case .scale(let group, let count): "\(group) becomes \(count)"
        case .note: "noted"
        case .wait, .waitUntil: "waits"
        case .expect: "judged now"
        case .exec(let nodes, _): "runs inside \(nodes.text)"
        }
    }

    private static func process(_ verb: ProcessVerb) -> String {
        switch verb {
        case .start: "starts"
        case .resume: "goes on"
        case .poweron: "gets power"
        case .restart: "ends and starts again"
        case .rollingRestart: "one after the other, each ready before the next"
        }
    }

    private static func fault(_ spec: FaultSpec, in core: Core) -> String {
        switch spec {
        case .process(let fault, let nodes): nodes.text + " " + process(fault)
        case .partition(.groups(let groups)): partition(groups)
        case .partition(.shape(let shape, _)): "a partition in \(shape.rawValue)"
        case .isolate(let nodes): "\(nodes.text) hears no peer; clients still reach it"
        case .unplug(let nodes): "nobody reaches \(nodes.text)"
        case .link(let effect, let path, let only):
            link(effect, path) + (only == nil ? "" : ", for some packets only")
        case .machine(let effect, let nodes): "\(nodes.text): \(machine(effect))"
        case .attack(let nodes, let attack):
            "\(nodes.text) is called with \(attack.rawValue)"
        }
    }

    private static func process(_ fault: ProcessFault) -> String {
        switch fault {
        case .stop: "is asked to end"
        case .kill: "loses its main process"
        case .crash: "loses every process at once"
        case .pause: "stands still; its kernel still answers"
        case .freeze: "stands still and hears nothing"
        case .poweroff: "falls silent"
        }
    }

    private static func partition(_ groups: [Partition.Group]) -> String {
        let sides = groups.map { group in
            switch group {
            case .nodes(let nodes): nodes.text
            case .rest: "the rest"
            }
        }
        return sides.joined(separator: " and ") + (sides.count == 1 ? " and the rest" : "")
            + " do not hear each other"
    }

    private static func link(_ effect: LinkEffect, _ path: Path) -> String {
        let both = if case .between = path { true } else { false }
        switch effect {
        case .cut: return both ? "no packet passes" : "no packet passes that way"
        case .reset: return "connections are reset"
        case .refuse: return "new connections are refused"
        case .hold: return "packets wait until it is over"
        case .delay(.constant(.time(let time)), let jitter, _, _):
            let spread = jitter.map { ", give or take \(spoken($0))" } ?? ""
            return both
                ? "round trip +\(spoken(time + time))" + spread
                : "one way +\(spoken(time))" + spread
        case .delay(let level, _, _, _): return "one way \(words(of: level))"
        case .loss(let level, _): return "loses \(words(of: level)) each way"
        case .duplicate(let level): return "\(words(of: level)) arrive twice"
        case .reorder(let level, _): return "\(words(of: level)) overtake others"
        case .corrupt(let level, _): return "\(words(of: level)) are damaged"
        case .limit(let level, _, _): return "at most \(words(of: level)) each way"
        case .mtu(let size, _): return "packets of \(size) bytes at most"
        case .profile(let profile): return "as far as another \(profile.rawValue)"
        }
    }

    private static func machine(_ effect: MachineEffect) -> String {
        switch effect {
        case .clockAhead(let time): "clock ahead by \(spoken(time))"
        case .clockBehind(let time): "clock behind by \(spoken(time))"
        case .clockSpeed: "clock runs at another speed"
        case .diskFull: "disk full"
        case .diskSlow(let time): "disk slower by \(spoken(time))"
        case .diskFailing(let share): "\(Quantity.share(share).text) of disk accesses fail"
        case .cpu(let share): "\(Quantity.share(share).text) of a processor"
        case .memory(let size): "\(Quantity.size(size).text) of memory"
        case .files(let count): "\(count) open files"
        }
    }

    private static func words(of level: Level) -> String {
        switch level {
        case .constant(let value): value.text
        case .ramp(let from, let to, let time): "\(from.text) to \(to.text) over \(spoken(time))"
        case .sine(let from, let to, let time), .square(let from, let to, let time):
            "\(from.text) to \(to.text) every \(spoken(time))"
        case .trace(let file): "as in \(file)"
        }
    }

    private static func heal(_ core: Core) -> String {
        let count = core.faults.filter { $0.isActive && !$0.record.weather }.count
        return count == 1 ? "takes back 1 fault" : "takes back \(count) faults"
    }

    private static func healing(_ name: String, _ core: Core) -> String {
        let fault = core.faults.last { $0.isActive && $0.label == name }
        return fault.map { "takes back: \($0.record.text)" } ?? "takes it back"
    }

    private static func ending(_ ending: Ending) -> String {
        ending.after.map { ", for \(spoken($0))" } ?? ", until healed"
    }

    private static func spoken(_ time: Duration) -> String { Quantity.time(time).text }
}
