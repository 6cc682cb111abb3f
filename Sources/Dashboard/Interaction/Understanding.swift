import Cluster

/// What a line of the command language would do now, or why it would be refused: told while it is
/// typed, and again when it is given.
struct Understanding: Equatable {
    /// In a few words; empty where the command says it all.
    var effect = ""
    /// Why not.
    var complaint: String?
    /// Takes something back, so that `.` does not repeat it.
    var isHealing = false

    init(_ line: String, in core: Core) {
        do throws(ParseError) {
            let command = try Command(parsing: line)
            if case .heal = command { isHealing = true }
            if let refusal = command.unsupported {
                complaint = refusal
                return
            }
            look(up: command, in: core)
        } catch {
            complaint = error.description
        }
    }

    private mutating func look(up command: Command, in core: Core) {
        do throws(SelectorError) {
            let random = KeyedRandom(seed: core.run?.seed ?? 0)
            let number = (core.commands.last?.record.number ?? 0) + 1
            effect = try command.resolved(in: core, random: random, number: number).effect
        } catch {
            complaint = error.description
        }
        if case .heal(.all) = command {
            let count = core.faults.filter { $0.isActive && !$0.record.weather }.count
            effect = count == 1 ? "takes back 1 fault" : "takes back \(count) faults"
        }
        if case .heal(.fault(let name)) = command {
            let fault = core.faults.last { $0.isActive && $0.label == name }
            if let fault { effect = "takes back: \(fault.record.text)" }
        }
    }
}
