internal import Cluster

extension Report {
    /// All figures for programs; times in seconds, shares from 0 to 1, `null` where nothing was
    /// measured.
    public var json: String {
        JSON.object([
            ("squall", .integer(1)), ("report", .integer(1)), ("program", .string(program)),
            ("title", .string(title)), ("code", .integer(Int64(code))),
            ("outcome", .string(outcome.name)), ("passed", .integer(Int64(passed))),
            ("of", .integer(Int64(runs.count))), ("runs", .array(runs.map(\.json))),
        ]).text
    }
}

extension RunReport {
    var json: JSON {
        let core = state.core
        return .object([
            ("run", .string(name)), ("topology", .string(topology)), ("scenario", .text(scenario)),
            ("seed", .count(seed)), ("began", .string(wall)), ("seconds", .seconds(length)),
            ("fabric", .text(core.run?.fabric)), ("scheduling", .text(core.run?.scheduling)),
            (
                "settings",
                .object(origin.settings.map { ($0.word, JSON.string($0.value)) })
            ),
            ("code", .integer(Int64(code))), ("outcome", .string(outcome.name)),
            ("reasons", .array(reasons.map { .string($0) })), ("again", .string(origin.again)),
            ("folder", .string(origin.folder)),
            ("ready_after", .seconds(core.allReadyAt?.seconds)),
            ("promises", .array(promises.map(json))), ("faults", .array(faults.map(\.json))),
            ("clients", clients.map(\.json) ?? .null),
            ("timing", .text(timing.isEmpty ? nil : timing)),
            ("compared", .array(comparison.map(\.json))),
            ("steps", .array((core.scenario?.steps ?? []).map(\.json))),
            (
                "dropped",
                .object(core.dropped.sorted { $0.key < $1.key }.map { ($0.key, .count($0.value)) })
            ),
        ])
    }

    private func json(_ promise: Judgement) -> JSON {
        let place = origin.places[promise.text]
        return .object([
            ("kind", .string(promise.kind.rawValue)), ("text", .string(promise.text)),
            ("verdict", .string(promise.verdict.rawValue)), ("detail", .string(promise.detail)),
            ("file", .text(place?.file)), ("line", place.map { .integer(Int64($0.line)) } ?? .null),
            ("counts", .object(promise.counts.map { ($0.name, .count($0.number)) })),
            (
                "violations",
                .array(
                    promise.violations.map {
                        .object([
                            ("text", .string($0.text)), ("at", .seconds($0.at.seconds)),
                            ("story", .array($0.story.map { .string($0) })),
                        ])
                    })
            ),
        ])
    }
}

extension FaultFigures {
    fileprivate var json: JSON {
        .object([
            ("id", .string(id)), ("label", .string(label)), ("text", .string(text)),
            ("began", .seconds(began)), ("ended", .seconds(ended)),
            (
                "proof",
                proof.map {
                    .object([
                        ("verdict", .string($0.verdict.rawValue)), ("words", .string($0.words)),
                        ("applied", .count($0.applied)), ("felt", .seconds($0.felt)),
                    ])
                } ?? .null
            ),
            ("detection", .seconds(detection)), ("detected_by", .text(detectedBy)),
            ("election", .seconds(election)), ("elected", .text(elected)),
            ("recovery", .seconds(recovery)), ("outage", .seconds(outage)),
            ("failed", .count(failed)), ("before", before.map(\.json) ?? .null),
            ("during", during.map(\.json) ?? .null), ("after", after.map(\.json) ?? .null),
        ])
    }
}

extension ClientFigures {
    fileprivate var json: JSON {
        .object([
            ("seconds", .seconds(seconds)), ("due", .count(due)), ("ok", .count(ok)),
            ("refused", .count(refused)), ("unknown", .count(unknown)),
            ("availability", .seconds(availability)), ("throughput", .seconds(throughput)),
            ("p50", .seconds(latency?.p50)), ("p90", .seconds(latency?.p90)),
            ("p99", .seconds(latency?.p99)), ("p999", .seconds(latency?.p999)),
            ("outage", .seconds(outage)),
        ])
    }
}

extension Change {
    fileprivate var json: JSON {
        .object([
            ("figure", .string(figure)), ("now", .seconds(now)), ("before", .seconds(before)),
        ])
    }
}

extension ScenarioPosition {
    fileprivate var json: JSON {
        .object([
            ("step", .string(step)), ("text", .string(text)), ("state", .string(state.rawValue)),
            ("message", .string(message)),
        ])
    }
}
