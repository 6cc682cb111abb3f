import Foundation
import Testing

/// The dashboard's own process beside a node that prints as fast as it can.
@Suite(.serialized) struct LoudNodeTests {
    static let topology = """
        squall: 1
        name: loud
        nodes:
          loud: {run: "yes as loud as it can", stop: {grace: 1s}}
          quiet: {run: sleep 1000, stop: {grace: 1s}}
        """

    @Test(arguments: ["1", "3"])
    func theDashboardHardlyNoticesANodeThatPrintsAsFastAsItCan(screen: String) throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 120, rows: 35, home: home)
            try Self.topology.write(toFile: home + "/loud.yaml", atomically: true, encoding: .utf8)
            let line = "squall up \(home)/loud.yaml"
            try terminal.run(line)
            try terminal.waitFor("HEALTHY", within: 60)
            try terminal.type(screen)
            let painter = try #require(try Programs.processes(named: line, home: home).first)

            // What was lost is told, in the line of events and in the log.
            try terminal.waitFor("log lines of loud: ")
            let start = ContinuousClock.now
            let before = try processorTime(of: painter)
            try terminal.waitFor(within: 30, "six seconds of its clock") { _ in
                ContinuousClock.now - start > .seconds(6)
            }
            let wall = (ContinuousClock.now - start) / .seconds(1)
            let share = (try processorTime(of: painter) - before) / wall
            print("dashboard beside a loud node, screen \(screen): \(share) of a core")
            #expect(share < 0.2, "the dashboard took \(share) of a core")

            // And it answers keys as ever.
            try terminal.type("?")
            try terminal.waitFor("heal all")
            try terminal.press("Escape")
            try terminal.press("q")
            try terminal.waitFor("stop")
            try terminal.press("s")
            try terminal.waitFor("Look at it", within: 30)
            try terminal.expectWhole()
        }
    }

    /// Seconds of processor that a process took so far.
    private func processorTime(of id: pid_t) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        let fields = try #require(text.split(separator: ")").last).split(separator: " ")
        let ticks = try #require(Double(fields[11])) + #require(Double(fields[12]))
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
