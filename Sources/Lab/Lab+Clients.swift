internal import CLinux
internal import Cluster
internal import Fabric
internal import Faults
internal import Foundation
internal import Glibc
internal import Supervisor
internal import Synchronization
internal import Topology
internal import Workload

/// The load: one process in each client machine, told by lines what to do, telling by lines what it
/// saw.
extension Lab {
    /// Starts the client's process with the ends of its pipes.
    func startClient(_ id: NodeID, in machine: Machine) async throws {
        let plan = machines[Int(id.index)].plan
        let incarnation = machines[Int(id.index)].starts
        machines[Int(id.index)].starts += 1
        let orders = try ClientSocket()
        let reports = try ClientPipe()
        let errors = try logs.open(node: id)
        defer { close(errors) }
        let process = try await machine.start(
            ProcessSpec(arguments: plan.arguments, environment: plan.environment),
            streams: StandardStreams(
                input: orders.far, output: reports.writeEnd, error: errors))
        machines[Int(id.index)].process = process
        orders.closeFar()
        reports.closeWriteEnd()
        machines[Int(id.index)].orders = orders
        let queue = self.reports
        reports.readLines { queue.put(.client(id, $0)) }
        let configuration = configuration(of: plan, incarnation: incarnation)
        if let history, let stream = orders.duplicate() {
            history.add(
                client: Int(id.index) << 16 | incarnation, descriptor: stream,
                memory: "\(dataRoot)/\(plan.name)/\(Self.historyMemory(incarnation))")
        }
        order(id, configuration)
        if historyLevel > 0 { order(id, ClientOrder(historyLevel: historyLevel)) }
        node(id, .started)
        _ = endedAlready(id, process, in: machine)
    }

    /// What a client saw.
    func clientTold(_ id: NodeID, _ line: [UInt8]) {
        guard let report = try? JSONDecoder().decode(ClientReport.self, from: Data(line)) else {
            return
        }
        offer(.clientSamples([report.sample(of: id)]))
    }

    /// `traffic 500/s`, `traffic ramp 100/s to 5000/s over 1m`, `traffic stop`, `traffic start`.
    func changeTraffic(_ change: TrafficChange) throws(CommandError) {
        guard let workload = plan.topology.workload, workload.clients > 0 else {
            throw CommandError("\(plan.topology.name) has no workload")
        }
        trafficCourse?.cancel()
        trafficCourse = nil
        switch change {
        case .stop: orderTraffic(0)
        case .start: orderTraffic(workload.traffic)
        case .level(.constant(.frequency(let frequency))): orderTraffic(frequency.perSecond)
        case .level(.ramp(let from, let to, let time)):
            try courseTraffic(from, Course(.ramp, to: to, period: time))
        case .level(.sine(let from, let to, let time)):
            try courseTraffic(from, Course(.sine, to: to, period: time))
        case .level(.square(let from, let to, let time)):
            try courseTraffic(from, Course(.square, to: to, period: time))
        case .level: throw CommandError("traffic takes a rate, as 500/s")
        }
    }

    /// Clients keep a rate until they are told another one: they are told ten times a second.
    private func courseTraffic(_ from: Quantity, _ course: Course) throws(CommandError) {
        guard case .frequency(let first) = from, case .frequency(let last) = course.to,
            course.period > .zero
        else { throw CommandError("traffic changes between two rates, in a time above 0") }
        let began = clock.now
        trafficCourse = Task {
            while !Task.isCancelled {
                let gone = self.clock.now - began
                let way = course.way(after: gone)
                self.orderTraffic(first.perSecond + (last.perSecond - first.perSecond) * way)
                if course.shape == .ramp, way >= 1 { return }
                do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
            }
        }
    }

    private func orderTraffic(_ rate: Double) {
        traffic = rate
        for machine in plan.machines where machine.kind == .client {
            order(machine.id, ClientOrder(rate: ratePerClient))
        }
    }

    private var ratePerClient: Double {
        (traffic ?? plan.topology.workload?.traffic ?? 0)
            / Double(max(1, plan.topology.clients.count))
    }

