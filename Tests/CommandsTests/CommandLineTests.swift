import Foundation
import Testing

/// Subcommands that need no cluster.
@Suite struct CommandLineTests {
    @Test(arguments: ["github", "gitlab"])
    func `the file for a CI is YAML that runs every scenario and keeps the reports`(
        ci: String
    ) throws {
        let python = try readers()
        let text = try Programs.output(
            Programs.squall, ["init", "--ci", ci, "kv", "redis", "--output", "-"])
        try Programs.withFolder { home in
            let file = home + "/ci.yml"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let told = try Programs.output(
                python,
                [
                    "-c",
                    """
                    import sys, yaml
                    d = yaml.safe_load(open(sys.argv[1]))
                    if sys.argv[2] == "github":
                        job = d["jobs"]["scenarios"]
                        runs = [s["run"] for s in job["steps"] if "run" in s]
                        keeps = [s for s in job["steps"] if "upload-artifact" in s.get("uses", "")]
                        print(job["container"]["options"], keeps[0]["if"], True in d)
                    else:
                        job = d["squall"]
                        runs = job["before_script"] + job["script"]
                        print(job["artifacts"]["when"], job["artifacts"]["reports"]["junit"])
                    print("\\n".join(runs))
                    """, file, ci,
                ])
            #expect(told.contains("squall run kv --all"), "\(told)")
            #expect(told.contains("squall run redis --all") && told.contains("exit $failed"))
            #expect(
                told.hasPrefix(
                    ci == "github"
                        ? "--privileged always() True" : "always squall-report/*/junit.xml"))
        }
    }

    @Test func `init never writes over a file that is there`() throws {
        try Programs.withFolder { home in
            let file = home + "/ci.yml"
            let first = try Programs.run(
                Programs.squall, ["init", "--ci", "gitlab", "kv", "--output", file])
            #expect(first.status == 0, "\(first.text)")
            let second = try Programs.run(
                Programs.squall, ["init", "--ci", "gitlab", "kv", "--output", file])
            #expect(second.status == 64 && second.text.contains("is there already"))
        }
    }

    @Test(arguments: [2, 3])
    func `a recording becomes a film with chapters, in the size and version that was asked for`(
        version: Int
    ) throws {
        try Programs.withFolder { home in
            let run = try Self.recorded(in: home)
            let film = try Programs.output(
                Programs.squall,
                [
                    "export", run, "--cast", "--asciicast", "\(version)", "--size", "80x24",
                    "--theme", "light,colour-blind",
                ]
            ).split(separator: "\n")
            let head = try #require(
                try JSONSerialization.jsonObject(with: Data(film[0].utf8)) as? [String: Any])
            #expect(head["version"] as? Int == version)
            let terminal = head["term"] as? [String: Any] ?? head
            #expect((terminal["cols"] ?? terminal["width"]) as? Int == 80)
            #expect(head["title"] as? String == "squall: kv leader-crash")
            let events = try film.dropFirst().map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [Any])
            }
            let chapters = events.filter { $0[1] as? String == "m" }.compactMap { $0[2] as? String }
            #expect(chapters.contains { $0.contains("crash kv-1") }, "\(chapters)")
            #expect(events.count > 20 && events.count { $0[1] as? String == "o" } > 10)
            let wrong = try Programs.run(
                Programs.squall, ["export", run, "--cast", "--asciicast", "4"])
            #expect(wrong.status == 64 && wrong.text.contains("--asciicast takes 2 or 3"))
        }
    }

    private static let recordings = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Recordings")

    /// The folder of a run in which the leader of `kv` crashed.
    private static func recorded(in home: String) throws -> String {
        let run = home + "/2026-11-23T07-08-37Z-kv-cb8e"
        try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: recordings.appending(path: "1-kv-leader-crash.ndjson").path(),
            toPath: run + "/journal.ndjson")
        return run
    }

    @Test func `films, lists and the replay have the same chapters, and each screen has a picture`()
        throws
    {
        try Programs.withFolder { home in
            let run = try Self.recorded(in: home)
            try "{\"t\":2.5,\"text\":\"calm before\"}\n".write(
                toFile: run + "/notes.ndjson", atomically: true, encoding: .utf8)

            let json = try Programs.output(Programs.squall, ["export", run, "--chapters"])
            let rows = try #require(
                try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
            let texts = rows.compactMap { $0["text"] as? String }
            let kinds = rows.compactMap { $0["kind"] as? String }
            #expect(kinds.contains("fault") && kinds.contains("recovery"), "\(kinds)")
            #expect(rows.contains { $0["kind"] as? String == "note" && $0["t"] as? Double == 2.5 })
            let list = try Programs.output(Programs.squall, ["replay", run, "--chapters"])
                .split(separator: "\n")
            #expect(list.count == texts.count)
            for (line, text) in zip(list, texts) { #expect(line.hasSuffix(text), "\(line)") }
            let film = try Programs.output(
                Programs.squall,
                ["export", run, "--cast", "--size", "40x10", "--screen", "network"])
            let marks = try film.split(separator: "\n").dropFirst().compactMap { line in
                let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any]
                return event?[1] as? String == "m" ? event?[2] as? String : nil
            }
            #expect(marks == texts)

            let screens = [
                "overview", "network", "logs", "node", "timeline", "replication", "traffic",
                "chaos", "events", "config",
            ]
            for screen in screens {
                let picture = try Programs.output(
                    Programs.squall,
                    [
                        "export", run, "--svg", "--at", "0:08", "--screen", screen, "--theme",
                        "light",
                    ])
                #expect(picture.hasPrefix("<svg") && picture.contains("DEGRADED"), "\(screen)")
            }
            try "everywhere y = x\nmoon y = x\noverview Esc = q\n".write(
                toFile: home + "/keys", atomically: true, encoding: .utf8)
            let moved = try Programs.run(
                Programs.squall, ["replay", run, "--keys", home + "/keys"])
            #expect(
                moved.status == 65 && moved.text.contains("keys:2: no screen is called moon")
                    && moved.text.contains("keys:3: Esc always leads out"), "\(moved.text)")
            let looks = try ["dark", "light", "high-contrast", "light,colour-blind"].map {
                try Programs.output(Programs.squall, ["export", run, "--svg", "--theme", $0])
            }
            #expect(Set(looks).count == looks.count)
            for (wrong, reason) in [
                (["--theme", "pink"], "--theme takes"),
                (["--screen", "moon"], "--screen takes one of"), (["--at", "soon"], "--at takes"),
            ] {
                let ran = try Programs.run(Programs.squall, ["export", run, "--svg"] + wrong)
                #expect(ran.status == 64 && ran.text.contains(reason), "\(ran.text)")
            }
        }
    }

    @Test func `a recording becomes a page that leads to its moments, and lines from any of them`()
        throws
    {
        try Programs.withFolder { home in
            let run = try Self.recorded(in: home)
            let whole = try Programs.output(Programs.squall, ["replay", run, "--linear"])
            let golden = Self.recordings.appending(path: "1-kv-leader-crash.linear.txt")
            #expect(whole == (try String(contentsOf: golden, encoding: .utf8)))

            try "{\"t\":6.5,\"text\":\"now </script> it hurts\"}\n".write(
                toFile: run + "/notes.ndjson", atomically: true, encoding: .utf8)
            let page = try Programs.output(Programs.squall, ["export", run, "--html"])
            #expect(page.contains("href=\"#t=6.500\""))
            #expect(page.contains("now &lt;/script&gt; it hurts"))
            #expect(!page.contains("</script> it hurts"))

            let rest = try Programs.output(
                Programs.squall,
                ["replay", run, "--linear", "--at", "0:06", "--speed", "100", "--color", "16"]
            ).split(separator: "\n")
            #expect(
                rest.first
                    == "00:06.0  \u{1B}[31mcluster\u{1B}[0m DEGRADED: 2 of 3 ready, no leader, 1 fault"
            )
            #expect(rest[1] == "00:06.5  note now </script> it hurts (replay)")
            #expect(rest.count < whole.split(separator: "\n").count)
            for (words, reason) in [
                (["replay", run, "--linear", "--chapters"], "print different things"),
                (["up", "kv", "--linear", "--detach"], "--detach shows nothing"),
            ] {
                let ran = try Programs.run(Programs.squall, words)
                #expect(ran.status == 64 && ran.text.contains(reason), "\(ran.text)")
            }
        }
    }

    @Test func `fmt spells commands canonically and leaves the rest alone`() throws {
        try Programs.withFolder { home in
            let file = home + "/t.yaml"
            let text = """
                squall: 1
                # why
                settings: {long: 60s}
                nodes: {a: {run: sleep  1}, b: {run: sleep 1}}
                scenarios:
                  s:
                    steps:
                      - crash   a for 1000ms   # a remark
                      - "cut  between a   and b for 60s"
                      - pause a for {setting.long}
                      - for each: a,b
                        steps:
                          - crash {it}  for 2s
                      - chaos: {faults: {"kill   a": 2}, every: 1s..2s, for: 5s}
                    expect: [ready(all) and  ready(a)]
                """
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try Programs.run(Programs.squall, ["fmt", "--check", file]).status == 1)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
            _ = try Programs.output(Programs.squall, ["fmt", file])
            let expected =
                text.replacing("crash   a for 1000ms ", with: "crash a for 1s ")
                .replacing("cut  between a   and b for 60s", with: "cut between a and b for 1m")
                .replacing("{it}  for", with: "{it} for").replacing("kill   a", with: "kill a")
                .replacing("and  ready", with: "and ready") + "\n"
            #expect(try String(contentsOfFile: file, encoding: .utf8) == expected)
            #expect(try Programs.run(Programs.squall, ["fmt", "--check", file]).status == 0)
        }
    }

    @Test func `a dry run tells what is drawn from the seed, the same for the same seed`() throws {
        try Programs.withFolder { home in
            let file = home + "/t.yaml"
            try """
            squall: 1
            name: t
            nodes: {kv: {count: 9, run: sleep 1}}
            scenarios:
              s:
                steps:
                  - crash 1 of kv for 2s as one
                  - wait 5s
                expect: [ready(all)]
            """.write(toFile: file, atomically: true, encoding: .utf8)
            func tell(_ seed: Int) throws -> String {
                try Programs.output(
                    Programs.squall, ["run", file, "s", "--dry-run", "--seed", "\(seed)"])
            }
            let text = try tell(7)
            #expect(text.contains(/00:00\.0 .*crash 1 of kv for 2s as one   = crash kv-\d for/))
            #expect(text.contains(/00:02\.0 .*one is over/), "\(text)")
            #expect(text.contains("expect ready(all)"))
            #expect(try tell(7) == text)
            #expect(
                try (8..<20).contains {
                    try tell($0) != text.replacing("seed 7", with: "seed \($0)")
                })
        }
    }

    private func readers() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".build/readers/bin/python").path()
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Programs.Failed(
                line: python,
                text: "apt install python3-venv; python3 -m venv .build/readers && "
                    + ".build/readers/bin/pip install -r Tests/readers.txt")
        }
        return python
    }
}
