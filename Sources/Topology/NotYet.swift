/// What the language has and this version does not do: refused by name, never ignored. Whoever
/// builds one of these deletes its row, and nothing else has to be found.
enum NotYet {
    /// Keys, as `MAP.KEY`.
    static let keys: Set<String> = [
        "lesson step.set",
        "group.container",
        "group.join",
        "group.leave",
        "group.prepare",
        "group.job",
    ]

    /// Values, as `MAP.KEY=VALUE`.
    static let values: Set<String> = [
        "topology.fabric=loopback",
        "topology.security=strict",
        "group.begin=manual",
        "probe.kind=exec",
        "probe.kind=log",
        "workload.kind=custom",
        "workload.driver=payments",
    ]
}

/// The keys of each map of the file, in the order of the reference.
enum Keys {
    static let topology = [
        "squall", "name", "about", "needs", "lists", "settings", "fabric", "security", "nodes",
        "probe", "metrics", "weather", "workload", "checks", "scenarios", "lesson",
    ]
    static let group = [
        "run", "shell", "container", "count", "ports", "labels", "env", "files", "after", "begin",
        "probe", "metrics", "restart", "stop", "disk", "cpu", "memory", "publish", "join", "leave",
        "prepare", "job", "user", "writable", "sysctl", "clock",
    ]
    static let list = ["of", "each", "join"]
    static let probe = [
        "kind", "port", "path", "expect", "command", "pattern", "every", "timeout", "healthy after",
        "unhealthy after",
    ]
    static let restart = ["policy", "backoff", "limit"]
    static let stop = ["signal", "grace"]
    static let workload = [
        "kind", "driver", "target", "request", "keys", "accounts", "traffic", "clients",
        "connections", "timeout", "labels", "history",
    ]
    static let check = ["budget", "memory"]
    static let scenario = ["about", "settle", "steps", "always", "expect"]
    static let chaos = ["faults", "every", "for", "at most"]
    static let lesson = ["title", "minutes", "with", "set", "steps"]
    static let lessonStep = [
        "set", "run", "say", "show", "predict", "do", "try", "done", "hints", "learned",
    ]
    static let prediction = ["ask", "choices", "answer", "because"]
}
