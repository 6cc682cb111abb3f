extension Incident {
    /// What happened, in one sentence: "kv-1 crashed: noticed after 1.2 s, kv-2 leads after 1.4 s, back
    /// after 3.4 s, clients waited 1.6 s, 310 operations failed." What has not happened yet is left out.
    public func sentence(names: (NodeID) -> String) -> String {
        var parts: [String] = []
        if let noticed { parts.append("noticed after \(seconds(noticed))") }
        if let replaced, let replacedBy {
            parts.append("\(names(replacedBy)) leads after \(seconds(replaced))")
        }
        if let back { parts.append("back after \(seconds(back))") }
        let tenths = waited.isFinite ? Int64((min(waited, 1e9) * 10).rounded()) : 0
        let wait = "\(tenths / 10).\(tenths % 10) s"
        if tenths > 0 {
            parts.append(recovered == nil ? "clients wait for \(wait)" : "clients waited \(wait)")
        }
        if failed > 0 {
            let operations = failed == 1 ? "1 operation" : "\(failed) operations"
            parts.append("\(operations) failed\(recovered == nil ? " so far" : "")")
        }
        if tenths == 0, failed == 0, recovered != nil { parts.append("no client noticed") }
        let rest = parts.isEmpty ? "nobody noticed yet" : parts.joined(separator: ", ")
        return "\(names(node)) \(deed): \(rest)."
    }

    private func seconds(_ stamp: Stamp) -> String {
        let tenths = max(0, ((stamp - began).microseconds / 10_000).adding(5) / 10)
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

extension Core {
    /// What happened to a node, in one sentence.
    public func sentence(of incident: Incident) -> String {
        incident.sentence { name(of: $0) }
    }
}