    func order(_ id: NodeID, _ order: some Encodable) {
        guard let data = try? JSONEncoder().encode(order) else { return }
        machines[Int(id.index)].orders?.write(Array(data) + [10])
    }

    private func configuration(
        of client: MachinePlan, incarnation: Int
    ) -> ClientConfiguration {
        let workload = plan.topology.workload
        let targets = plan.machines.filter { machine in
            machine.kind == .node && machine.firstPort != nil
                && (workload?.target == nil || workload?.target == machine.group)
        }
        let number = (plan.topology.clients.firstIndex(of: client.name) ?? 0) + 1
        var configuration = ClientConfiguration(
            client: number, name: client.name,
            kind: .init(rawValue: workload?.kind.rawValue ?? "") ?? .register,
            driver: .init(rawValue: workload?.driver.rawValue ?? "") ?? .kv,
            targets: targets.map {
                .init(
                    node: $0.name, address: $0.address.description, port: Int($0.firstPort ?? 0))
            },
            method: workload?.request?.method ?? "GET", path: workload?.request?.path ?? "/",
            keys: workload?.keys ?? 100, rate: ratePerClient,
            connections: workload?.connections ?? 1,
            timeout: Int((workload?.timeout ?? .seconds(1)).microseconds / 1_000),
            seed: plan.seed)
        configuration.incarnation = incarnation & 0xFF
        configuration.accounts = workload?.accounts ?? 10
        configuration.program = (workload?.program ?? []).map {
            $0.replacingOccurrences(of: "{topology}", with: LabPlan.topologyDirectory)
        }
        configuration.zero = clock.origin
        configuration.history = history != nil
        configuration.historyMemory =
            "\(LabPlan.dataDirectory)/\(Self.historyMemory(incarnation))"
        return configuration
    }
}

/// A pipe between the lab and a client.
final class ClientPipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32
    private let isOpen = Mutex((read: true, write: true))

    init() throws(LabError) {
        var ends: [Int32] = [-1, -1]
        guard squall_pipe(&ends) == 0 else {
            throw LabError("pipe: \(String(cString: strerror(errno)))")
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        closeReadEnd()
        closeWriteEnd()
    }

    /// The other side has its own copy by now.
    func closeReadEnd() {
        isOpen.withLock { open in
            if open.read { close(readEnd) }
            open.read = false
        }
    }

    /// The other side has its own copy by now.
    func closeWriteEnd() {
        isOpen.withLock { open in
            if open.write { close(writeEnd) }
            open.write = false
        }
    }

    /// Reads lines on a thread of its own until the other side ends. The thread owns the pipe.
    func readLines(_ deliver: @escaping @Sendable ([UInt8]) -> Void) {
        let thread = Thread {
            var pending: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(self.readEnd, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0, pending.count < 1 << 20 else { break }
                pending += buffer[..<count]
                while let end = pending.firstIndex(of: 10) {
                    deliver(Array(pending[..<end]))
                    pending.removeSubrange(...end)
                }
            }
            self.closeReadEnd()
        }
        thread.name = "squall-reports"
        thread.start()
    }
}

/// The way between the lab and a client's standard input: orders go there, the history comes back.
final class ClientSocket: Sendable {
    let near: Int32
    let far: Int32
    private let farIsOpen = Mutex(true)

    init() throws(LabError) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw LabError("socketpair: \(String(cString: strerror(errno)))")
        }
        (near, far) = (ends[0], ends[1])
    }

    deinit {
        // The history's reader has a copy of its own: the client is told that nothing follows.
        shutdown(near, Int32(SHUT_WR))
        close(near)
        closeFar()
    }

    /// The client has its own copy by now.
    func closeFar() {
        farIsOpen.withLock { isOpen in
            if isOpen { close(far) }
            isOpen = false
        }
    }

    /// A descriptor of the lab's end, for whoever reads it; nil: there are no more descriptors.
    func duplicate() -> Int32? {
        let copy = fcntl(near, F_DUPFD_CLOEXEC, 0)
        return copy < 0 ? nil : copy
    }

    /// A few hundred bytes: less than the socket holds, so it never blocks on a client that reads.
    func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { Glibc.write(near, $0.baseAddress, $0.count) }
    }
}
