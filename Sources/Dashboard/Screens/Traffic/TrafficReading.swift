import Cluster

/// What the clients' numbers say, summed up: made for one frame.
struct TrafficReading {
    /// Everything within the window.
    let sum: ClientsState.Second
    /// How long the window really is, in seconds.
    let seconds: Double
    /// The seconds of the run so far that had answers, for p99 over throughput.
    let points: [Point]
    /// The most answers a second at which the slowest hundredth is still about as it is when little is asked.
    let knee: Double?

    /// One second: how many were answered, and the slowest hundredth of them, in seconds.
    struct Point: Equatable {
        var rate: Double
        var p99: Double
    }

    /// A throughput is beyond the knee when its p99 is more than this many times that of a light load.
    private static let steep = 2.0
    /// Parts of the throughput that are looked at.
    private static let parts = 12
    /// Seconds that a part needs before it says anything.
    private static let enough = 3
    /// How many seconds are looked at.
    private static let mostPoints = 1_800

    init(_ core: Core, _ view: View) {
        let all = core.clients.seconds
        let count =
            switch view.traffic.window {
            case .seconds: 10
            case .minute: 60
            case .run: 0
            }
        if count == 0 {
            sum = core.clients.total
            seconds = core.allReadyAt.map { max(1, (core.now - $0).inSeconds) } ?? 1
        } else {
            let oldest = view.now + .seconds(-count)
            var sum = ClientsState.Second(at: oldest)
            var told = 0
            for second in all.suffix(count + 1) where second.at > oldest && second.at <= view.now {
                sum.merge(second)
                told += 1
            }
            self.sum = sum
            seconds = Double(max(1, told))
        }
        points = all.suffix(TrafficReading.mostPoints).compactMap { second in
            guard second.at <= view.now, let p99 = second.latency(atQuantile: 0.99) else {
                return nil
            }
            return Point(rate: Double(second.ok), p99: p99)
        }
        knee = TrafficReading.knee(points)
    }

    /// The knee of a curve: throughputs in equal parts, of each the middle p99; what comes before the first
    /// part that is more than twice the p99 of the least loaded one, and stays so. `nil` where the load never
    /// varied by half, or nothing bends. (The idea of a knee: R. Jain, The Art of Computer Systems
    /// Performance Analysis, 1991, ch. 3.)
    static func knee(_ points: [Point]) -> Double? {
        guard let least = points.map(\.rate).min(), let most = points.map(\.rate).max(),
            most > 0, least < most / 1.5
        else { return nil }
        let width = most / Double(parts)
        var bins = [[Double]](repeating: [], count: parts)
        for point in points {
            bins[min(parts - 1, max(0, Int(point.rate / width)))].append(point.p99)
        }
        let middles = bins.map { bin -> Double? in
            bin.count < enough ? nil : bin.sorted()[bin.count / 2]
        }
        guard let base = middles.compactMap({ $0 }).first else { return nil }
        let told = middles.indices.filter { middles[$0] != nil }
        let steeps = told.filter { (middles[$0] ?? 0) > base * steep }
        guard let first = steeps.first, told.allSatisfy({ $0 < first || steeps.contains($0) })
        else { return nil }
        return Double(first) * width
    }

    /// Counts of latencies in columns of equal ratio from `least` to `most`, in seconds.
    static func columns(
        _ histogram: LatencyHistogram, count: Int, from least: Double, to most: Double
    ) -> [Double] {
        var columns = [Double](repeating: 0, count: max(1, count))
        let (low, high) = (TrafficReading.octaves(least), TrafficReading.octaves(most))
        guard high > low else { return columns }
        for bucket in histogram.buckets {
            let value = octaves(LatencyHistogram.value(of: bucket.index) / 1e6)
            let place = (value - low) / (high - low) * Double(columns.count)
            columns[min(columns.count - 1, max(0, Int(place)))] += Double(bucket.count)
        }
        return columns
    }

    /// The logarithm to the base of two, without a mathematics library; at least that of a microsecond.
    static func octaves(_ seconds: Double) -> Double {
        let value = seconds.isFinite ? max(1e-6, seconds) : 1e6
        // Between powers of two a straight line is close enough for a picture.
        return Double(value.exponent) + (value.significand - 1)
    }
}

extension ClientsState.Second {
    /// Adds another second.
    fileprivate mutating func merge(_ other: Self) {
        due &+= other.due
        ok &+= other.ok
        refused &+= other.refused
        unknown &+= other.unknown
        outage = max(outage, other.outage)
        latency.merge(other.latency)
        uncorrected.merge(other.uncorrected)
    }
}
