extension Command {
    /// One line of the command language, as `text` prints it or as people write it.
    public init(parsing line: some StringProtocol) throws(ParseError) {
        self = try Parser.parse(line, as: .command) { parser throws(Mistake) in
            try parser.command()
        }
    }
}

extension Parser {
    mutating func command() throws(Mistake) -> Command {
        let range = word()
        let verb = text(range)
        if range.isEmpty { throw unexpected(isAtEnd ? "an empty line is no command" : nil) }
        offset = range.upperBound
        if let change = try processChange(verb) { return change }
        if let spec = try faultSpec(verb) { return .fault(spec, try ending()) }
        if let command = try otherCommand(verb) { return command }
        throw unknownVerb(verb, range)
    }

    private func unknownVerb(_ verb: String, _ range: Range<Int>) -> Mistake {
        let lower = verb.lowercased()
        let verbs = Vocabulary.verbs.map(\.word)
        let hint: String? =
            if verbs.contains(lower) {
                "words are lower case: \(lower)"
            } else if let ours = Vocabulary.otherWords[lower] {
                "did you mean '\(ours)'? It says: \(Vocabulary.help(forVerb: ours) ?? "")"
            } else if let near = Vocabulary.nearest(to: lower, among: verbs) {
                "did you mean '\(near)'?"
            } else {
                nil
            }
        return Mistake(range: range, message: "there is no command '\(verb)'", hint: hint)
    }

    private mutating func processChange(_ verb: String) throws(Mistake) -> Command? {
        switch verb {
        case "start": .process(.start, try nodes())
        case "resume": .process(.resume, try nodes())
        case "poweron": .process(.poweron, try nodes())
        case "restart": try restart()
        case "signal": .signal(try nodes(), try signalName())
        default: nil
        }
    }

    private mutating func restart() throws(Mistake) -> Command {
        let nodes = try nodes()
        return .process(accept("rolling") ? .rollingRestart : .restart, nodes)
    }

    /// `HUP`, also written `SIGHUP` or `hup`.
    mutating func signalName() throws(Mistake) -> String {
        let range = word()
        var name = text(range).uppercased()
        if name.isEmpty { throw unexpected() }
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        guard SignalName.all.contains(name) else {
            let near = Vocabulary.nearest(to: name, among: SignalName.all)
            throw Mistake(
                range: range, message: "there is no signal '\(text(range))'",
                hint: near.map { "did you mean '\($0)'?" } ?? "like HUP, USR1, TERM")
        }
        offset = range.upperBound
        return name
    }

    // MARK: Faults

    mutating func ending() throws(Mistake) -> Ending {
        var ending = Ending()
        if accept("for") { ending.after = try time() }
        if accept("as") { ending.name = try name("the name of a fault") }
        return ending
    }

    private mutating func faultSpec(_ verb: String) throws(Mistake) -> FaultSpec? {
        if let way = ProcessFault(rawValue: verb) { return .process(way, try nodes()) }
        switch verb {
        case "partition": return .partition(try partition())
        case "isolate": return .isolate(try nodes())
        case "unplug": return .unplug(try nodes())
        case "attack":
            let nodes = try nodes()
            try expect("with")
            return .attack(nodes, try expectWord(of: Attack.self))
        default: break
        }
        if let spec = try machineFault(verb) { return spec }
        return try linkFault(verb)
    }

    private mutating func partition() throws(Mistake) -> Partition {
        if let shape = shape() { return .shape(shape, of: accept("of") ? try nodes() : nil) }
        var groups: [Partition.Group] = []
        repeat {
            guard isNext("rest") else {
                groups.append(.nodes(try nodes()))
                continue
            }
            let range = word()
            guard !groups.contains(.rest) else {
                throw Mistake(range: range, message: "the rest can be only one of the groups")
            }
            _ = accept("rest")
            groups.append(.rest)
        } while accept(punctuation: 0x2F)
        if groups == [.rest] { throw unexpected("the rest of what?", hint: "partition a / rest") }
        return .groups(groups)
    }

    /// A shape's word, unless it begins a group as a node's name.
    private mutating func shape() -> Partition.Shape? {
        let start = offset
        guard let shape = acceptWord(of: Partition.Shape.self) else { return nil }
        skipBlanks()
        let isGroup = [0x2C, 0x2F, 0x3D].contains(byte(offset)) || isNext("except")
        if !isGroup { return shape }
        offset = start
        return nil
    }

