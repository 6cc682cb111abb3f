import Foundation
import Testing

/// Several dashboards over labs that run: who only looks on changes nothing, and holds nobody up.
@Suite(.serialized) struct SpectatorTests {
    private func topology(_ name: String) -> String {
        """
        squall: 1
        name: \(name)
        nodes:
          n: {count: 2, run: sleep 1000, stop: {grace: 1s}}
        """
    }

    private func entries(_ journal: String) -> Int {
        let data = FileManager.default.contents(atPath: journal) ?? Data()
        return data.count { $0 == UInt8(ascii: "\n") }
    }

    @Test func whoLooksOnChangesNothingAndASpectatorThatStandsStillHoldsNobodyUp() throws {
        try Programs.withFolder { home in
            let (desk, hall) = (
                try Tmux(columns: 100, rows: 30, home: home),
                try Tmux(columns: 80, rows: 24, home: home)
            )
            for name in ["one", "other"] {
                try topology(name).write(
                    toFile: home + "/\(name).yaml", atomically: true, encoding: .utf8)
            }
            // Two labs on one machine; each is named.
            try desk.run("squall up \(home)/other.yaml --detach")
            try desk.waitFor("Z-other-")
            try desk.run("clear; squall up \(home)/one.yaml; echo le''ft with $?")
            try desk.waitFor("HEALTHY")
            let runs = home + "/state/squall/runs"
            let run = try #require(
                FileManager.default.contentsOfDirectory(atPath: runs).first {
                    $0.contains("Z-one-")
                })
            // A shell with job control would take the terminal back from a program that is stopped.
            try hall.run("set +m; squall attach --read-only --lab \(run); echo le''ft with $?")
            try hall.waitFor("HEALTHY")
            try desk.waitFor("2 look on", within: 30)
            try hall.type("c")
            try hall.waitFor("started with --read-only: commands are refused")
            try hall.type(":crash n-1")
            try hall.press("Enter")
            try hall.waitFor("started with --read-only: commands are refused")

            let line = "squall attach --read-only --lab \(run)"
            let spectator = try #require(try Programs.processes(named: line, home: home).first)
            kill(spectator, SIGSTOP)
            defer { kill(spectator, SIGCONT) }
            let journal = "\(runs)/\(run)/journal.ndjson"
            let before = entries(journal)
            try desk.type("P")
            try desk.waitFor("pause n-1")
            try desk.waitFor("1 fault")
            try desk.waitFor(within: 20, "the journal to go on") { _ in
                entries(journal) > before + 5
            }
            try desk.type("!")
            try desk.waitFor("no fault")
            // It wakes up in the present.
            kill(spectator, SIGCONT)
            try hall.waitFor("pause n-1")
            try hall.press("q")
            try hall.waitFor("left with 0")
            try hall.expectWhole()
            // The cluster goes on without it.
            try desk.waitFor(within: 20, "nobody else to look on") { !$0.contains("look on") }
            try desk.stopsLab()
        }
    }
}
