internal import Supervisor

/// Proxies in user space: what one would put between two nodes where there is no squall.
enum Proxy: String, CaseIterable {
    /// The one that tests of other systems use; needed for two figures of the table.
    case toxiproxy = "toxiproxy-server"
    case haproxy
    case socat
    /// Our own plain one, so that there is one to compare with.
    case plain

    /// A stand-in is named as what it is.
    var name: String { self == .plain ? "plain proxy" : rawValue }

    /// Its ports are those of the servers and so much more.
    private var offset: UInt16 {
        switch self {
        case .toxiproxy: 1_000
        case .haproxy: 2_000
        case .socat: 3_000
        case .plain: 4_000
        }
    }

    /// Where it listens for a server's port.
    func port(for target: UInt16) -> UInt16 { target + offset }

    /// Starts it in the machine where the servers listen on loopback.
    func start(
        _ targets: [UInt16], on stage: Stage, _ machine: Machine, _ agent: Agent
    ) async throws {
        if self == .plain {
            for target in targets {
                _ = try await agent.ask("relay \(port(for: target)) \(target)")
            }
        } else {
            _ = try await stage.start(["/bin/sh", "-c", script(targets)], in: machine)
        }
        for target in targets {
            _ = try await agent.ask("await 127.0.0.1 \(port(for: target)) 5000")
        }
    }

    private func script(_ targets: [UInt16]) -> String {
        switch self {
        case .toxiproxy:
            let proxies = targets.map {
                "{\"name\":\"p\($0)\",\"listen\":\"127.0.0.1:\(port(for: $0))\","
                    + "\"upstream\":\"127.0.0.1:\($0)\",\"enabled\":true}"
            }
            return "echo '[\(proxies.joined(separator: ","))]' > /tmp/proxies.json;"
                + " exec toxiproxy-server -host 127.0.0.1 -config /tmp/proxies.json"
        case .haproxy:
            let sections = targets.map {
                "listen p\($0)\n bind 127.0.0.1:\(port(for: $0))\n server s 127.0.0.1:\($0)\n"
            }
            return """
                cat > /tmp/haproxy.cfg <<'END'
                defaults
                 mode tcp
                 timeout connect 5s
                 timeout client 60s
                 timeout server 60s
                \(sections.joined())END
                exec haproxy -q -db -f /tmp/haproxy.cfg
                """
        case .socat:
            return targets.map {
                "socat TCP-LISTEN:\(port(for: $0)),fork,reuseaddr,nodelay"
                    + " TCP:127.0.0.1:\($0),nodelay & "
            }.joined() + "wait"
        case .plain: return ""
        }
    }
}