    private mutating func machineFault(_ verb: String) throws(Mistake) -> FaultSpec? {
        switch verb {
        case "clock":
            let nodes = try nodes()
            if accept("ahead") { return .machine(.clockAhead(try time()), nodes) }
            if accept("behind") { return .machine(.clockBehind(try time()), nodes) }
            try expect("speed")
            return .machine(.clockSpeed(try fixed()), nodes)
        case "disk":
            let nodes = try nodes()
            if accept("full") { return .machine(.diskFull, nodes) }
            if accept("slow") { return .machine(.diskSlow(try time()), nodes) }
            try expect("failing")
            return .machine(.diskFailing(try share(atMostAll: true)), nodes)
        case "cpu":
            let nodes = try nodes()
            return .machine(.cpu(try share(atMostAll: false)), nodes)
        case "memory":
            let nodes = try nodes()
            return .machine(.memory(try size()), nodes)
        case "files":
            let nodes = try nodes()
            return .machine(.files(try whole(0...1_000_000_000, "a number of files")), nodes)
        default: return nil
        }
    }

    private mutating func linkFault(_ verb: String) throws(Mistake) -> FaultSpec? {
        switch verb {
        case "mtu":
            let path = try path()
            let bytes = try whole(68...65_535, "the largest packet, in bytes,")
            return .link(.mtu(bytes, silent: accept("silent")), path, only: nil)
        case "profile":
            let path = try path()
            return .link(
                .profile(try expectWord(of: LinkEffect.Profile.self)), path, only: nil)
        case "cut", "reset", "refuse", "hold", "delay", "loss", "duplicate", "reorder", "corrupt",
            "limit":
            let path = try path()
            let effect = try linkEffect(verb)
            return .link(effect, path, only: try only())
        default: return nil
        }
    }

    private mutating func linkEffect(_ verb: String) throws(Mistake) -> LinkEffect {
        switch verb {
        case "cut": return .cut
        case "reset": return .reset
        case "refuse": return .refuse
        case "hold": return .hold
        case "delay": return try delay()
        case "loss":
            let level = try level(.share)
            return .loss(level, burst: accept("burst") ? try fixed() : nil)
        case "duplicate": return .duplicate(try level(.share))
        case "reorder":
            let level = try level(.share)
            return .reorder(level, within: accept("within") ? try time() : nil)
        case "corrupt":
            let level = try level(.share)
            return .corrupt(
                level,
                checksum: accept("checksum")
                    ? try expectWord(of: LinkEffect.Checksum.self) : nil)
        default:
            let level = try level(.bandwidth)
            let burst = accept("burst") ? try size() : nil
            return .limit(level, burst: burst, queue: accept("queue") ? try time() : nil)
        }
    }

    private mutating func delay() throws(Mistake) -> LinkEffect {
        try expect("by", hint: "delay … by 100ms")
        let level = try level(.time)
        let jitter = accept("jitter") ? try time() : nil
        let bell = acceptWord(of: Bell.self)
        let correlation = accept("correlation") ? try share(atMostAll: true) : nil
        return .delay(level, jitter: jitter, bell: bell, correlation: correlation)
    }

    mutating func level(_ unit: Unit) throws(Mistake) -> Level {
        if accept("ramp") {
            let (low, high) = try ends(unit)
            try expect("over")
            return .ramp(low, to: high, over: try time())
        }
        if accept("sine") {
            let (low, high) = try ends(unit)
            try expect("every")
            return .sine(low, to: high, every: try time())
        }
        if accept("square") {
            let (low, high) = try ends(unit)
            try expect("every")
            return .square(low, to: high, every: try time())
        }
        if accept("trace") { return .trace(try textOrWord()) }
        return .constant(try levelValue(unit))
    }

    private mutating func ends(_ unit: Unit) throws(Mistake) -> (Quantity, Quantity) {
        let low = try levelValue(unit)
        try expect("to")
        return (low, try levelValue(unit))
    }

    private mutating func levelValue(_ unit: Unit) throws(Mistake) -> Quantity {
        let range = next()
        let value = try quantity(unit)
        try refuseMoreThanAll(value, in: range)
        return value
    }

