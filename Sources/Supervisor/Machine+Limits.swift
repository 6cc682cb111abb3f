internal import CLinux
internal import Glibc

/// Faults and limits that a machine's pid 1 sees to.
extension Machine {
    /// What became of `resetConnections`.
    public struct Reset: Equatable, Sendable {
        /// Sockets that were destroyed.
        public var ended: Int
        /// Those of them that are there still; none, if the kernel did as it said.
        public var left: Int

        /// So many sockets.
        public init(ended: Int, left: Int) {
            self.ended = ended
            self.left = left
        }
    }

    /// Destroys the TCP sockets between this machine and an address in host byte order, idle ones
    /// too, as `ss -K` does; only those with `port` at either end where one is given. Their peers get
    /// a RST if it can reach them. Throws `failed` with EOPNOTSUPP where the kernel lacks
    /// CONFIG_INET_DIAG_DESTROY.
    public func resetConnections(
        to address: UInt32, port: UInt16? = nil
    ) async throws(MachineError) -> Reset {
        var reply = try await channel.request(SQUALL_RESET) { message in
            message.put(address)
            message.put(UInt32(port ?? 0))
        }
        return Reset(ended: Int(reply.u32()), left: Int(reply.u32()))
    }

    /// Leaves all processes together so much of one processor, in millionths; `nil` ends it. pid 1
    /// stops them (SIGSTOP) whenever a period of 20 ms is used up, so it takes no control group; what
    /// `signalAll` stopped stays stopped.
    public func limitProcessor(millionths share: UInt32?) async throws(MachineError) {
        _ = try await channel.request(SQUALL_LIMIT_CPU) { $0.put(share ?? 0) }
    }

    /// What became of `limitFiles`.
    public struct FilesLimit: Equatable, Sendable {
        /// Processes that run.
        public var processes: Int
        /// Those of them that may have fewer files than they would without it.
        public var lowered: Int

        /// So many processes.
        public init(processes: Int, lowered: Int) {
            self.processes = processes
            self.lowered = lowered
        }
    }

    /// Sets the soft limit of open files of every process, and of those started later; `nil` gives
    /// each back what it had, or asked for meanwhile.
    public func limitFiles(to most: UInt32?) async throws(MachineError) -> FilesLimit {
        var reply = try await channel.request(SQUALL_LIMIT_FILES) { $0.put(most ?? 0) }
        return FilesLimit(processes: Int(reply.u32()), lowered: Int(reply.u32()))
    }

    /// Moves every process to a control group by an open `cgroup.procs`. With `stay`, those that are
    /// started later go there too. `slot` tells groups of different controllers apart: 0 or 1.
    public func moveProcesses(
        to group: Descriptor, slot: UInt32, stay: Bool
    ) async throws(MachineError) {
        // Kept open until it was handed over.
        defer { withExtendedLifetime(group) {} }
        _ = try await channel.request(SQUALL_JOIN_GROUP, descriptors: [group.number]) { message in
            message.put(slot)
            message.put(stay ? 1 : 0)
        }
    }

    /// Writes a page to a file without a name in a directory, as the node's programs could. 0, or the
    /// errno that it got: ENOSPC on a full disk.
    public func tryWrite(in directory: String) async throws(MachineError) -> Int32 {
        do throws(MachineError) {
            _ = try await channel.request(SQUALL_TRY_WRITE) { $0.put(directory) }
            return 0
        } catch {
            guard case .failed(_, let code) = error else { throw error }
            return code
        }
    }
}
