import Cluster
import Foundation
import Journal
import Testing

@testable import Exports

/// The timeline that a page can be asked about.
@Suite struct CourseTests {
    private static func crash() throws -> (Recording, Course) {
        let recording = try Recording(
            path: ForeignReader.root + "/Tests/Recordings/1-kv-leader-crash.ndjson")
        let course = try #require(Course(recording))
        return (recording, course)
    }

    private static func page(_ recording: Recording) -> String {
        var run = RunReport(recording.last)
        run.moments = Course(recording)
        return Report([run], code: run.code, program: "squall 0.1.0").html
    }

    @Test func `a course tells who was what, which faults acted, and the headings`() throws {
        let (recording, course) = try Self.crash()
        let core = recording.last.core
        #expect(course.length == core.now.seconds && course.step == 1 && course.gaps.isEmpty)
        #expect(course.lanes.map(\.name) == ["kv-1", "kv-2", "kv-3"])
        let series = try #require(recording.last.series)
        for (index, lane) in course.lanes.enumerated() {
            let story = series.story(core.nodes[index].id)
            #expect(lane.marks == story.changes.map(\.mark))
            #expect(lane.at == story.changes.map(\.at.seconds))
        }
        let fault = try #require(course.faults.first)
        #expect(course.faults.count == 1 && fault.label == "crash")
        #expect(fault.record[0] == "crash: crash kv-1 for 5s as crash")
        #expect(fault.record[1].hasSuffix("(elapsed) by scenario leader-crash, step 3."))
        #expect(fault.record[2].hasPrefix("proved: "))
        #expect(fault.record[3].contains("recovered in 5.65 s"))
        #expect(fault.recovered == core.faults[0].recovered?.seconds)
        #expect(course.chapters.map(\.text) == recording.chapters.map(\.text))
        #expect(course.curves.prefix(3).map(\.kind) == [.available, .rate, .p99])
        #expect(course.curves.allSatisfy { $0.points.count == Int(course.length.rounded(.up)) })
    }

    /// Two nodes and a client over a long time; each node flaps, and once each ten minutes somebody is
    /// far behind for a second.
    private static func long(seconds: Int, flaps: Int, nodes: Int = 2) -> Recording {
        var entries: [Entry] = []
        func tell(_ seconds: Double, _ event: Event) {
            entries.append(
                Entry(number: UInt64(entries.count), at: Stamp(seconds: seconds), event: event))
        }
        tell(0, .runBegan(RunDescription(run: "long", topology: "kv", seed: 1)))
        for index in 0..<nodes {
            tell(
                0,
                .nodeDefined(
                    NodeID(UInt16(index)),
                    NodeDescription(name: "kv-\(index)", group: "kv", address: "")))
        }
        let client = NodeID(UInt16(nodes))
        tell(
            0,
            .nodeDefined(
                client, NodeDescription(name: "client", group: "c", address: "", kind: .client)))
        for second in 1..<seconds {
            let at = Double(second)
            if second <= flaps {
                for index in 0..<nodes {
                    let phase: Phase = second % 2 == 0 ? .ready : .unready
                    tell(at, .nodeChanged(NodeID(UInt16(index)), NodeChange(phase: phase)))
                }
            }
            let samples = (0..<nodes).map { index in
                var sample = Sample(node: NodeID(UInt16(index)))
                sample.lag = second % 600 == 300 ? 7.5 : Float(index) / 100
                return sample
            }
            tell(at, .samples(samples))
            let failed: UInt32 = second % 600 == 301 ? 100 : 0
            tell(
                at,
                .clientSamples([
                    ClientSample(
                        client: client, interval: 1, due: 100, ok: 100 - failed, refused: failed)
                ]))
        }
        var recording = Recording()
        recording.append(entries)
        return recording
    }

    @Test func `an hour of seconds keeps each spike, and its page says how it was thinned`() throws
    {
        let recording = Self.long(seconds: 3_600, flaps: 3_000)
        let course = try #require(Course(recording))
        #expect(course.step > 1.79 && course.step < 1.81)
        for curve in course.curves { #expect(curve.points.count == 2_000, "\(curve.name)") }
        let available = try #require(course.curves.first { $0.kind == .available })
        #expect(available.points.count { $0.least == 0 } == 6)
        #expect(available.points.allSatisfy { $0.least.isNaN || $0.greatest == 1 || $0.least == 0 })
        for lag in course.curves where lag.kind == .lag {
            // Each is seen for its second, which may lie in two points.
            #expect((6...12).contains(lag.points.count { $0.greatest == 7.5 }), "\(lag.name)")
        }
        #expect(course.lanes.allSatisfy { $0.at.count <= Course.mostChanges })
        let page = Self.page(recording)
        #expect(page.contains("Curves are thinned: a point stands for 1.80 s"))
        #expect(page.contains("kv-0 changed 3000 times"))
        #expect(page.utf8.count < 1_500_000, "\(page.utf8.count)")
    }

    @Test func `a run of half an hour is told by the second, as each moment told it`() throws {
        let recording = Self.long(seconds: 1_900, flaps: 4)
        let course = try #require(Course(recording))
        #expect(course.step == 1 && course.gaps.isEmpty)
        let lag = try #require(course.curves.first { $0.name == "lag kv-0" })
        for second in 1..<1_899 {
            #expect(lag.points[second].last == (second % 600 == 300 ? 7.5 : 0), "\(second)")
        }
    }

    @Test func `a hundred nodes make a page that a browser still opens`() throws {
        let recording = Self.long(seconds: 700, flaps: 600, nodes: 100)
        let course = try #require(Course(recording))
        #expect(course.curves.count { $0.kind == .lag } == Course.mostLags)
        #expect(
            course.gaps.contains { $0.contains("The lag of the 16 nodes") && $0.contains("100") })
        #expect(Self.page(recording).utf8.count < 6_000_000)
    }

