extension Topology {
    /// `redis-server or valkey-server`: one of them is enough.
    public struct Need: Hashable, Sendable {
        /// In the order of preference.
        public var alternatives: [String]
        /// Where it stands.
        public var place: Place
    }

    /// Programs looked up in PATH.
    public struct Programs: Hashable, Sendable {
        /// Name as a command may say it → absolute path of the alternative that was found.
        public var found: [String: String] = [:]
        /// Needs of which no alternative was found.
        public var missing: [MissingProgram] = []
    }

    /// A program that is not here, and how to get it.
    public struct MissingProgram: Hashable, Sendable, CustomStringConvertible {
        /// Any of these would do.
        public var alternatives: [String]
        /// The Debian package of each alternative that has a known one, without repetition.
        public var packages: [String]

        /// `redis-server (or valkey-server) is not installed: apt install redis-server`
        public var description: String {
            let first = alternatives.first ?? ""
            let others = alternatives.dropFirst().joined(separator: " or ")
            let names = others.isEmpty ? first : "\(first) (or \(others))"
            guard let package = packages.first else { return "\(names) is not installed" }
            return "\(names) is not installed: apt install \(package)"
        }
    }

    /// Looks every need up. `path` is PATH split at its colons; `isExecutable` asks the file
    /// system.
    public func programs(in path: [String], isExecutable: (String) -> Bool) -> Programs {
        var programs = Programs()
        for need in needs {
            var hit: String?
            for program in need.alternatives where hit == nil {
                hit = find(program, in: path, isExecutable: isExecutable)
            }
            if let hit {
                for program in need.alternatives { programs.found[program] = hit }
            } else {
                var packages: [String] = []
                for package in need.alternatives.compactMap({ debianPackages[$0] })
                where !packages.contains(package) { packages.append(package) }
                programs.missing.append(
                    MissingProgram(alternatives: need.alternatives, packages: packages))
            }
        }
        return programs
    }
}

/// The first directory of PATH that has the program. An empty entry means the current directory to
/// a shell; a program that appears by standing in the wrong place is a trap, so it is passed over.
public func find(
    _ program: String, in path: [String], isExecutable: (String) -> Bool
) -> String? {
    for directory in path where !directory.isEmpty {
        let candidate = directory.hasSuffix("/") ? directory + program : directory + "/" + program
        if isExecutable(candidate) { return candidate }
    }
    return nil
}

/// Program → the package of Debian and Ubuntu that has it.
public let debianPackages: [String: String] = [
    "redis-server": "redis-server", "redis-cli": "redis-tools", "redis-benchmark": "redis-tools",
    "redis-sentinel": "redis-sentinel", "valkey-server": "valkey-server",
    "valkey-cli": "valkey-tools", "valkey-benchmark": "valkey-tools",
    "valkey-sentinel": "valkey-sentinel", "etcd": "etcd-server", "etcdctl": "etcd-client",
    "postgres": "postgresql", "psql": "postgresql-client", "pgbench": "postgresql",
    "mariadbd": "mariadb-server", "mariadb": "mariadb-client", "memcached": "memcached",
    "rabbitmq-server": "rabbitmq-server", "nats-server": "nats-server", "mosquitto": "mosquitto",
    "nginx": "nginx", "haproxy": "haproxy", "consul": "consul", "java": "default-jre-headless",
    "python3": "python3", "node": "nodejs", "ruby": "ruby", "perl": "perl", "php": "php-cli",
    "go": "golang-go", "erl": "erlang-base", "curl": "curl", "wget": "wget", "nc": "netcat-openbsd",
    "socat": "socat", "iperf3": "iperf3", "tshark": "tshark", "tcpdump": "tcpdump",
    "toxiproxy-server": "toxiproxy", "faketime": "faketime", "jq": "jq", "wrk": "wrk",
    "sh": "dash", "bash": "bash", "sleep": "coreutils", "ping": "iputils-ping", "ip": "iproute2",
]
