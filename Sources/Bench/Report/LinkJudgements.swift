/// The bars of links. Each is a ratio, or a difference, of medians of one run; what one side of is
/// missing is not judged.
extension LinkReport {
    /// Puts the judgements in.
    mutating func judge() {
        let switched = contenders.filter { $0.name.hasPrefix("squall ") }
        judgements = switched.flatMap(ofBulk) + switched.flatMap(ofRequests)
        judgements += delays.flatMap(ofDelay) + rates.compactMap(ofRate)
    }

    private subscript(_ name: String) -> Row? { contenders.first { $0.name == name } }

    private func ratio(_ one: Measured?, _ other: Measured?) -> Double? {
        guard let one = one?.median, let other = other?.median, other > 0 else { return nil }
        return one / other
    }

    private func ofBulk(_ row: Row) -> [Judgement] {
        var all: [Judgement] = []
        if let value = ratio(row.bulk, self["veth + bridge"]?.bulk) {
            all.append(.atLeast("\(row.name): bulk / veth + bridge", value, must: 0.6, aim: 1))
        }
        if let value = ratio(row.bulk, self["toxiproxy-server"]?.bulk) {
            all.append(.atLeast("\(row.name): bulk / toxiproxy", value, must: 2.5, aim: 4))
        }
        if let value = ratio(row.lossyBulk, row.bulk) {
            all.append(
                .atLeast("\(row.name): bulk with 1 % loss / without", value, must: 0.6, aim: 0.8))
        }
        return all
    }

    private func ofRequests(_ row: Row) -> [Judgement] {
        var all: [Judgement] = []
        if let value = ratio(row.redis, self["veth + bridge"]?.redis) {
            all.append(
                .atLeast("\(row.name): redis-benchmark / veth + bridge", value, must: 0.9, aim: 1))
        }
        if let value = ratio(row.redis, self["loopback"]?.redis) {
            all.append(
                .atLeast("\(row.name): redis-benchmark / loopback", value, must: 0.7, aim: 0.8))
        }
        if let here = row.tripMedian.median, let there = self["veth + bridge"]?.tripMedian.median {
            all.append(
                .atMost(
                    "\(row.name): round trip above veth + bridge", here - there, must: 20,
                    aim: 10, unit: "µs"))
        }
        return all
    }

    /// Without a priority lateness on busy cores is told, and not judged.
    private func ofDelay(_ row: DelayRow) -> [Judgement] {
        guard let median = row.lateMedian.median, let p99 = row.lateP99.median,
            !row.isBusy || ["fifo", "nice"].contains(surroundings.scheduling)
        else { return [] }
        let name = "\(row.name): 1 ms delay late, \(row.isBusy ? "cores busy" : "idle")"
        return [
            .atMost(
                "\(name), p50", median, must: 100, aim: row.isBusy ? nil : 50, unit: "µs"),
            .atMost(
                "\(name), p99", p99, must: row.isBusy ? 500 : 300,
                aim: row.isBusy ? nil : 150, unit: "µs"),
        ]
    }

    private func ofRate(_ row: RateRow) -> Judgement? {
        row.rate.median.map { median in
            .atMost(
                "\(row.name): limit of 100 MB/s is off by", abs(median - 100), must: 2, aim: 1,
                unit: "%")
        }
    }
}
