/// What a node's machine is: its disk, its limits, its kernel settings.
extension Reader {
    mutating func readMachine(_ fields: [String: Item.Entry], into group: inout Topology.Group) {
        if let field = fields["disk"], let bytes = size(field.value, atLeast: 65_536) {
            group.disk = bytes
        }
        if let field = fields["cpu"] {
            group.processor = share(field.value).map {
                Topology.Limit(value: $0, place: field.key.place)
            }
        }
        if let field = fields["memory"] {
            group.memory = size(field.value, atLeast: 1 << 20).map {
                Topology.Limit(value: $0, place: field.key.place)
            }
        }
        if let field = fields["user"], let name = text(field.value, "a user's name") {
            let allowed = name.text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))
            }
            if allowed, !name.text.isEmpty {
                group.user = Topology.Named(value: name.text, place: field.value.place)
            } else {
                expected("a user's name", field.value)
            }
        }
        if let field = fields["clock"],
            choice(field.value, of: ["faultable"], at: "group.clock") != nil
        {
            group.clock = field.key.place
        }
        if let field = fields["writable"] { group.writable = readWritable(field.value) }
        if let field = fields["sysctl"] { group.settings = readSettings(field.value) }
    }

    mutating func size(_ item: Item, atLeast least: Int64) -> Int64? {
        guard let bytes = quantity(item, "a size", "value/size", Quantities.size) else {
            return nil
        }
        guard bytes >= least else {
            let words = least % (1 << 20) == 0 ? "\(least >> 20)MiB" : "\(least >> 10)KiB"
            complain(item.place, "expected a size of at least \(words)", "value/size")
            return nil
        }
        return bytes
    }

    private mutating func share(_ item: Item) -> Int64? {
        guard let millionths = quantity(item, "a share", "value/share", Quantities.share) else {
            return nil
        }
        guard millionths >= 1_000 else {
            complain(item.place, "expected a share of at least 0.1%", "value/share")
            return nil
        }
        return millionths
    }

    /// Directories of the machine; those that are its own anyway need not be asked for.
    private mutating func readWritable(_ item: Item) -> [Topology.Named] {
        var paths: [Topology.Named] = []
        for element in elements(item, "paths") {
            guard let passage = text(element, "a path") else { continue }
            let path = passage.text
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            guard path.hasPrefix("/"), path.utf8.count <= 1000, !parts.isEmpty,
                parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
            else {
                complain(
                    passage.place, "'\(shortened(path))' is no directory of a machine",
                    "writable/path", "write a whole path: /var/lib/rabbitmq")
                continue
            }
            let own = ["/run", "/tmp", "/dev", "/proc", "/sys"]
            if let root = own.first(where: { path == $0 || path.hasPrefix($0 + "/") }) {
                complain(
                    passage.place, "\(root) is the machine's own", "writable/path",
                    ["/run", "/tmp"].contains(root) ? "leave it out" : nil)
                continue
            }
            paths.append(Topology.Named(value: path, place: passage.place))
        }
        return paths
    }

    /// Settings of the network are a machine's own; all others are the host's.
    private mutating func readSettings(_ item: Item) -> [Topology.KernelSetting] {
        var settings: [Topology.KernelSetting] = []
        for entry in entries(item, "sysctl") {
            let name = entry.key.text
            let allowed = name.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "._-/".contains($0))
            }
            guard allowed, name.hasPrefix("net."), !name.contains("..") else {
                complain(
                    entry.key.place,
                    "'\(shortened(name))' is no setting of a machine's own network",
                    "sysctl/name", "those begin with net., as net.ipv4.tcp_retries2")
                continue
            }
            guard let value = text(entry.value, "the value") else { continue }
            settings.append(
                Topology.KernelSetting(name: name, value: value.text, place: entry.key.place))
        }
        return settings
    }
}
