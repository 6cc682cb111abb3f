internal import Cluster
internal import Fabric
internal import Foundation
internal import Glibc
internal import Journal
internal import NIOCore
internal import NIOPosix
internal import Supervisor
internal import Topology

/// Machines and their directories.
extension Lab {
    /// Makes every machine, several at a time, before anything runs: every address exists from the
    /// first packet on.
    func makeMachines() async {
        await withTaskGroup(of: Void.self) { group in
            for (count, machine) in plan.machines.enumerated() {
                if count >= 8 { await group.next() }
                group.addTask { await self.powerOn(machine.id) }
            }
        }
    }

    /// What a node's machine is to be; its directories are made on the first call.
    func machineSpec(_ plan: MachinePlan) async throws -> MachineSpec {
        let data = disk(of: plan)
        if !machines[Int(plan.id.index)].isPrepared {
            try await prepareDisk(data, plan)
            if plan.hasFaultableClock { try prepareClock(of: plan) }
            machines[Int(plan.id.index)].isPrepared = true
        }
        return try machineSpec(plan, data: plan.disk == nil ? data : data + "/disk")
    }

    /// The same, with its disk in a directory as the host sees it.
    func machineSpec(_ plan: MachinePlan, data: String) throws -> MachineSpec {
        var spec = MachineSpec(
            name: plan.name, address: plan.address.value, attachment: attachment,
            hosts: self.plan.hosts)
        spec.home = LabPlan.dataDirectory
        spec.binds = [
            Bind(source: data, target: LabPlan.dataDirectory, writable: true),
            Bind(source: Self.programFolder, target: LabPlan.programDirectory),
        ]
        if !options.sourceFolder.isEmpty {
            spec.binds.append(
                Bind(source: options.sourceFolder, target: LabPlan.topologyDirectory))
        }
        spec.settings = plan.settings
        if plan.hasFaultableClock {
            spec.binds.append(Bind(source: clockFolder(of: plan), target: Self.clockDirectory))
        }
        // Each lies on the node's own disk, under its own path.
        for path in plan.writable {
            spec.binds.append(
                Bind(
                    source: data + Self.writableFolder + path, target: path, writable: true))
        }
        if let user = plan.user {
            guard let account = Account(named: user) else {
                throw CommandError("this machine has no user \(user)")
            }
            (spec.userName, spec.userID, spec.groupID) = (user, account.userID, account.groupID)
        }
        return spec
    }

    /// In a node's data directory: what is bound over directories of its machine.
    private static let writableFolder = "/writable"

    /// Where the nodes' disks lie.
    var dataRoot: String { options.data ?? folder.path + "/data" }

    /// The folder of squall's own programs.
    static var programFolder: String {
        let path =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    private func prepareDisk(_ data: String, _ plan: MachinePlan) async throws {
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        // Root's nodes share an id: each finds its own disk bound in its machine, and no way here.
        if options.data == nil, geteuid() == 0 { chmod(dataRoot, 0o700) }
        guard let bytes = plan.disk else { return try writeFiles(of: plan, to: data) }
        // Only the host sees what it covers the directory with; this is the way in.
        let root = try await host.makeDisk(at: data, bytes: bytes)
        try writeFiles(of: plan, to: "/proc/self/fd/\(root.number)/.")
        root.close()
    }

    func writeFiles(of plan: MachinePlan, to data: String) throws {
        let files = FileManager.default
        for path in plan.writable {
            try files.createDirectory(
                atPath: data + Self.writableFolder + path, withIntermediateDirectories: true)
        }
        for file in plan.files {
            let path = URL(fileURLWithPath: data + "/" + file.path)
            // What a kept disk has already is the node's own by now.
            if files.fileExists(atPath: path.path) { continue }
            try files.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.text.utf8).write(to: path)
        }
        try host.give(data)
    }

    // MARK: Published ports

    /// Opens the ports that the topology publishes; a port that is taken is told, and left out.
    func publishPorts() async {
        for machine in plan.machines {
            for (port, hostPort) in machine.published {
                let id = machine.id
                do {
                    let publication = try await Publication.start(
                        node: id, port: port, hostPort: hostPort ?? 0,
                        group: MultiThreadedEventLoopGroup.singleton,
                        connect: { try await self.connectInside(id, port) })
                    publications.append(publication)
                    record(
                        .note(
                            "\(machine.name):\(port) is reached at 127.0.0.1:\(publication.hostPort)",
                            by: "publish"))
                } catch {
                    record(
                        .note(
                            "\(machine.name):\(port) cannot be published at port "
                                + "\(hostPort ?? 0): \(Self.words(of: error))", by: "publish"))
                }
            }
        }
    }

    /// The kernel's reason where there is one.
    private static func words(of error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }

    /// A socket made inside a node's machine and connected to its own port.
    func connectInside(_ id: NodeID, _ port: UInt16) async throws -> Int32 {
        let runtime = machines[Int(id.index)]
        guard let machine = runtime.machine else { throw CommandError("no power") }
        let socket = try await machine.socket(
            domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
        return try connected(socket, to: runtime.plan.address.value, port)
    }
}

/// Connects a non-blocking socket. Inside one machine the kernel answers at once, yes or no.
private func connected(
    _ socket: Descriptor, to address: UInt32, _ port: UInt16
) throws -> Int32 {
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    target.sin_addr.s_addr = address.bigEndian
    let status = withUnsafePointer(to: &target) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard status == 0 || errno == EINPROGRESS else {
        throw CommandError(String(cString: strerror(errno)))
    }
    return socket.release()
}
