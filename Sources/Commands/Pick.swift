internal import ArgumentParser
internal import Glibc
internal import Topology

/// `squall` alone: the shipped topologies, which can start here, and one of them on Enter.
struct Pick: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pick", abstract: "Choose a shipped topology and start it.",
        shouldDisplay: false)

    func run() throws {
        guard isatty(0) == 1, isatty(1) == 1 else {
            throw CleanExit.helpRequest(Squall.self)
        }
        var names: [String] = []
        for (index, (name, _)) in TopologySource.shipped.enumerated() {
            let topology = try TopologySource(name).read()
            let missing = TopologySource.missingPrograms(of: topology)
            print("\(index + 1)  \(name)   \(topology.about ?? "")")
            print(
                missing.isEmpty
                    ? "   can start now"
                    : "   " + missing.map(\.description).joined(separator: "; "))
            names.append(name)
        }
        print("Or learn with one of them: squall learn")
        print("Which one? [1] ", terminator: "")
        flushOutput()
        guard let answer = readLine() else { return }
        let word = answer.filter { $0 != " " }
        let chosen = Int(word).flatMap { names.indices.contains($0 - 1) ? names[$0 - 1] : nil }
        guard let name = word.isEmpty ? names.first : chosen ?? names.first(where: { $0 == word })
        else { throw failure("there is no topology \(word) here", code: Code.usage) }
        let up = try Up.parse([name])
        try up.run()
    }
}
