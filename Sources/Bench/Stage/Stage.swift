internal import Cluster
internal import Fabric
internal import Faults
internal import Glibc
internal import Supervisor

/// The machines of a measurement, and the switch between some of them. Nothing of it outlives `with`.
final class Stage: Sendable {
    let host: MachineHost
    let fabric: Fabric

    /// The folder of squall's own programs.
    private let folder: String

    private init(host: MachineHost, fabric: Fabric, folder: String) {
        self.host = host
        self.fabric = fabric
        self.folder = folder
    }

    /// Where the machines find squall's own programs, and programs of the system.
    static let programs = "/run/squall/bin"
    static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Makes a stage, uses it, and clears it whatever happens.
    static func with<Result: Sendable>(
        host executable: String?, user: String?, _ body: (Stage) async throws -> Result
    ) async throws -> Result {
        let host = try await MachineHost.start(
            .init(executable: executable, identity: try .ofThisProcess(user: user)) { _ in })
        let fabric: Fabric
        do {
            fabric = try Fabric(seed: 1)
        } catch {
            await host.end()
            throw error
        }
        fabric.echo.idle(false)
        let result: Result
        do {
            let folder = folder(of: executable ?? ownPath())
            result = try await body(Stage(host: host, fabric: fabric, folder: folder))
        } catch {
            fabric.stop()
            await host.end()
            throw error
        }
        fabric.stop()
        await host.end()
        return result
    }

    /// The address of a machine by number.
    static func address(_ node: NodeID) -> IPv4Address {
        IPv4Address(0x0a42_0002 + UInt32(node.index))
    }

    /// A machine on the switch, or on the kernel's bridge.
    func machine(
        _ node: NodeID, _ attachment: Attachment, bridged: Bool = false
    ) async throws -> Machine {
        var spec = MachineSpec(
            name: "bench-\(node.index)", address: Self.address(node).value,
            attachment: attachment, hosts: "127.0.0.1 localhost\n")
        spec.isBridged = bridged
        spec.binds = [Bind(source: folder, target: Self.programs)]
        let machine = try await host.make(spec)
        if !bridged { try await plug(machine, node) }
        return machine
    }

    private func plug(_ machine: Machine, _ node: NodeID) async throws {
        await fabric.adopted(
            try fabric.addPort(
                Port(
                    node: node, attachment: machine.port.attachment == .tun ? .tun : .veth,
                    descriptor: machine.port.descriptor.release(), address: Self.address(node))))
    }

    /// Puts faults in force and waits until they are.
    func install(_ faults: [LinkFault], nodes: Int) async throws {
        await fabric.adopted(try fabric.install(LinkTable(faults, nodes: nodes)))
    }

    /// Runs a program in a machine to the end of its output.
    func output(of arguments: [String], in machine: Machine) async throws -> String {
        let (reading, writing) = try pipe()
        _ = try await machine.start(
            ProcessSpec(arguments: arguments, environment: [Self.path], directory: "/tmp"),
            streams: StandardStreams(output: writing.number))
        writing.close()
        return await offPool { readText(reading.number, until: nil, seconds: 30) }
    }

    /// Starts a program that runs as long as its machine.
    func start(_ arguments: [String], in machine: Machine) async throws -> ProcessID {
        try await machine.start(
            ProcessSpec(arguments: arguments, environment: [Self.path], directory: "/tmp"),
            streams: StandardStreams())
    }

    private static func folder(of path: String) -> String {
        String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    }

    private static func ownPath() -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(length, 0)), as: UTF8.self)
    }
}

/// A program of the system by name; `nil` where it is not installed.
func installed(_ name: String) -> String? {
    let folders = Stage.path.dropFirst(5).split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}