    @Test func `nothing is told where nothing happened, or nothing was kept`() {
        #expect(Course(Recording()) == nil)
        #expect(Course(ClusterState(series: false)) == nil)
    }

    /// Reads a page as a browser would: what the parser takes for scripts, and what the data says.
    private static let reader = """
        import sys, html5lib, json, hashlib, base64
        page = sys.stdin.read()
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
        scripts = [e for e in tree.iter() if e.tag == "script"]
        for e in tree.iter():
            if not isinstance(e.tag, str): continue
            if e.tag in ("link", "img", "iframe", "object", "embed"): sys.exit("has " + e.tag)
            for name, value in e.attrib.items():
                if name.startswith("on") or name == "src": sys.exit(name)
                if name == "href" and not value.startswith("#"): sys.exit("foreign: " + value)
        if "url(" in page or "@import" in page: sys.exit("style from elsewhere")
        data, script = scripts
        course = json.loads(data.text)
        digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
        policy = [e.attrib["content"] for e in tree.iter() if e.tag == "meta"
            and e.attrib.get("http-equiv") == "Content-Security-Policy"][0]
        """

    @Test func `a strict reader finds the picture, the list, one script, and the data`() throws {
        let (recording, course) = try Self.crash()
        let told = try ForeignReader.python(
            Self.reader + """

                ids = [e.attrib["id"] for e in tree.iter() if "id" in e.attrib]
                assert len(ids) == len(set(ids))
                inner = lambda e: "".join(e.itertext())
                svg = "{http://www.w3.org/2000/svg}"
                print(("'sha256-" + digest + "'") in policy, policy.startswith("default-src 'none'"))
                print(sum(e.tag in ("svg", svg + "svg") for e in tree.iter()))
                hrefs = [e.attrib["href"] for e in tree.iter() if "href" in e.attrib]
                print(" ".join(h for h in hrefs if h.startswith("#fault-")), "fault-f1" in ids)
                print(" ".join(h for h in hrefs if h.startswith("#t=")))
                print(len(course["lanes"]), len(course["curves"]), course["length"], course["step"])
                print(" ".join(course["words"][m] for m in course["lanes"][0]["was"]))
                print(page.index('id="timeline"') < page.index("<h3>Promises</h3>"))
                """, Self.page(recording))
        let lines = told.split(separator: "\n").map(String.init)
        #expect(lines[0] == "True True")
        #expect(lines[1] == "1")
        #expect(lines[2] == "#fault-f1 True")
        #expect(lines[3].split(separator: " ").count == course.chapters.count)
        #expect(lines[3].hasPrefix("#t=\(Spoken.fixed(course.chapters[0].at, 3)) "))
        #expect(lines[4] == "3 \(course.curves.count) \(course.length) 1")
        #expect(lines[5] == course.lanes[0].marks.map { "\($0)" }.joined(separator: " "))
        #expect(lines[6] == "True")
    }

    @Test func `what a run says cannot break out of the page`() throws {
        let evil = "</script><img src=x onerror=alert(1)><!--<script>]]>\u{2028}'\"&amp;`${1}"
        let node = NodeID(0)
        let events: [Event] = [
            .runBegan(RunDescription(run: evil, topology: evil, seed: 1, scenario: evil)),
            .nodeDefined(node, NodeDescription(name: evil, group: evil, address: "")),
            .nodeChanged(node, NodeChange(phase: .ready, reason: evil)),
            .samples([
                {
                    var sample = Sample(node: node)
                    sample.lag = 1
                    return sample
                }()
            ]),
            .note(evil, by: evil),
            .faultBegan(
                FaultRecord(id: FaultID(1), name: evil, text: evil, nodes: [node], by: evil)),
            .faultMeasured(FaultID(1), Proof(verdict: .proved, words: evil)),
            .faultEnded(FaultID(1), .healed),
            .judged(Judgement(kind: .check, text: evil, verdict: .broken, detail: evil)),
            .runEnded(RunEnd(reason: evil, code: 1, timing: evil)),
        ]
        var recording = Recording()
        recording.append(
            events.enumerated().map {
                Entry(number: UInt64($0), at: Stamp(seconds: Double($0)), event: $1)
            })
        let told = try ForeignReader.python(
            Self.reader + """

                print(course["lanes"][0]["name"] == sys.argv[1])
                print(sys.argv[1] in course["faults"][0]["record"][0])
                print(any(sys.argv[1] in "".join(e.itertext()) for e in tree.iter() if e.tag == "li"))
                """, Self.page(recording), [evil])
        #expect(told == "True\nTrue\nTrue\n")
    }
}
