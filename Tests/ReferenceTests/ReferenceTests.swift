import ArgumentParser
import Checkers
import Foundation
import Testing

@testable import Chaos
@testable import Cluster
@testable import Commands
@testable import Dashboard
@testable import Fabric
@testable import Journal
@testable import Topology

/// The pages and the program say the same. `UPDATE=1` writes the generated blocks anew.
@Suite struct ReferenceTests {
    @Test("what the pages print of the program's tables is what the tables say")
    func generatedBlocks() throws {
        let blocks = try Generated.blocks()
        for name in Page.reference {
            var page = try Page(name)
            let known = blocks.filter { $0.page == name }
            #expect(page.generated.sorted() == known.map(\.name).sorted(), "blocks of \(name)")
            for block in known {
                if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
                    try page.replace(block.name, with: block.text)
                }
                let found = try #require(page.block(block.name), "\(name) has no \(block.name)")
                let differing = zip(found.split(separator: "\n"), block.text.split(separator: "\n"))
                    .first { $0 != $1 }
                #expect(
                    found == block.text,
                    "\(name): \(block.name), run with UPDATE=1; first: \(String(describing: differing))"
                )
            }
        }
    }

    @Test("every key of the topology file has its row, and no row is about another one")
    func topologyKeys() throws {
        let page = try Page("topology.md")
        let maps: [(name: String, keys: [String])] = [
            ("topology", Keys.topology), ("group", Keys.group), ("list", Keys.list),
            ("probe", Keys.probe), ("restart", Keys.restart), ("stop", Keys.stop),
            ("workload", Keys.workload), ("check", Keys.check), ("scenario", Keys.scenario),
            ("chaos", Keys.chaos),
        ]
        for map in maps {
            let rows = page.table("keys: \(map.name)")
            #expect(rows.map(\.cell) == map.keys, "keys of \(map.name)")
            for row in rows {
                let isMarked = row.row.contains("not in this version")
                #expect(
                    isMarked == NotYet.keys.contains("\(map.name).\(row.cell)"),
                    "\(map.name).\(row.cell)")
            }
        }
        let metrics = page.table("metrics").map(\.cell)
        #expect(metrics == Topology.Metric.allCases.map(\.rawValue))
    }

    @Test("every key of a lesson has its row, and no row is about another one")
    func lessonKeys() throws {
        let page = try Page("lessons.md")
        for (name, keys) in [
            ("lesson", Keys.lesson), ("lesson step", Keys.lessonStep), ("predict", Keys.prediction),
        ] {
            let rows = page.table("keys: \(name)")
            #expect(rows.map(\.cell) == keys, "keys of \(name)")
            for row in rows {
                let isMarked = row.row.contains("not in this version")
                #expect(isMarked == NotYet.keys.contains("\(name).\(row.cell)"), "\(row.cell)")
            }
        }
        let screens = View.Screen.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        #expect(page.table("keys: lesson step").contains { $0.row.contains(screens) })
    }

    @Test("every lesson of the folder is shipped, and read without a mistake")
    func shippedLessons() throws {
        let names = Page.files("topologies/lessons").filter { $0.hasSuffix(".yaml") }
            .map { String($0.dropLast(5)) }
        #expect(Set(names) == Set(LessonSource.shipped.map(\.name)))
        for name in names {
            let found = try LessonSource(name)
            #expect(found.text.minutes > 0 && !found.lesson.steps.isEmpty)
        }
    }

    @Test("every exit code has its row, and of several the one that comes first there wins")
    func exitCodes() throws {
        let page = try Page("exit-codes.md")
        let early = [Code.usage, Code.badInput, Code.unavailable]
        #expect(page.table("before").compactMap { Int32($0.cell) } == early)
        let order = page.table("after").compactMap { Int32($0.cell) }
        var every = Findings()
        var told: [Int32] = []
        // Each finding alone, the weightiest first, is a code of its own.
        every.internalError = true
        told.append(every.code)
        for signal: Int32 in [130, 143] {
            every = Findings()
            every.interrupted = signal
            told.append(every.code)
        }
        for path in [
            \Findings.neverReady, \.broken, \.noEffect, \.unsettled, \.unknown,
        ] as [WritableKeyPath<Findings, Bool>] {
            every = Findings()
            every[keyPath: path] = true
            told.append(every.code)
        }
        #expect(order == told + [Findings().code])
        for (index, first) in order.enumerated() {
            for other in order[index...] { #expect(Findings.first(of: [other, first]) == first) }
        }
    }

    @Test("every way to be gone and every fault of links is explained")
    func faults() throws {
        let page = try Page("faults.md")
        let ways = ProcessFault.allCases.map(\.rawValue)
        let links = [
            "partition", "isolate", "unplug", "cut", "hold", "delay", "loss", "duplicate",
            "reorder", "corrupt", "limit", "mtu", "refuse", "profile",
        ]
        for verb in ways + links {
            #expect(page.lines.contains("### `\(verb)`"), "\(verb)")
        }
    }

    @Test("every check has its row, and no row is about another one")
    func checks() throws {
        #expect(try Page("checks.md").table("checks").map(\.cell) == Check.allCases.map(\.rawValue))
    }

    @Test("every comment of a capture is explained, in the words that it has there")
    func captureComments() throws {
        let time: Int64 = 100_214_033
        let comments: [CaptureComment] = [
            .dropped(by: "f3 split"), .copyDropped(for: "kv-3", by: "f3"), .queueFull,
            .refused("kv-2"), .stray, .lost(from: "kv-1", time), .late(from: "kv-1", time),
            .arrived(at: "kv-2", time),
        ]
        #expect(try Page("capture.md").table("comments").map(\.cell) == comments.map(\.text))
        for comment in comments {
            // So that a new one cannot be forgotten.
            switch comment {
            case .dropped, .copyDropped, .queueFull, .refused, .stray, .arrived:
                #expect(CaptureComment.waited(comment.text) == nil)
            case .lost, .late: #expect(CaptureComment.waited(comment.text) == time)
            }
        }
    }

    @Test("the columns of the journal are those of the page")
    func journalColumns() throws {
        let page = try Page("run-folder.md")
        #expect(page.table("samples").map(\.cell) == SampleColumn.allCases.map(\.rawValue))
        #expect(page.table("links").map(\.cell) == LinkColumn.allCases.map(\.rawValue))
        #expect(page.table("clients").map(\.cell) == ClientColumn.allCases.map(\.rawValue))
        #expect(page.table("metrics").map(\.cell) == MetricColumn.allCases.map(\.rawValue))
    }

    @Test("every kind of the journal's lines has its row")
    func journalKinds() throws {
        let node = NodeID(0)
        let command = CommandRecord(number: 1, text: "", names: "", by: "")
        let events: [Event] = [
            .nodeDefined(node, NodeDescription(name: "a", group: "a", address: "")),
            .nodeChanged(node, NodeChange(phase: .ready)),
            .roleChanged(node, RoleChange(role: .leader, own: "")),
            .samples([]), .linkSamples([]), .clientSamples([]), .metricSamples([]),
            .asked(AskRecord(node: node, verb: .put, key: "", outcome: .ok)),
            .commandAccepted(command),
            .commandRefused(command, message: ""),
            .faultBegan(FaultRecord(id: FaultID(1), text: "")),
            .faultMeasured(FaultID(1), Proof(verdict: .proved, words: "")),
            .faultEnded(FaultID(1), .healed),
            .scenarioStep(ScenarioPosition(scenario: "", step: "", text: "", state: .done)),
            .judged(Judgement(kind: .expect, text: "", verdict: .holds)),
            .logLines(node, firstByte: 0, count: 1), .dropped(DropReport(what: "", count: 1)),
            .note("", by: ""), .runEnded(RunEnd(reason: "")),
        ]
        let kinds = try events.map { event in
            let entry = Entry(number: 1, at: .zero, event: event)
            let line = String(decoding: JournalFormat.encode([entry]), as: UTF8.self)
            return String(try #require(line.firstMatch(of: /"e":"([a-z.]+)"/)).1)
        }
        #expect(try Page("run-folder.md").table("kinds").map(\.cell) == kinds)
    }

    @Test("every variable that a node gets is on the page")
    func environment() throws {
        let text = """
            name: x
            settings: {word: a}
            nodes:
              a: {count: 2, run: sleep 1, ports: {word: 80}, labels: {word: b}}
            """
        let topology = try Topology(parsing: text, file: "x.yaml")
        let surroundings = Topology.Surroundings(
            addresses: ["a-1": "10.66.0.2"], data: "/", folder: "/", seed: 1, programs: [:])
        let member = topology.render(topology.members[0], in: surroundings)
        let page = try Page("topology.md")
        let variables = Set(page.text.matches(of: /`(SQUALL_[A-Z_]+)`/).map { String($0.1) })
        #expect(variables == Set(member.environment.map(\.name)))
    }

    // MARK: Examples

    @Test("every command in the pages is one, and runs in this version")
    func commandExamples() throws {
        var count = 0
        for page in try Page.all() {
            for block in page.fenced("squall") {
                for (offset, line) in block.text.split(separator: "\n").enumerated() {
                    let place = "\(page.name):\(block.line + offset): \(line)"
                    do {
                        let command = try Cluster.Command(parsing: String(line))
                        #expect(command.unsupported == nil, "\(place)")
                    } catch {
                        Issue.record("\(place): \(error)")
                    }
                    count += 1
                }
            }
        }
        #expect(count > 20)
    }

    @Test("every expression in the pages is one")
    func expressionExamples() throws {
        var count = 0
        for page in try Page.all() {
            for block in page.fenced("expression") {
                for (offset, line) in block.text.split(separator: "\n").enumerated() {
                    do {
                        _ = try Cluster.Command(parsing: "expect " + line)
                    } catch {
                        Issue.record("\(page.name):\(block.line + offset): \(line): \(error)")
                    }
                    count += 1
                }
            }
        }
        #expect(count > 5)
    }

    @Test("every topology in the pages can be read, and its scenarios too")
    func topologyExamples() throws {
        var count = 0
        for page in try Page.all() {
            for block in page.fenced("yaml") {
                if Topology.LessonFile.isLesson(block.text, file: page.name) {
                    let path = NSTemporaryDirectory() + "lesson-\(UUID().uuidString).yaml"
                    try block.text.write(toFile: path, atomically: true, encoding: .utf8)
                    defer { try? FileManager.default.removeItem(atPath: path) }
                    _ = try LessonSource(path)
                    continue
                }
                let reading = Topology.read(block.text, file: page.name)
                let topology = try #require(reading.topology)
                #expect(reading.mistakes.isEmpty, "\(page.name):\(block.line)\n\(reading.mistakes)")
                for scenario in topology.scenarios {
                    for case .line(let passage) in scenario.steps {
                        #expect(
                            throws: Never.self, "\(page.name): \(passage.text)",
                            performing: { try Cluster.Command(parsing: passage.text) })
                    }
                }
                count += 1
            }
        }
        #expect(count > 1)
    }

    @Test("every line for a shell in the pages is one of the program's")
    func shellExamples() throws {
        var count = 0
        for page in try Page.all() {
            let indented = page.lines.filter { $0.hasPrefix("    squall ") }.map { $0.dropFirst(4) }
            let fenced = page.fenced("sh").flatMap { $0.text.split(separator: "\n") }
            for line in indented + fenced where line.hasPrefix("squall") {
                let words = shellWords(line.prefix { !"#>|".contains($0) })
                do {
                    _ = try Squall.parseAsRoot(Array(words.dropFirst()))
                } catch {
                    Issue.record("\(page.name): \(line): \(Squall.message(for: error))")
                }
                count += 1
            }
        }
        #expect(count > 10)
    }

    @Test("the README's test command is one line behind its mark")
    func testCommand() throws {
        let page = try Page("README.md")
        let mark = try #require(page.lines.firstIndex(of: "<!-- tests -->"))
        #expect(page.lines[mark + 1].contains("swift test"))
    }

    @Test("every link between the pages leads somewhere")
    func links() throws {
        for page in try Page.all() {
            for match in page.text.matches(of: /\]\(([a-zA-Z\/-]+\.(?:md|svg))(?:#[a-z-]*)?\)/) {
                let target = String(match.1)
                let name = String(target.split(separator: "/").last ?? "")
                #expect(
                    Page.reference.contains(name) || name == "README.md" || name == "dashboard.svg",
                    "\(page.name) links to \(target)")
            }
        }
    }

    @Test("every page is on the README's map")
    func map() throws {
        let text = try Page("README.md").text
        #expect(Page.reference.count > 6)
        for name in Page.reference {
            #expect(text.contains("](Sources/Commands/Reference/\(name))"), "\(name)")
        }
    }

    /// Words of a shell line with single quotes.
    private func shellWords(_ line: some StringProtocol) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for letter in line {
            if letter == "'" {
                isQuoted.toggle()
                word = word ?? ""
            } else if letter == " ", !isQuoted {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(letter)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}
