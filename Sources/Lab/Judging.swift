internal import Cluster
internal import Faults
internal import Glibc
internal import Supervisor

/// Was it so? Of faults of machines, from what their kernels counted. Pure.
enum Judging {
    /// What may be measured above a limit of processor time: a busy machine's scheduler is late.
    private static let slack = 0.03

    static func combined(_ proofs: [Proof]) -> Proof { Judge.combined(proofs, "nodes") }

    /// A share is felt by who would use more: who was held back, and did not use more.
    static func processor(
        _ name: String, used: Double, limit: Double, heldBack: UInt64, before: Double?
    ) -> Proof {
        let was = before.map { ", \(percent($0)) before" } ?? ""
        let words = "\(name) used \(percent(used)) of a processor\(was)"
        var proof = Proof(verdict: .proved, words: words, applied: heldBack)
        if used > limit * 1.25 + slack {
            proof.verdict = .noEffect
        } else if heldBack == 0 {
            proof.verdict = .notProvable
            proof.words += ": it did not ask for more than its limit"
        } else {
            proof.words += ", held back \(heldBack) times"
        }
        return proof
    }

    /// A bound of memory is felt by who asks for more.
    static func memory(
        _ name: String, _ now: ControlGroup.MemoryUse, limit: UInt64,
        before: ControlGroup.MemoryUse?
    ) -> Proof {
        let refused = now.refused - min(now.refused, before?.refused ?? 0)
        let killed = now.killed - min(now.killed, before?.killed ?? 0)
        var proof = Proof(
            verdict: .proved, words: "\(name) uses \(size(now.bytes)) of memory", applied: refused)
        if now.bytes > limit {
            proof.verdict = .noEffect
        } else if refused > 0 || killed > 0 || (before?.bytes ?? 0) > limit {
            proof.words += ", asked \(refused) times for more"
            if killed > 0 { proof.words += ", \(killed) processes were killed for it" }
        } else {
            proof.verdict = .notProvable
            proof.words += ": it did not ask for more than its limit"
        }
        return proof
    }

    /// A bound of open files is there when the kernel says so of each process.
    static func files(_ name: String, _ limit: Machine.FilesLimit, most: Int) -> Proof {
        let words =
            "\(limit.lowered) of \(limit.processes) processes of \(name) may open \(most) files at most"
        if limit.processes == 0 {
            return Proof(verdict: .notProvable, words: "\(name) runs no process")
        }
        if limit.lowered == 0 {
            return Proof(
                verdict: .noEffect,
                words: "no process of \(name) might open more than \(most) files")
        }
        return Proof(verdict: .proved, words: words, applied: UInt64(limit.lowered))
    }

    /// A clock is set when a program that is started beside the node's reads it so.
    static func clock(
        _ name: String, _ effect: MachineEffect, before: Lab.ClockReading?, now: Lab.ClockReading?
    ) -> Proof {
        guard let before, let now else {
            return Proof(verdict: .notProvable, words: "no program of \(name) could read its clock")
        }
        let (felt, wanted, words): (Double, Double, String)
        switch effect {
        case .clockSpeed(let factor):
            (felt, wanted) = (now.speed - before.speed, factor.value - 1)
            words = "a clock of \(name) runs \(rounded(now.speed)) times as fast"
        case .clockAhead(let time):
            (felt, wanted) = (now.ahead - before.ahead, time.inSeconds)
            words = "a clock of \(name) gained \(rounded(felt)) s"
        case .clockBehind(let time):
            (felt, wanted) = (now.ahead - before.ahead, -time.inSeconds)
            words = "a clock of \(name) lost \(rounded(-felt)) s"
        case .diskFull, .diskSlow, .diskFailing, .cpu, .memory, .files:
            (felt, wanted, words) = (0, 0, "")
        }
        var proof = Proof(verdict: .proved, words: words, applied: 1)
        if abs(felt) < abs(wanted) * 0.25 {
            proof.verdict = .noEffect
        } else if abs(felt - wanted) > max(0.05, abs(wanted) * 0.05) {
            proof.verdict = .notProvable
            proof.words += ": not what was asked for"
        }
        return proof
    }

    private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }

    /// A disk is full when what could be written before cannot be written now.
    static func fullDisk(_ name: String, before: Int32?, now: Int32?) -> Proof {
        guard let before, let now else {
            return Proof(verdict: .notProvable, words: "\(name) was not asked in time")
        }
        let tells = { (code: Int32) in
            code == 0 ? "was written" : "got \"\(String(cString: strerror(code)))\""
        }
        if before == ENOSPC {
            return Proof(
                verdict: .notProvable, words: "the disk of \(name) was full before", applied: 1)
        }
        return Proof(
            verdict: now == ENOSPC ? .proved : .noEffect,
            words: "a page for the disk of \(name) \(tells(now)), and before it \(tells(before))",
            applied: now == ENOSPC ? 1 : 0)
    }

    /// A reset is proved by what the kernels did: how many sockets they destroyed, and that these are gone.
    static func reset(_ reset: Machine.Reset) -> Proof {
        if reset.ended == 0 {
            return Proof(verdict: .noEffect, words: "there was no connection between them")
        }
        let sockets = "\(reset.ended) \(reset.ended == 1 ? "socket" : "sockets") destroyed"
        return Proof(
            verdict: reset.left == 0 ? .proved : .noEffect,
            words: sockets
                + (reset.left == 0 ? ", none of them is left" : ", \(reset.left) are left"),
            applied: UInt64(reset.ended))
    }

    private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)%" }

    private static func size(_ bytes: UInt64) -> String {
        "\((Double(bytes) / 1e5).rounded() / 10) MB"
    }
}
