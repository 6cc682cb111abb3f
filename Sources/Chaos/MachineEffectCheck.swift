internal import Cluster

/// Whether machines were made for what is to be done to them.
extension ScriptCheck {
    mutating func check(_ effect: MachineEffect, _ nodes: Selector, _ line: Line) {
        let before = complaints.count
        check(nodes, line)
        guard complaints.count == before else { return }
        checkValue(of: effect, line)
        let named = known(nodes)
        if let client = named?.first(where: { $0.kind == .client }) {
            return complain(
                line, about: client.name,
                "\(client.name) makes the load: its machine is left alone", "name/client")
        }
        guard let need = effect.need else { return }
        // Of a role or a draw nobody knows yet who is meant: one who can be is enough.
        let candidates = named ?? machines.filter { $0.kind == .node }
        let unable = candidates.filter { !need.isMet($0) }
        guard let one = unable.first, named != nil || unable.count == candidates.count else {
            return
        }
        complain(
            line, about: named == nil ? "" : one.name, "\(one.name) has \(need.lack)", need.code,
            need.hint)
    }

    private mutating func checkValue(of effect: MachineEffect, _ line: Line) {
        switch effect {
        case .cpu(let share) where share.billionths < 1_000_000:
            complain(
                line, about: share.text, "a share of a processor is at least 0.1%", "cpu/least",
                "'pause' leaves none")
        case .memory(let size) where size.bytes < 1 << 20:
            complain(line, about: "", "a bound of memory is at least 1MiB", "memory/least")
        case .files(let count) where count < 1 || count > Int(Int32.max):
            complain(line, about: "\(count)", "a bound of open files is at least 1", "files/least")
        default: break
        }
    }
}

extension MachineEffect {
    /// What a machine must have been made with.
    fileprivate struct Need {
        var isMet: (NodeDescription) -> Bool
        var lack: String
        var code: String
        var hint: String
    }

    fileprivate var need: Need? {
        switch self {
        case .diskFull:
            Need(
                isMet: { $0.disk != nil }, lack: "no disk of a size of its own", code: "disk/none",
                hint: "give its group 'disk: 256MB'")
        case .clockAhead, .clockBehind, .clockSpeed:
            Need(
                isMet: { $0.hasFaultableClock }, lack: "a clock that cannot be set",
                code: "clock/fixed", hint: "give its group 'clock: faultable'")
        case .diskSlow, .diskFailing, .cpu, .memory, .files: nil
        }
    }
}
