internal import Glibc

extension Machine {
    /// Destroys a connection of its own making within the machine, to know whether this kernel does:
    /// `nil` when it does, its refusal otherwise (EOPNOTSUPP without CONFIG_INET_DIAG_DESTROY).
    public func refusalToDestroySockets() async -> MachineError? {
        do throws(MachineError) {
            let server = try await tcpSocket()
            guard listen(server.number, 1) == 0 else { throw .failed(call: "listen", code: errno) }
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let client = try await tcpSocket()
            let code: Int32 = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    guard getsockname(server.number, $0, &length) == 0 else { return errno }
                    return connect(client.number, $0, length) == 0 || errno == EINPROGRESS
                        ? 0 : errno
                }
            }
            guard code == 0 else { throw .failed(call: "connect", code: code) }
            // A socket that was not bound listens at any address; the way to it is the loopback.
            let reset = try await resetConnections(to: 0x7F00_0001)
            _ = consume server
            return reset.ended > 0 && reset.left == 0
                ? nil : .failed(call: "sock_diag(SOCK_DESTROY)", code: EOPNOTSUPP)
        } catch {
            return error
        }
    }

    private func tcpSocket() async throws(MachineError) -> Descriptor {
        try await socket(domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
    }
}
