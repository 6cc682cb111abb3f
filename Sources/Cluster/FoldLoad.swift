/// Links and clients: what crossed, and what came of it.
extension Core {
    mutating func fold(_ samples: [LinkSample]) {
        // Looked up once: a partition may touch thousands of links.
        let active = faults.filter { $0.isActive && !$0.record.links.blocks.isEmpty }
        for sample in samples {
            guard index(of: sample.from) != nil, index(of: sample.to) != nil else { continue }
            let link = LinkID(from: sample.from, to: sample.to)
            guard links[link] != nil || links.count < Core.mostLinks else { continue }
            var state =
                links[link]
                ?? LinkState(sample: sample, sampledAt: now, idle: .nan, dropped: 0, passed: 0)
            // A rate that did not change is not written again: what was true went on.
            let unwritten = min(10, max(0, (now - state.sampledAt).inSeconds - 1))
            state.passed +=
                Core.count(sample.packets) + Core.count(state.sample.packets) * unwritten
            state.dropped +=
                Core.count(sample.dropped) + Core.count(state.sample.dropped) * unwritten
            state.sample = sample
            state.sampledAt = now
            if sample.rtt.isFinite, sample.rtt >= 0, !(state.idle <= sample.rtt),
                !active.contains(where: { $0.record.links.actsOn(link) })
            {
                state.idle = sample.rtt
            }
            links[link] = state
        }
    }

    private static func count(_ rate: Float) -> Double {
        rate.isFinite && rate > 0 ? Double(rate) : 0
    }

    mutating func fold(_ samples: [ClientSample]) {
        guard !samples.isEmpty else { return }
        let second = Stamp(microseconds: now.microseconds - now.microseconds.modulo(1_000_000))
        if clients.seconds.last?.at != second {
            clients.seconds.append(ClientsState.Second(at: second), keeping: ClientsState.kept)
        }
        // Who had no success while the cluster was still coming up did not suffer an outage.
        let judged = allReadyAt.map { Float((now - $0).inSeconds) }
        for sample in samples where index(of: sample.client) != nil {
            clients.seconds[clients.seconds.count - 1].add(sample)
            clients.last[sample.client] = sample
            guard let judged else { continue }
            clients.total.add(sample)
            let outage = min(judged, sample.longestOutage)
            clients.longestOutage = clients.longestOutage.orMore(outage)
            clients.total.outage = clients.longestOutage
            clients.each[sample.client, default: ClientsState.Second(at: now)].add(sample)
        }
        operationsCame(samples)
    }
}

extension ClientSample {
    /// The longest time without a success that it tells, in seconds.
    var longestOutage: Float { Float(0).orMore(silence).orMore(outage) }
}

extension ClientsState.Second {
    mutating func add(_ sample: ClientSample) {
        due = due.adding(UInt64(sample.due))
        ok = ok.adding(UInt64(sample.ok))
        refused = refused.adding(UInt64(sample.refused))
        unknown = unknown.adding(UInt64(sample.unknown))
        silence = silence.orMore(sample.silence)
        outage = outage.orMore(sample.longestOutage)
        latency.merge(sample.latency)
        uncorrected.merge(sample.uncorrected)
    }

    mutating func add(_ other: Self) {
        due = due.adding(other.due)
        ok = ok.adding(other.ok)
        refused = refused.adding(other.refused)
        unknown = unknown.adding(other.unknown)
        silence = silence.orMore(other.silence)
        outage = outage.orMore(other.outage)
        latency.merge(other.latency)
        uncorrected.merge(other.uncorrected)
    }

    /// Latency that the share `quantile` of the answered operations did not exceed, in seconds; `nil`
    /// when none was answered.
    public func latency(atQuantile quantile: Double) -> Double? {
        latency.microseconds(atQuantile: quantile).map { $0 / 1_000_000 }
    }
}

extension LinkSet {
    /// Whether it acts on the direction or the opposite one: a round trip feels both.
    func actsOn(_ link: LinkID) -> Bool {
        contains(link) || contains(LinkID(from: link.to, to: link.from))
    }
}

extension Int64 {
    /// The remainder that is never negative.
    func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
