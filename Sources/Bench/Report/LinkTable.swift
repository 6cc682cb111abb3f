/// What people read.
extension LinkReport {
    /// The tables, a line each.
    public var lines: [String] {
        let machine = surroundings
        var all = [
            "\(machine.cores) cores, Linux \(machine.kernel), packet loop: \(machine.scheduling); "
                + "medians of \(rounds) rounds, × is against veth + bridge", "",
        ]
        all += measures + [""] + delayLines
        if rates.contains(where: { !$0.rate.values.isEmpty }) { all += [""] + rateLines }
        all += [""] + Bench.lines(of: judgements)
        if !leftOut.isEmpty { all += ["", "left out:"] + leftOut.map { "  \($0)" } }
        return all
    }

    private var measures: [String] {
        var table = Table([
            "", "bulk Gbit/s", "×", "1% loss", "trip p50 µs", "p99", "redis -c 50 /s", "×",
            "connections /s", "×",
        ])
        let bridge = contenders.first { $0.name == "veth + bridge" }
        func ratio(_ path: KeyPath<Row, Measured>, _ row: Row) -> String {
            guard let mine = row[keyPath: path].median,
                let theirs = bridge?[keyPath: path].median, theirs > 0
            else { return "" }
            return figure(mine / theirs)
        }
        for row in contenders {
            table.add([
                row.name, figure(row.bulk.median), ratio(\.bulk, row),
                figure(row.lossyBulk.median), figure(row.tripMedian.median),
                figure(row.tripP99.median), figure(row.redis.median), ratio(\.redis, row),
                figure(row.connections.median), ratio(\.connections, row),
            ])
        }
        return table.lines
    }

    private var delayLines: [String] {
        var table = Table(["delay of 1 ms, late by µs", "p50", "p99", "felt"])
        for row in delays {
            table.add([
                "\(row.name), \(row.isBusy ? "cores busy" : "idle")",
                figure(row.lateMedian.median), figure(row.lateP99.median),
                figure(row.felt.median),
            ])
        }
        return table.lines
    }

    private var rateLines: [String] {
        var table = Table(["limit of 100 MB/s", "MB/s"])
        for row in rates { table.add([row.name, figure(row.rate.median)]) }
        return table.lines
    }
}
