import Cluster
import Exports
import Foundation
import Journal
import Testing

/// What is handed on is read back by programs that are not ours.
@Suite struct FormatTests {
    @Test func `JUnit XML keeps to the schema that Jenkins publishes`() throws {
        let schema = ForeignReader.root + "/Tests/ExportsTests/Schema/junit-10.xsd"
        for report in try Samples.all() {
            let told = try ForeignReader.python(
                """
                import sys, xmlschema
                schema = xmlschema.XMLSchema(sys.argv[1])
                schema.validate(sys.stdin.read())
                print("valid")
                """, report.junit, [schema])
            #expect(told == "valid\n")
        }
    }

    @Test func `a JUnit reader finds the failure, its reason, its place and the way to repeat it`()
        throws
    {
        let report = Report([try Samples.crash()], code: 1, program: "squall 0.1.0")
        let told = try ForeignReader.python(
            """
            import sys
            from junitparser import JUnitXml
            xml = JUnitXml.fromstring(sys.stdin.read().encode())
            print(xml.tests, xml.failures, xml.errors)
            for suite in xml:
                print(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped)
                print({p.name: p.value for p in suite.properties()}["seed"])
                for case in suite:
                    for result in case.result:
                        print(type(result).__name__, case.name, "|", result.message)
                        print(result.text)
            """, report.junit)
        let lines = told.split(separator: "\n").map(String.init)
        #expect(lines[0] == "7 1 0")
        #expect(lines[1] == "kv leader-crash, seed 527313 7 1 0 0")
        #expect(lines[2] == "527313")
        #expect(
            lines[3] == "Failure expect availability after crash >= 99% "
                + "| availability after crash 96.05%")
        #expect(lines.contains("kv.yaml:40:9"))
        #expect(lines.last == "again: squall run kv leader-crash --seed 527313")
    }

    @Test func `perl's TAP parser finds no fault in TAP and counts as we do`() throws {
        let script = """
            use TAP::Parser; local $/; my $tap = <STDIN>;
            my $p = TAP::Parser->new({tap => $tap}); $p->run;
            print join("|", $p->version, $p->tests_planned, scalar($p->passed),
                scalar($p->failed), scalar($p->skipped), join(";", $p->parse_errors)), "\\n";
            """
        let reports = try Samples.all()
        #expect(try ForeignReader.perl(script, reports[0].tap) == "13|7|6|1|0|\n")
        #expect(try ForeignReader.perl(script, reports[1].tap) == "13|14|12|2|0|\n")
        let told = try ForeignReader.perl(script, reports[2].tap)
        // Of each of the nine: the steps, four promises, the fault; the settling where it failed.
        #expect(told.hasPrefix("13|55|") && told.hasSuffix("||\n") == false, "\(told)")
        #expect(
            told.split(separator: "|", omittingEmptySubsequences: false).last == "\n", "\(told)")
    }

    @Test func `an OpenMetrics parser reads every figure`() throws {
        let script = """
            import sys, json
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
            out = {}
            for family in text_string_to_metric_families(sys.stdin.read()):
                for s in family.samples:
                    key = s.name + "".join("/" + s.labels[k] for k in
                        ("verdict", "outcome", "quantile", "fault", "window") if k in s.labels)
                    out[key] = s.value
            print(json.dumps(out))
            """
        let run = try Samples.crash()
        // Not the same run twice: samples of one run belong together.
        for report in try Samples.all().dropFirst(2) {
            _ = try ForeignReader.python(script, report.openMetrics)
        }
        let told = try ForeignReader.python(
            script, Report([run], code: 1, program: "squall").openMetrics)
        let values = try JSONDecoder().decode([String: Double].self, from: Data(told.utf8))
        let fault = try #require(run.faults.first)
        #expect(values["squall_run_code"] == 1)
        #expect(values["squall_promises/broken"] == 1)
        #expect(values["squall_client_operations_total/ok"] == run.clients.map { Double($0.ok) })
        #expect(values["squall_fault_proved/crash"] == 1)
        for (name, figure) in [
            ("squall_fault_recovery_seconds/crash", fault.recovery),
            ("squall_fault_detection_seconds/crash", fault.detection),
            ("squall_fault_availability_ratio/crash/during", fault.during?.availability),
            ("squall_client_latency_seconds/0.99", run.clients?.latency?.p99),
        ] {
            let value = try #require(values[name], "\(name)")
            #expect(abs(value - (try #require(figure))) < 1e-6, "\(name)")
        }
    }

    @Test func `a strict HTML parser reads the page, and nothing in it comes from elsewhere`()
        throws
    {
        for report in try Samples.all() {
            let told = try ForeignReader.python(
                """
                import sys, html5lib
                page = sys.stdin.read()
                tree = html5lib.HTMLParser(strict=True).parse(page)
                names = [e.tag.split("}")[-1] for e in tree.iter() if isinstance(e.tag, str)]
                for element in tree.iter():
                    for name, value in element.attrib.items():
                        if name in ("src", "href", "action", "data") and not value.startswith("#"):
                            sys.exit("foreign: " + value)
                for bad in ("script", "link", "img", "iframe", "object"):
                    if bad in names: sys.exit("has " + bad)
                if "url(" in page or "@import" in page: sys.exit("style from elsewhere")
                print(names.count("svg"), names.count("section"))
                """, report.html)
            let counts = told.split { $0.isWhitespace }.compactMap { Int($0) }
            #expect(counts == [report.runs.count, report.runs.count])
        }
    }

    @Test func `the page tells the verdict, the reason, the figures and how to run it again`()
        throws
    {
        let page = Report([try Samples.crash()], code: 1, program: "squall 0.1.0").html
        for text in [
            "FAILED",
            "availability after crash &gt;= 99% is broken: availability after crash 96.05%",
            "squall run kv leader-crash --seed 527313", "5.65 s", "crash kv-1 for 5s as crash",
            "lane-leader", "prefers-color-scheme: dark", "@media print",
        ] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test func `JSON holds every figure, and null where nothing was measured`() throws {
        for report in try Samples.all() {
            let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8))
            #expect((object as? [String: Any])?["of"] as? Int == report.runs.count)
        }
        let told = try ForeignReader.python(
            """
            import sys, json
            r = json.load(sys.stdin)
            run = r["runs"][0]; f = run["faults"][0]
            print(r["code"], r["outcome"], run["seed"], f["label"], f["recovery"], f["election"])
            print(f["after"]["availability"], run["promises"][3]["line"], run["reasons"][0])
            """, Report([try Samples.crash()], code: 1, program: "squall 0.1.0").json)
        let lines = told.split(separator: "\n")
        #expect(lines[0] == "1 failed 527313 crash 5.652516 None")
        #expect(lines[1].hasPrefix("1 40 availability after crash >= 99% is broken"))
    }

    @Test func `annotations are one line each and point at the line of the scenario`() throws {
        let report = Report([try Samples.crash()], code: 1, program: "squall")
        #expect(
            report.annotations
                == "::error file=kv.yaml,line=40,col=9,title=FAILED%3A kv leader-crash%2C seed 527313"
                + "::expect availability after crash >= 99%25%0Aavailability after crash 96.05%25%0A"
                + "again: squall run kv leader-crash --seed 527313\n")
        for report in try Samples.all() {
            for line in report.annotations.split(separator: "\n") {
                #expect(line.hasPrefix("::error ") || line.hasPrefix("::warning "), "\(line)")
            }
        }
    }

    @Test func `a table's rows all have the same number of cells`() throws {
        let recording = try Recording(
            path: ForeignReader.root + "/Tests/Recordings/1-kv-leader-crash.ndjson")
        let told = try ForeignReader.python(
            """
            import sys, csv, io
            rows = list(csv.DictReader(io.StringIO(sys.stdin.read(), newline="")))
            print(len(rows), sum(None in r or None in r.values() for r in rows))
            print(sum(int(r["ok"] or 0) for r in rows), rows[7]["faults"], rows[7]["kv-1 is"],
                rows[3]["kv-1 is"], rows[3]["kv-2 is"])
            """, csv(recording.entries))
        let lines = told.split(separator: "\n")
        let ok = recording.last.core.clients.seconds.reduce(0) { $0 + $1.ok }
        #expect(lines[0] == "22 0")
        #expect(lines[1] == "\(ok) crash down leader follower")
    }

    @Test func `Markdown's tables keep their columns whatever stands in them`() throws {
        for report in try Samples.all() {
            var columns: Int?
            for line in report.markdown.split(separator: "\n", omittingEmptySubsequences: false) {
                guard line.hasPrefix("|") else {
                    columns = nil
                    continue
                }
                let bars = line.replacing("\\|", with: "").count { $0 == "|" }
                #expect(columns == nil || columns == bars, "\(line)")
                columns = bars
            }
        }
    }
}
