import Testing

@testable import Probes

@Suite struct PrometheusTests {
    private static let page = #"""
        # HELP http_requests_total The total number of HTTP requests.
        # TYPE http_requests_total counter
        http_requests_total{method="post",code="200"} 1027 1395066363000
        http_requests_total{method="post",code="400",}    3 1395066363000

        # Escaping in label values:
        msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9
        # Minimalistic line:
        metric_without_timestamp_and_labels 12.47
        # A weird metric from before the epoch:
        something_weird{problem="division by zero"} +Inf -3982045
        nothing NaN
        	indented	{ a = "}" , b="#" } -Inf
        # TYPE rpc_duration_seconds summary
        rpc_duration_seconds{quantile="0.01"} 3102
        rpc_duration_seconds_count 2693
        foo_bucket{le="0.1"} 8 # {trace_id="KOO5S4vxi0o"} 0.067 1520879607.789
        # TYPE calls counter
        calls_total 5 # {id="1"} 1
        {"a.dotted.name",zone="eu"} 7
        # TYPE odd untyped
        odd 1
        # EOF
        """#

    @Test func aPageIsReadAsItsFormatSays() {
        let page = PrometheusPage(Array(Self.page.utf8))
        let expected: [PrometheusSeries] = [
            series("http_requests_total", ["method": "post", "code": "200"], 1027),
            series("http_requests_total", ["method": "post", "code": "400"], 3),
            series(
                "msdos_file_access_time_seconds",
                ["path": #"C:\DIR\FILE.TXT"#, "error": "Cannot find file:\n\"FILE.TXT\""],
                1_458_255_915),
            series("metric_without_timestamp_and_labels", [:], 12.47),
            series("something_weird", ["problem": "division by zero"], .infinity),
            series("nothing", [:], .nan),
            series("indented", ["a": "}", "b": "#"], -.infinity),
            series("rpc_duration_seconds", ["quantile": "0.01"], 3102),
            series("rpc_duration_seconds_count", [:], 2693),
            series("foo_bucket", ["le": "0.1"], 8),
            series("calls_total", [:], 5),
            series("a.dotted.name", ["zone": "eu"], 7),
            series("odd", [:], 1),
        ]
        #expect(page.series == expected)
        #expect(page.hasSeries)
        #expect(page.brokenLines == 0)
    }

    @Test func countersAreKnownByTypeOrByName() {
        let page = PrometheusPage(Array(Self.page.utf8))
        for name in ["http_requests_total", "calls_total", "rpc_duration_seconds_count"] {
            #expect(page.isCounter(name))
        }
        for name in ["rpc_duration_seconds", "odd", "nothing"] { #expect(!page.isCounter(name)) }
        let gauge = PrometheusPage(Array("# TYPE a_total gauge\na_total 1\n".utf8))
        #expect(!gauge.isCounter("a_total"))
    }

    @Test func onlyWantedMetricsAreKept() {
        let page = PrometheusPage(Array(Self.page.utf8), names: ["calls_total", "missing"])
        #expect(page.series == [series("calls_total", [:], 5)])
        #expect(page.hasSeries)
        #expect(page.isCounter("calls_total"))
    }

    @Test(arguments: [
        "name", "name{", "name{a}", "name{a=b} 1", "name{a=\"b} 1", "name{a=\"b\" c=\"d\"} 1",
        "1a 2",
        "name 1 2 3", "name x", "name 1 yesterday", "{} 1", "a{\"b\"} 1", "<html><body>",
        "name{a=\"b\\",
    ])
    func aLineThatIsNoSeriesIsCounted(line: String) {
        let page = PrometheusPage(Array("good 1\n\(line)\ngood 2".utf8))
        #expect(page.series == [series("good", [:], 1), series("good", [:], 2)])
        #expect(page.brokenLines == 1)
    }

    @Test func pickingMetricsFindsWhatReadingAllOfThemFinds() {
        let bytes = Array(Self.page.utf8)
        let all = PrometheusPage(bytes)
        for name in Set(all.series.map(\.name)) {
            let picked = PrometheusPage(bytes, names: [name])
            #expect(picked.series == all.series.filter { $0.name == name })
            #expect(picked.isCounter(name) == all.isCounter(name))
        }
        let none = PrometheusPage(bytes, names: ["rpc_duration"])
        #expect(none.series.isEmpty && none.hasSeries)
    }

    @Test func linesMayEndAsTheyLike() {
        let page = PrometheusPage(Array("\r\na 1\r\n\n\nb 2".utf8))
        #expect(page.series == [series("a", [:], 1), series("b", [:], 2)])
        #expect(PrometheusPage([]).series.isEmpty)
    }

    @Test func anyBytesAreSurvived() {
        var random = SplitMix(seed: 7)
        let bytes = Array(Self.page.utf8)
        for _ in 0..<2_000 {
            var copy = bytes
            for _ in 0..<4 {
                copy[Int(random.next() % UInt64(copy.count))] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            _ = PrometheusPage(copy)
            _ = PrometheusPage(Array(copy.prefix(Int(random.next() % UInt64(copy.count)))))
        }
    }

    private func series(
        _ name: String, _ labels: KeyValuePairs<String, String>, _ value: Double
    ) -> PrometheusSeries {
        PrometheusSeries(
            name: name, labels: labels.map { .init(name: $0.key, value: $0.value) }, value: value)
    }
}

/// Numbers for mutations, the same in each run.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
