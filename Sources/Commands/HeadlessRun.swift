internal import Cluster
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab
internal import Synchronization
internal import Topology

/// One scenario from start to verdict, told line by line.
struct HeadlessRun {
    private let started: StartedRun
    private let isTerminal = isatty(1) == 1

    /// Starts the lab.
    init(
        _ source: TopologySource, _ topology: Topology, _ start: StartOptions, _ scenario: String,
        _ timeout: Double?
    ) throws {
        // Heard by a thread of their own, so that the cluster is healed and the reports are written.
        Interruption.listen()
        started = try StartedRun.start(
            source, topology, start, mode: "command", scenario: scenario, timeout: timeout)
    }

    /// Follows the run to its end; its exit code.
    func run() throws -> Int32 {
        let client: ControlClient
        do {
            client = try ControlClient(path: started.options.socket)
            _ = try client.ask(ControlRequest(verb: .attach))
        } catch {
            throw failure(error.description, code: error.code)
        }
        print(
            "\(started.options.topology)   \(name)   seed \(started.options.seed)   "
                + started.folder.path)
        Interruption.socket(started.options.socket)
        var printer = RunPrinter(isTerminal: isTerminal)
        let lab = RunningRun(folder: started.folder)
        let end = try lab.follow { printer.tell($0, $1) }
        withExtendedLifetime(client) {}
        var status: Int32 = 0
        waitpid(started.process, &status, 0)
        guard let end else {
            complain("squall: the lab died; see \(started.folder.path)/lab.log")
            return Code.internalError
        }
        printer.finish(end)
        if end.code != 0 {
            print(
                "again: squall run \(started.options.file.replacing(".yaml", with: "")) \(name) "
                    + "--seed \(started.options.seed)")
        }
        return end.code
    }

    private var name: String { started.options.scenario ?? "" }
}

/// What a headless run prints.
struct RunPrinter {
    let isTerminal: Bool
    private var toldNews = 0

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// Prints what an entry brought.
    mutating func tell(_ entry: Entry, _ state: ClusterState) {
        let time = clockText(entry.at)
        switch entry.event {
        case .scenarioStep(let position) where position.state != .done:
            let mark = position.state == .failed ? "✕" : "·"
            line("\(time) \(mark) \(position.step) \(position.text) \(position.message)")
        case .nodeChanged(let id, let change):
            guard Int(id.index) < state.core.nodes.count,
                !state.core.nodes[Int(id.index)].isClient, change.phase != .waiting
            else { return }
            line(
                "\(time)   \(state.core.nodes[Int(id.index)].name) \(change.phase.rawValue)  \(change.reason)"
            )
        case .faultBegan(let fault): line("\(time) ↯ \(fault.id) \(fault.text)")
        case .faultMeasured(let id, let proof):
            line("\(time)   \(id) \(proof.verdict.rawValue): \(proof.words)")
        case .faultEnded(let id, let end) where end != .momentary:
            line("\(time) ↺ \(id) \(end.rawValue)")
        case .judged(let judgement):
            let mark =
                switch judgement.verdict {
                case .holds: "●"
                case .broken: "✕"
                case .unknown: "?"
                }
            line(
                "\(time) \(mark) \(judgement.kind.rawValue) \(judgement.text)   \(judgement.detail)"
            )
        case .note(let text, _): line("\(time)   \(text)")
        default: break
        }
    }

    /// The last line: the verdict.
    func finish(_ end: RunEnd) {
        let word =
            switch end.code {
            case 0: "PASSED"
            case 1: "FAILED"
            case 2: "UNKNOWN"
            case 3: "NO EFFECT"
            case 4: "NEVER READY"
            case 5: "DID NOT SETTLE"
            case 130, 143: "INTERRUPTED"
            default: "ERROR"
            }
        print("\(word)   \(end.reason)")
    }

    private func line(_ text: String) {
        print(text)
        flushOutput()
    }

    private func clockText(_ stamp: Stamp) -> String {
        let tenths = max(0, stamp.microseconds / 100_000)
        let (minutes, rest) = (tenths / 600, tenths % 600)
        let seconds = rest / 10
        return
            "\(minutes < 10 ? "0" : "")\(minutes):\(seconds < 10 ? "0" : "")\(seconds).\(rest % 10)"
    }
}

/// Whatever was printed is on its way, also into a pipe.
func flushOutput() { fflush(nil) }

/// SIGINT and SIGTERM of a headless run: the lab is told, heals and cleans, and ends with 130.
enum Interruption {
    private static let path = Mutex<String?>(nil)

    /// Called before any other thread exists.
    static func listen() {
        var ends = signals
        pthread_sigmask(SIG_BLOCK, &ends, nil)
        let thread = Thread {
            var ends = signals
            while true {
                var number: Int32 = 0
                guard sigwait(&ends, &number) == 0 else { return }
                guard let path = path.withLock({ $0 }),
                    let client = try? ControlClient(path: path)
                else { exit(128 + number) }
                _ = try? client.ask(
                    ControlRequest(verb: .interrupt, by: number == SIGINT ? "130" : "143"))
            }
        }
        thread.start()
    }

    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        return set
    }

    /// The lab that has to be told.
    static func socket(_ socket: String) { path.withLock { $0 = socket } }
}
