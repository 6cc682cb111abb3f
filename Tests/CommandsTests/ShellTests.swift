import Foundation
import Testing

/// A shell in a node's machine, and packets, in a real terminal.
@Suite(.serialized) struct ShellTests {
    static let topology = """
        squall: 1
        name: plain
        nodes:
          a: {run: sleep 1000, stop: {grace: 1s}}
          b: {run: sleep 1000, stop: {grace: 1s}}
        """

    @Test func aShellInAMachineHasATerminalAndGivesItBackWhole() throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 90, rows: 30, home: home)
            try Self.topology.write(
                toFile: home + "/plain.yaml", atomically: true, encoding: .utf8)
            try terminal.run("squall up \(home)/plain.yaml --detach; squall wait 'ready(all)'")
            try terminal.run("clear; squall shell a; echo le''ft with $?")
            // Its prompt, whatever it looks like, is the line behind the command's.
            try terminal.waitFor("a prompt") { screen in
                screen.split(separator: "\n").count > 1
            }
            try terminal.run("PS1='in''side> '; cd /tmp")
            try terminal.waitFor("inside>")
            try terminal.run("hostname; pwd; echo $((6 * 7)); tty")
            try terminal.waitFor("42")
            try terminal.waitFor("what its terminal is") { screen in
                screen.contains("\na\n") && screen.contains("\n/tmp\n")
            }

            // ^C reaches what runs inside, and neither the shell nor this command.
            try terminal.run("clear; echo slee''ping; sleep 1000; echo interr''upted by $?")
            try terminal.waitFor("sleeping")
            try terminal.press("C-c")
            try terminal.run("echo st''ill here $?")
            try terminal.waitFor("still here 130")

            // The terminal inside has the size of the one outside, also after a change.
            try terminal.run("clear; stty size")
            try terminal.waitFor("30 90")
            try terminal.resize(columns: 100, rows: 35)
            try terminal.waitFor("the new size inside") { screen in
                if screen.contains("35 100") { return true }
                try? terminal.run("stty size")
                return false
            }

            // Its last words are seen, its status is the command's, and the terminal is whole.
            try terminal.run("clear; exec sh -c 'echo last wo''rds; exit 7'")
            let left = try terminal.waitFor("left with 7")
            #expect(left.contains("last words"))
            try terminal.run("clear")
            try terminal.expectWhole()
            try terminal.run("clear; squall shell nobody; echo re''fused with $?")
            try terminal.waitFor("refused with 1")
            try terminal.expectWhole()
            try terminal.run("clear; squall down; echo d''one")
            try terminal.waitFor("done")
        }
    }

    @Test func packetsAreNothingForATerminal() throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 120, rows: 20, home: home)
            try Self.topology.write(
                toFile: home + "/plain.yaml", atomically: true, encoding: .utf8)
            try terminal.run("squall up \(home)/plain.yaml --detach; squall wait 'ready(all)'")
            try terminal.run("clear; squall tcpdump a; echo re''fused with $?")
            let refused = try terminal.waitFor("refused with 64")
            #expect(refused.contains("squall tcpdump a | wireshark -k -i -"))

            // In a pipe they are shown as they come, and ^C ends both sides.
            try terminal.run("clear; squall tcpdump a | tshark -l -r - 2>&1; echo en''ded")
            try terminal.run("")
            try terminal.waitFor("Echo (ping)", within: 30)
            try terminal.press("C-c")
            try terminal.waitFor("ended")
            try terminal.expectWhole()
            try terminal.run("clear; squall down; echo d''one")
            try terminal.waitFor("done")
        }
    }
}
