/// The only way to change anything. One value for key, palette, script and socket; its canonical
/// text is `text`, and parsing that gives the same value again.
public enum Command: Hashable, Sendable {
    /// `start kv-1`, `resume kv-1`, `poweron kv-1`, `restart kv rolling`.
    case process(ProcessVerb, Selector)
    /// `signal kv-1 HUP`; the name without `SIG`.
    case signal(Selector, String)
    /// Everything that can be healed.
    case fault(FaultSpec, Ending)
    /// Takes faults back.
    case heal(HealTarget)
    /// Changes the load.
    case traffic(TrafficChange)
    /// `put x 1 at kv-1`.
    case put(key: String, value: String, at: Selector)
    /// `get x at kv-1`.
    case get(key: String, at: Selector)
    /// `call web GET /health`.
    case call(Selector, CallMethod, path: String, body: String?)
    /// `scale replica to 5`.
    case scale(String, to: Int)
    /// `note "before the upgrade"`.
    case note(String)
    /// `wait 5s`.
    case wait(Duration)
    /// `wait until ready(all) within 20s`.
    case waitUntil(Expression, within: Duration?)
    /// `expect lag(replica) < 1s`.
    case expect(Clause)
    /// `exec kv-1 ls -l`; the rest of the line as written.
    case exec(Selector, String)
    /// `scenario run leader-crash`, `scenario pause`.
    case scenario(ScenarioOrder)
}

/// What is wanted of a scenario that is run by hand.
public enum ScenarioOrder: Hashable, Sendable {
    /// Begin it: its steps, then what comes after them.
    case run(String)
    /// Take the next step and stand still before the one after it; with a name it begins so.
    case step(String?)
    /// Stand still before the next step; what has begun goes on.
    case pause
    /// Go on from there.
    case resume
    /// No further step: its faults are healed, nothing is judged.
    case stop
}

/// Verbs that bring processes back.
public enum ProcessVerb: String, Hashable, Sendable, CaseIterable {
    case start
    case resume
    case poweron
    case restart
    /// `restart … rolling`: one after the other, each ready before the next.
    case rollingRestart = "restart rolling"
}

/// Ways for a node to be gone.
public enum ProcessFault: String, Hashable, Sendable, CaseIterable {
    /// The stop ladder: signal, grace, KILL.
    case stop
    /// SIGKILL to the main process.
    case kill
    /// SIGKILL to every process of the machine but its pid 1.
    case crash
    /// Processes stop, the machine's kernel goes on acknowledging.
    case pause
    /// Paused, and the port is held: a stalled virtual machine.
    case freeze
    /// Silence: the port is muted first, then the machine ends; its disk stays.
    case poweroff
}

/// A fault without its ending: effect and target.
public enum FaultSpec: Hashable, Sendable {
    /// `crash kv-1`.
    case process(ProcessFault, Selector)
    /// `partition a / rest`, `partition halves`.
    case partition(Partition)
    /// Each node alone, without its peers; clients still reach it.
    case isolate(Selector)
    /// No machine reaches it, clients included.
    case unplug(Selector)
    /// An effect on links, perhaps filtered by protocol and port.
    case link(LinkEffect, Path, only: Only?)
    /// An effect on machines.
    case machine(MachineEffect, Selector)
    /// `attack switch with forged-token`.
    case attack(Selector, Attack)
}

/// How a partition divides.
public enum Partition: Hashable, Sendable {
    /// Groups that do not hear each other.
    case groups([Group])
    /// A shape, of all nodes unless said.
    case shape(Shape, of: Selector?)

    /// One side of a partition.
    public enum Group: Hashable, Sendable {
        /// The named ones.
        case nodes(Selector)
        /// All nodes not named elsewhere.
        case rest
    }

    /// Partitions known by name.
    public enum Shape: String, Hashable, Sendable, CaseIterable {
        case halves
        case ring
        case bridge
        case thirds
    }
}

/// What happens to packets of a link.
public enum LinkEffect: Hashable, Sendable {
    case cut
    case reset
    case refuse
    case hold
    case delay(Level, jitter: Duration?, bell: Bell?, correlation: Share?)
    case loss(Level, burst: Fixed?)
    case duplicate(Level)
    case reorder(Level, within: Duration?)
    case corrupt(Level, checksum: Checksum?)
    case limit(Level, burst: ByteCount?, queue: Duration?)
    case mtu(Int, silent: Bool)
    case profile(Profile)

    /// What a corrupted packet's checksum says.
    public enum Checksum: String, Hashable, Sendable, CaseIterable {
        case wrong
        case right
    }

    /// Named lines of the wide area.
    public enum Profile: String, Hashable, Sendable, CaseIterable {
        case region
        case continent
        case ocean
    }
}

/// The distribution of jitter.
public enum Bell: String, Hashable, Sendable, CaseIterable {
    case uniform
    case normal
    case pareto
    case exponential
}

/// A value that may change over time.
public enum Level: Hashable, Sendable {
    case constant(Quantity)
    case ramp(Quantity, to: Quantity, over: Duration)
    case sine(Quantity, to: Quantity, every: Duration)
    case square(Quantity, to: Quantity, every: Duration)
    case trace(String)
}

/// Restricts a link effect to a protocol and port; at least one of the two.
public struct Only: Hashable, Sendable {
    /// The protocol; any when `nil`.
    public var transport: Transport?
    /// Source or destination port; any when `nil`.
    public var port: UInt16?

    /// Packets of this protocol and port.
    public init(transport: Transport?, port: UInt16?) {
        self.transport = transport
        self.port = port
    }

    /// Protocols that can be told apart.
    public enum Transport: String, Hashable, Sendable, CaseIterable {
        case tcp
        case udp
        case icmp
    }
}

/// What happens to a machine.
public enum MachineEffect: Hashable, Sendable {
    case clockAhead(Duration)
    case clockBehind(Duration)
    case clockSpeed(Fixed)
    case diskFull
    case diskSlow(Duration)
    case diskFailing(Share)
    case cpu(Share)
    case memory(ByteCount)
    case files(Int)
}

/// False callers.
public enum Attack: String, Hashable, Sendable, CaseIterable {
    case impersonation
    case expiredCertificate = "expired-certificate"
    case forgedToken = "forged-token"
    case replayedToken = "replayed-token"
    case unknownCaller = "unknown-caller"
}

/// When a fault ends by itself, and what it is called.
public struct Ending: Hashable, Sendable {
    /// `for 30s`; until healed when `nil`.
    public var after: Duration?
    /// `as split`.
    public var name: String?

    /// An ending; both parts may be left out.
    public init(after: Duration? = nil, name: String? = nil) {
        self.after = after
        self.name = name
    }
}

/// What `heal` takes back.
public enum HealTarget: Hashable, Sendable {
    /// Every fault but the weather.
    case all
    /// The standing faults.
    case weather
    /// Every fault that touches these machines.
    case on(Selector)
    /// A fault by name, or by number as `f3`.
    case fault(String)
}

/// A change of the load.
public enum TrafficChange: Hashable, Sendable {
    case start
    case stop
    case level(Level)
}

/// Methods of `call`.
public enum CallMethod: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
}
