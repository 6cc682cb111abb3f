extension Reader {
    /// Understands a placeholder, seen from a member of a group; complains with the nearest name.
    mutating func reference(
        _ placeholder: Placeholder, at place: Place, in group: Topology.Group
    ) -> Reference? {
        let parts = placeholder.name.split(separator: ".", omittingEmptySubsequences: false)
            .map(String.init)
        if let separator = placeholder.separator {
            return joined(parts, separator, placeholder, at: place)
        }
        switch parts.count == 1 ? parts[0] : "" {
        case "ip": return .ip
        case "host", "name": return .host
        case "index": return .index
        case "data": return .data
        case "seed": return .seed
        case "topology": return .folder
        default: break
        }
        guard parts.count > 1 else {
            unknown(placeholder, at: place)
            return nil
        }
        if let reference = own(parts, placeholder, at: place, in: group) { return reference.value }
        return other(parts, placeholder, at: place)
    }

    /// A reference that was recognised, perhaps as wrong.
    private struct Recognised {
        var value: Reference?
    }

    /// `{port.x}`, `{label.x}`, `{list.x}`.
    private mutating func own(
        _ parts: [String], _ placeholder: Placeholder, at place: Place, in group: Topology.Group
    ) -> Recognised? {
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "port":
            let known = group.ports.map(\.name)
            guard known.contains(parts[1]) else {
                missing("port", parts[1], known, "of group \(group.name)", at: place)
                return Recognised()
            }
            return Recognised(value: .port(parts[1]))
        case "label":
            let known = group.labels.map(\.name)
            guard known.contains(parts[1]) else {
                missing("label", parts[1], known, "of group \(group.name)", at: place)
                return Recognised()
            }
            return Recognised(value: .label(parts[1]))
        case "list":
            guard listNames.contains(parts[1]) else {
                missing("list", parts[1], listNames, "of this file", at: place)
                return Recognised()
            }
            return Recognised(value: .list(parts[1]))
        default: return nil
        }
    }

    /// `{primary.host}`, `{primary.ip}`, `{primary.port.redis}`.
    private mutating func other(
        _ parts: [String], _ placeholder: Placeholder, at place: Place
    ) -> Reference? {
        let name = parts[0]
        guard let group = topology.groups.first(where: { $0.memberNames.contains(name) }) else {
            if let group = topology.group(name), let first = group.memberNames.first {
                complain(
                    place, "'\(name)' has several members, and '\(placeholder.written)' means one",
                    "placeholder/group",
                    "write {\(first).\(parts[1...].joined(separator: "."))}, or all of them: "
                        + "{\(name).hosts:,}")
                return nil
            }
            unknown(placeholder, at: place)
            return nil
        }
        switch (parts[1], parts.count) {
        case ("host", 2), ("name", 2): return .member(name, .host)
        case ("ip", 2): return .member(name, .ip)
        case ("port", 3):
            guard group.port(parts[2]) != nil else {
                missing(
                    "port", parts[2], group.ports.map(\.name), "of group \(group.name)", at: place)
                return nil
            }
            return .member(name, .port(parts[2]))
        default:
            complain(
                place, "'\(placeholder.written)' is unknown", "placeholder/unknown",
                "of a member there are {\(name).host} {\(name).ip} {\(name).port.WORD}")
            return nil
        }
    }

    /// `{bank.hosts:,}`, `{bank.ips:,}`, `{bank.addresses.http:,}`.
    private mutating func joined(
        _ parts: [String], _ separator: String, _ placeholder: Placeholder, at place: Place
    ) -> Reference? {
        guard let group = topology.group(parts[0]) else {
            unknown(placeholder, at: place)
            return nil
        }
        switch (parts.count > 1 ? parts[1] : "", parts.count) {
        case ("hosts", 2), ("names", 2): return .group(group.name, .host, separator: separator)
        case ("ips", 2): return .group(group.name, .ip, separator: separator)
        case ("addresses", 3):
            guard group.port(parts[2]) != nil else {
                missing(
                    "port", parts[2], group.ports.map(\.name), "of group \(group.name)", at: place)
                return nil
            }
            return .group(group.name, .address(parts[2]), separator: separator)
        default:
            let port = group.ports.first?.name ?? "WORD"
            complain(
                place, "'\(placeholder.written)' is unknown", "placeholder/unknown",
                "of a group there are {\(group.name).hosts:,} {\(group.name).ips:,} "
                    + "{\(group.name).addresses.\(port):,}")
            return nil
        }
    }

    private mutating func missing(
        _ what: String, _ word: String, _ known: [String], _ whose: String, at place: Place
    ) {
        let hint =
            nearest(word, of: known).map { "did you mean '\($0)'?" }
            ?? (known.isEmpty
                ? "there is no \(what) \(whose)" : "there are: " + known.joined(separator: " "))
        complain(place, "no \(what) \(whose) is called '\(word)'", "placeholder/unknown", hint)
    }

    private mutating func unknown(_ placeholder: Placeholder, at place: Place) {
        var known = ["ip", "host", "name", "index", "data", "seed", "topology"]
        for group in topology.groups {
            known += group.memberNames.prefix(10).flatMap { ["\($0).host", "\($0).ip"] }
            known += ["\(group.name).hosts", "\(group.name).ips"]
            known += group.ports.map { "\(group.name).addresses.\($0.name)" }
        }
        known += topology.settings.map { "setting.\($0.name)" } + listNames.map { "list.\($0)" }
        let hint = nearest(placeholder.name, of: known).map { "did you mean {\($0)}?" }
        complain(
            place, "'\(placeholder.written)' is unknown", "placeholder/unknown",
            hint ?? "for a brace as such write {{")
    }
}
