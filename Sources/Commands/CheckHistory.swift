internal import ArgumentParser
internal import Checkers
internal import Glibc
internal import Journal

/// `squall check RUN|HISTORY`: what was promised against what clients saw.
struct CheckHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Hold a recorded or foreign history against what the system promised.",
        discussion: """
            Reads the history of a run, or a file: squall's own, Jepsen's EDN or JSON, or the lines that \
            Jepsen logs. Exit codes: 0 all promises were kept, 1 one is broken, 2 unknown, 65 the history \
            can't be read.
            """)

    @Option(
        help: """
            What to check: a kind of object (\(CheckPlan.kinds)) or checks with commas between them \
            (\(CheckPlan.checks)). Left out: what the history is about.
            """)
    var model: String?

    @Option(help: "The longest that one check may take, in seconds.")
    var budget = 30.0

    @Option(help: "The most memory that one check may take, in MB.")
    var memory = 1_000

    @Flag(help: "A refused compare-and-set proves that the value was another one.")
    var strictCas = false

    @Flag(help: "Transactions: what was acknowledged comes before what was sent later.")
    var realTime = false

    @Flag(help: "One JSON object instead of text.")
    var json = false

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Argument(help: "A run's name, the end of it, or `last`; or a file with a history.")
    var history: String

    func run() throws {
        guard budget.isFinite, budget >= 0, budget < 1e9, (1...1_000_000).contains(memory) else {
            throw failure("--budget takes seconds, --memory takes MB", code: Code.usage)
        }
        let plan = try planned()
        let path = try findHistory()
        guard let bytes = read(path) else {
            throw failure("can't read \(path): \(reason())", code: Code.badInput)
        }
        let read: History
        do {
            read = try History(reading: bytes, as: plan.kind)
        } catch {
            throw failure("\(path):\(error)", code: Code.badInput)
        }
        let checks = try plan.checks(for: read.kind)
        let options = Options(
            time: .seconds(budget), memory: memory * 1_000_000,
            refusedCompareObserves: strictCas, realTime: realTime)
        let report = CheckReport(
            path: path, history: read, judgements: checks.map { $0.judge(read, options) })
        print(json ? report.json : report.text)
        if report.code != 0 { throw ExitCode(report.code) }
    }

    private func planned() throws -> CheckPlan {
        do {
            return try CheckPlan(model)
        } catch {
            throw failure(error.message, code: Code.usage)
        }
    }

    /// The file that is meant: a file by its path, or the history of a run.
    private func findHistory() throws -> String {
        var status = stat()
        if stat(history, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return history }
        let path = try findRun(history, runs).history
        if access(path, F_OK) != 0 {
            throw failure(
                "no history in this run: its topology has no workload that keeps one",
                code: Code.badInput)
        }
        return path
    }

    private func reason() -> String { String(cString: strerror(errno)) }

    private func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 { return nil }
        defer { close(file) }
        var status = stat()
        let size = fstat(file, &status) == 0 ? Int(status.st_size) : 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + 1)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}

/// What `--model` asks for.
struct CheckPlan {
    /// A model that is none, or that does not fit.
    struct Mistake: Error {
        var message: String
    }

    /// Overrides the kind that the history has.
    private(set) var kind: History.Kind?
    private var chosen: [Check] = []

    static let kinds = History.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    static let checks = Check.allCases.map(\.rawValue).joined(separator: ", ")

    init(_ model: String?) throws(Mistake) {
        guard let model else { return }
        // Some words are both: then the check is the usual one of the kind.
        if let kind = History.Kind(rawValue: model) {
            self.kind = kind
            return
        }
        for word in model.split(separator: ",") {
            guard let check = Check(rawValue: String(word)) else {
                throw Mistake(
                    message: "no model \(word): there are the kinds \(Self.kinds), and the checks "
                        + Self.checks)
            }
            chosen.append(check)
        }
        // A foreign history does not say what it is about; a check that fits one kind alone does.
        if let first = chosen.first, first.kinds.count == 1 { kind = first.kinds.first }
    }

    /// The checks to make; throws when one does not fit.
    func checks(for kind: History.Kind) throws -> [Check] {
        for check in chosen where !check.kinds.contains(kind) {
            throw failure(
                "\(check.rawValue) is about \(check.kinds.map(\.rawValue).joined(separator: ", ")), "
                    + "and this history is about \(kind.rawValue)", code: Code.usage)
        }
        return chosen.isEmpty ? Check.usual(for: kind) : chosen
    }
}
