/// The words of the language that are not grammar: which may not be names, what verbs are for, what
/// people write instead of them.
enum Vocabulary {
    static let longestName = 40

    /// Selector and joining words: no node, group, label, fault or note may be called so. Verbs may.
    static let reserved: Set<String> = [
        "all", "any", "rest", "leader", "followers", "clients", "minority", "majority", "of",
        "except", "and", "or", "not", "to", "from", "between", "with", "at", "by", "for", "as",
        "within", "after", "before", "during", "until", "only", "on", "weather",
    ]

    /// `f1`, `f2`, …: what faults without a name are called.
    static func isFaultNumber(_ name: String) -> Bool {
        name.utf8.first == 0x66 && name.utf8.count > 1
            && name.utf8.dropFirst().allSatisfy(Parser.isDigit)
    }

    /// Every verb with one line of help, in the order in which they are shown.
    static let verbs: [(word: String, help: String)] = [
        ("kill", "SIGKILL to the main process of each node"),
        ("crash", "SIGKILL to every process of the machine; peers read FIN, then RST"),
        ("pause", "the processes stop; the machine's kernel goes on acknowledging"),
        ("freeze", "the processes stop and the port is held: a stalled virtual machine"),
        ("poweroff", "silence: the port is muted, then the machine ends; its disk stays"),
        ("stop", "the stop ladder: signal, grace, KILL"),
        ("start", "start what was stopped, killed or crashed"),
        ("resume", "wake up what was paused or frozen"),
        ("poweron", "give a machine its power back"),
        ("restart", "stop and start again; 'rolling': one after the other"),
        ("signal", "send a signal to the main process"),
        ("partition", "no packet between the groups, both ways; clients reach everybody"),
        ("isolate", "each node alone, without its peers; clients still reach it"),
        ("unplug", "no machine reaches it, clients included: a pulled cable"),
        ("cut", "no packet on these links"),
        ("delay", "add time to every packet, each way that is named"),
        ("loss", "drop a share of the packets"),
        ("hold", "keep packets back until healed, then deliver them"),
        ("reset", "end the connections of these links"),
        ("refuse", "answer new connections with a reset"),
        ("duplicate", "deliver a share of the packets twice"),
        ("reorder", "let a share of the packets be overtaken"),
        ("corrupt", "alter a share of the packets"),
        ("limit", "no more bandwidth than this"),
        ("mtu", "the largest packet that fits through"),
        ("profile", "a named line of the wide area"),
        ("clock", "move a node's clock, or its speed"),
        ("disk", "fill, slow down or fail a node's disk"),
        ("cpu", "leave a node only a share of a processor"),
        ("memory", "leave a node only so much memory"),
        ("files", "leave a node only so many open files"),
        ("attack", "call a node under a false name"),
        ("heal", "take back a fault, those on a node, the weather, or all"),
        ("traffic", "start, stop or change the clients' load"),
        ("put", "write a value by hand"),
        ("get", "read a value by hand"),
        ("call", "send one HTTP request by hand"),
        ("scale", "grow or shrink a group"),
        ("note", "write a sentence into the journal"),
        ("wait", "wait a while, or until something holds"),
        ("expect", "judge an expression now, or within a time"),
        ("exec", "run a program inside a node's machine"),
        ("scenario", "run a scenario of the topology, hold it, go on step by step"),
    ]

    static func help(forVerb word: String) -> String? {
        verbs.first { $0.word == word }?.help
    }

    /// What others call our verbs.
    static let otherWords: [String: String] = [
        "down": "poweroff", "off": "poweroff", "shutdown": "poweroff", "on": "poweron",
        "up": "start", "reboot": "restart", "suspend": "pause", "stall": "freeze", "hang": "pause",
        "sigkill": "kill", "terminate": "stop", "wake": "resume", "continue": "resume",
        "cont": "resume", "latency": "delay", "lag": "delay", "slow": "delay", "drop": "loss",
        "lose": "loss", "block": "cut", "disconnect": "unplug", "unlink": "cut",
        "split": "partition",
        "skew": "clock", "time": "clock", "rate": "limit", "throttle": "limit",
        "bandwidth": "limit", "set": "traffic", "load": "traffic", "undo": "heal",
        "repair": "heal", "fix": "heal", "restore": "heal", "clear": "heal", "reset-all": "heal",
        "assert": "expect", "check": "expect", "sleep": "wait", "write": "put", "read": "get",
        "run": "exec", "sh": "exec", "shell": "exec", "fetch": "call", "curl": "call",
        "http": "call", "say": "note", "comment": "note", "log": "note", "dup": "duplicate",
    ]

    /// The nearest of `words` to a misspelt one, if it is near.
    static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let letters = Array(word.utf8)
        guard letters.count <= 64 else { return nil }
        let allowed = letters.count <= 3 ? 1 : 2
        var best: (word: String, distance: Int)?
        for candidate in words {
            let others = Array(candidate.utf8)
            guard abs(others.count - letters.count) <= allowed else { continue }
            let distance = distance(letters, others)
            if distance <= allowed, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// How many letters have to be added, dropped, changed or swapped with their neighbour (the
    /// "optimal string alignment" distance).
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var row = Array(0...b.count)
        for i in a.indices {
            var next = [i + 1]
            for j in b.indices {
                var least = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    least = min(least, before[j - 1] + 1)
                }
                next.append(least)
            }
            (before, row) = (row, next)
        }
        return row[b.count]
    }
}
