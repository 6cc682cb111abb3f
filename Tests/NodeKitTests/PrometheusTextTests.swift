internal import NodeKit
internal import Testing

@Suite("Prometheus text") struct PrometheusTextTests {
    @Test("is written line by line, labels escaped")
    func page() {
        var page = PrometheusText()
        page.metric(
            "role", .gauge, "What it is", [(["role": "lea\"d\\er"], 1), (["role": "x"], 0)])
        page.metric("done_total", .counter, "Work", 12.5)
        #expect(
            page.text == """
                # HELP role What it is
                # TYPE role gauge
                role{role="lea\\"d\\\\er"} 1
                role{role="x"} 0
                # HELP done_total Work
                # TYPE done_total counter
                done_total 12.5

                """)
    }

    @Test("adds up the buckets of a histogram and ends with all of them")
    func histogram() {
        var counts = LatencyCounts()
        for milliseconds in [0, 1, 3, 3, 700, 9_000] { counts.add(.milliseconds(milliseconds)) }
        var page = PrometheusText()
        page.histogram("took", "Time", counts)
        let lines = page.text.split(separator: "\n")
        #expect(lines.contains("took_bucket{le=\"0.001\"} 2"))
        #expect(lines.contains("took_bucket{le=\"0.005\"} 4"))
        #expect(lines.contains("took_bucket{le=\"2.5\"} 5"))
        #expect(lines.contains("took_bucket{le=\"+Inf\"} 6"))
        #expect(lines.contains("took_count 6"))
        #expect(lines.contains { $0.hasPrefix("took_sum 9.70") })
    }
}