    mutating func only() throws(Mistake) -> Only? {
        guard accept("only") else { return nil }
        let transport = acceptWord(of: Only.Transport.self)
        if transport != nil, !isNext("port") { return Only(transport: transport, port: nil) }
        try expect("port")
        let port = try whole(1...65_535, "a port")
        return Only(transport: transport, port: UInt16(port))
    }

    // MARK: The others

    private mutating func otherCommand(_ verb: String) throws(Mistake) -> Command? {
        switch verb {
        case "heal": .heal(try healTarget())
        case "traffic": .traffic(try trafficChange())
        case "put": try put()
        case "get": try get()
        case "call": try call()
        case "scale": try scale()
        case "note": .note(try textOrRest())
        case "wait": try wait()
        case "expect": .expect(try clause())
        case "exec": .exec(try nodes(), try rest())
        case "scenario": .scenario(try scenarioOrder())
        default: nil
        }
    }

    private mutating func healTarget() throws(Mistake) -> HealTarget {
        if accept("all") { return .all }
        if accept("weather") { return .weather }
        if accept("on") { return .on(try nodes()) }
        if isAtEnd {
            throw unexpected(
                "heal what?", hint: "a fault by name or number (heal f3), on a node, or heal all")
        }
        let range = next()
        guard isName(range) else {
            throw unexpected(hint: "name the fault ('heal split') or write 'heal f3'")
        }
        if Vocabulary.reserved.contains(text(range)) {
            throw Mistake(
                range: range, message: "'\(text(range))' is not the name of a fault",
                hint: "heal on \(text(range)): every fault that touches it")
        }
        return .fault(try name("a fault", faults: true))
    }

    private mutating func scenarioOrder() throws(Mistake) -> ScenarioOrder {
        if accept("pause") { return .pause }
        if accept("resume") { return .resume }
        if accept("stop") { return .stop }
        if accept("step") { return .step(isAtEnd ? nil : try name("a scenario")) }
        try expect("run", hint: "scenario run NAME, step, pause, resume or stop")
        return .run(try name("a scenario"))
    }

    private mutating func trafficChange() throws(Mistake) -> TrafficChange {
        if accept("start") { return .start }
        if accept("stop") { return .stop }
        return .level(try level(.frequency))
    }

    private mutating func put() throws(Mistake) -> Command {
        let key = try textOrWord()
        let value = try textOrWord()
        try expect("at", hint: "put KEY VALUE at NODE")
        return .put(key: key, value: value, at: try nodes())
    }

    private mutating func get() throws(Mistake) -> Command {
        let key = try textOrWord()
        try expect("at", hint: "get KEY at NODE")
        return .get(key: key, at: try nodes())
    }

    private mutating func call() throws(Mistake) -> Command {
        let nodes = try nodes()
        guard let method = acceptWord(of: CallMethod.self) else {
            throw unexpected(hint: "call NODE GET /path")
        }
        skipBlanks()
        guard byte(offset) == 0x2F else {
            throw unexpected("the path begins with '/'", hint: "call NODE GET /path")
        }
        let path = try textOrWord()
        return .call(nodes, method, path: path, body: isAtEnd ? nil : try textOrRest())
    }

    private mutating func scale() throws(Mistake) -> Command {
        let group = try name("a group")
        try expect("to")
        return .scale(group, to: try whole(0...1_000, "the size of a group"))
    }

    private mutating func wait() throws(Mistake) -> Command {
        if accept("until") {
            let expression = try expression()
            return .waitUntil(expression, within: accept("within") ? try time() : nil)
        }
        skipBlanks()
        guard Self.isDigit(byte(offset)) else {
            throw unexpected(hint: "wait 5s, or wait until ready(all)")
        }
        return .wait(try time())
    }
}

/// The signals that can be sent by name.
enum SignalName {
    static let all: [String] = [
        "HUP", "INT", "QUIT", "ABRT", "KILL", "USR1", "USR2", "PIPE", "ALRM", "TERM", "CHLD",
        "CONT",
        "STOP", "TSTP", "TTIN", "TTOU", "URG", "WINCH", "IO", "PWR", "SEGV", "BUS", "FPE", "ILL",
        "TRAP", "SYS", "XCPU", "XFSZ", "VTALRM", "PROF",
    ]
}
