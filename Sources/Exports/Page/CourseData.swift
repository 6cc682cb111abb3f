internal import Cluster

extension Course {
    /// What the page's script reads, as JSON on one line that can stand inside a `script` element.
    var data: String {
        let words = StoryMark.allCases.map { JSON.string("\($0)") }
        let object = JSON.object([
            ("length", .seconds(length)), ("step", .seconds(step)),
            ("left", .number(Timeline.left)), ("width", .number(Timeline.width)),
            ("ticks", .array(Timeline.steps.map { .number($0) })), ("words", .array(words)),
            ("lanes", .array(lanes.map(\.json))), ("faults", .array(faults.map(\.json))),
            ("curves", .array(curves.map(\.json))),
        ])
        // Within JSON a `<` can only be part of a text.
        return object.compact.replacing("<", with: "\\u003c")
    }
}

extension Course.Lane {
    fileprivate var json: JSON {
        .object([
            ("name", .string(name)), ("at", .array(at.map { .seconds($0) })),
            ("was", .array(marks.map { .integer(Int64($0.rawValue)) })),
        ])
    }
}

extension Course.Fault {
    fileprivate var json: JSON {
        .object([
            ("id", .string(id)), ("label", .string(label)), ("from", .seconds(from)),
            ("to", .seconds(to)), ("record", .array(record.map { .string($0) })),
        ])
    }
}

extension Course.Curve {
    /// Least and greatest values only where they differ from the last ones.
    fileprivate var json: JSON {
        var fields: [(String, JSON)] = [
            ("name", .string(name)), ("kind", .string(kind.rawValue)),
            ("last", .array(points.map { .reading($0.last.isNaN ? $0.greatest : $0.last) })),
        ]
        if isThinned {
            fields.append(("low", .array(points.map { .reading($0.least) })))
            fields.append(("high", .array(points.map { .reading($0.greatest) })))
        }
        return .object(fields)
    }

    /// Whether some point stands for more than one value.
    var isThinned: Bool { points.contains { !$0.least.isNaN && $0.least != $0.greatest } }
}

extension JSON {
    /// A measured value with as many digits as somebody can see.
    fileprivate static func reading(_ value: Float) -> JSON {
        guard value.isFinite else { return .null }
        let places = abs(value) < 10 ? 1e5 : 10
        return .number((Double(value) * places).rounded() / places)
    }
}
