internal import Cluster
internal import Exports
internal import Glibc
internal import Journal
internal import Lab
internal import Topology

/// One scenario from start to verdict, told line by line.
struct HeadlessRun {
    /// What is run.
    struct Plan {
        var source: TopologySource
        var topology: Topology
        var start: StartOptions
        /// A scenario of the topology, or a file.
        var scenario: String
        /// The longest that it may take, in seconds.
        var timeout: Double?
        /// What cannot be judged counts as broken.
        var strict: Bool
    }

    private let plan: Plan
    private let started: StartedRun

    /// Starts the lab.
    init(_ plan: Plan) throws {
        self.plan = plan
        started = try StartedRun.start(
            plan.source, plan.topology, plan.start, mode: "command", scenario: plan.scenario,
            timeout: plan.timeout, strict: plan.strict)
    }

    /// Follows the run to its end; what is to be told of it.
    func run() throws -> RunReport {
        let client: ControlClient
        do {
            client = try ControlClient(path: started.options.socket)
            _ = try client.ask(ControlRequest(verb: .attach))
        } catch {
            throw failure(error.description, code: error.code)
        }
        print(
            "\(plan.topology.name)   \(plan.scenario)   seed \(started.options.seed)   "
                + started.folder.path)
        Interruption.began(started.options.socket)
        var printer = RunPrinter()
        let state = try RunningRun(folder: started.folder).follow(series: true) {
            printer.tell($0, $1)
        }
        Interruption.ended()
        withExtendedLifetime(client) {}
        var status: Int32 = 0
        waitpid(started.process, &status, 0)
        if started.options.capture != nil { print("packets: \(started.folder.capture)") }
        printer.finish()
        return RunReport(state, origin: origin)
    }

    private var origin: RunReport.Origin {
        var origin = RunReport.Origin()
        origin.folder = started.folder.path
        origin.version = started.options.version
        origin.settings = started.options.settings.sorted { $0.key < $1.key }
            .map { (word: $0.key, value: $0.value) }
        origin.again = Again.line(started.options)
        let places = ScenarioPlaces(plan.scenario, in: plan.topology, plan.source)
        origin.places = places.lines
        origin.place = places.scenario
        return origin
    }
}
