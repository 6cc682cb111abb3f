extension Incident {
    /// What happened, in one sentence: "kv-1 crashed: noticed after 1.2 s, kv-2 leads after 1.4 s, back
    /// after 3.4 s, clients waited 1.6 s." What has not happened yet is left out.
    public func sentence(names: (NodeID) -> String) -> String {
        var parts: [String] = []
        if let noticed { parts.append("noticed after \(seconds(noticed))") }
        if let replaced, let replacedBy {
            parts.append("\(names(replacedBy)) leads after \(seconds(replaced))")
        }
        if let back { parts.append("back after \(seconds(back))") }
        if waited > 0 {
            let tenths = Int64((min(waited, 1e9) * 10).rounded())
            let wait = "\(tenths / 10).\(tenths % 10) s"
            parts.append(recovered == nil ? "clients wait for \(wait)" : "clients waited \(wait)")
        } else if recovered != nil {
            parts.append("no client waited")
        }
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
