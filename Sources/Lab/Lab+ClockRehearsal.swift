internal import Cluster
internal import Foundation
internal import Glibc
internal import Journal
internal import Supervisor
internal import Topology

/// Whether a program's clock can be set is found out by running it for a moment: memory allocators that
/// ask for the time hang under libfaketime (jemalloc, so Redis), and programs that ask the kernel
/// themselves never hear of it (Go). Programs in Swift find no arguments there, since it moves the
/// environment in front of which their runtime looks for them.
extension Lab {
    /// How long a program may take to ask for the time.
    private static let rehearsalDuration = Duration.milliseconds(1_500)
    /// An address that no machine of a run has.
    private static let rehearsalAddress: UInt32 = 0x0A42_FFFD
    /// In the data directory of the trial: libfaketime writes there whenever it is asked.
    private static let savedFile = ".asked"

    /// Tries one member of each group with `clock: faultable`, on a machine and a disk of its own.
    ///
    /// - Throws: `LabError` with exit code 69 and the place of the key, where a program is none of those
    ///   that can be told another time.
    func rehearseClocks() async throws {
        for group in plan.topology.groups {
            guard let place = group.clock,
                let member = plan.machines.first(where: { $0.group == group.name })
            else { continue }
            guard let complaint = try await rehearseClock(of: member) else { continue }
            throw LabError(
                plan.topology.source.diagnostic(
                    at: place, complaint, code: "machine/clock", hint: "leave 'clock' out"
                ).description, code: 69)
        }
    }

    private func rehearseClock(of plan: MachinePlan) async throws -> String? {
        let folder = self.folder.path + "/rehearsal"
        let data = folder + "/" + plan.name
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try writeFiles(of: plan, to: data)
        try prepareClock(of: plan)
        var spec = try machineSpec(plan, data: data)
        spec.address = Self.rehearsalAddress
        spec.settings = []
        let log = folder + "/log"
        let output = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw LabError("cannot write \(log)") }
        defer { close(output) }
        let machine = try await host.make(spec)
        let environment =
            plan.environment.filter { !$0.hasPrefix("FAKETIME_TIMESTAMP_FILE=") } + [
                "FAKETIME=+3600", "FAKETIME_SAVE_FILE=\(LabPlan.dataDirectory)/\(Self.savedFile)",
            ]
        do throws(MachineError) {
            _ = try await machine.start(
                ProcessSpec(
                    arguments: plan.arguments, environment: environment,
                    directory: LabPlan.dataDirectory),
                streams: StandardStreams(output: output, error: output))
        } catch {
            // A program that cannot be started is told when the node is.
            try await machine.powerOff()
            return nil
        }
        let complaint = await ask(machine, plan, saved: data + "/" + Self.savedFile, log: log)
        try await machine.powerOff()
        return complaint
    }

    /// Waits until the program has asked for the time, hangs, or the moment is over.
    private func ask(
        _ machine: Machine, _ plan: MachinePlan, saved: String, log: String
    ) async -> String? {
        let program = plan.arguments[0]
        let head =
            Self.path(of: program).flatMap { FileHandle(forReadingAtPath: $0) }
            .flatMap { try? $0.read(upToCount: 4 << 20) } ?? Data()
        if plan.arguments.count > 1, head.range(of: Data("libswiftCore.so".utf8)) != nil {
            return
                "\(program) cannot be told another time: under libfaketime programs in Swift lose "
                + "their arguments"
        }
        let deadline = ContinuousClock.now + Self.rehearsalDuration
        while ContinuousClock.now < deadline {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if text.contains("libfaketime:") {
                return "\(program) cannot be told another time: under libfaketime it hangs at its "
                    + "start, because its memory allocator asks for the time (jemalloc)"
            }
            var status = stat()
            if stat(saved, &status) == 0, status.st_size > 0 { return nil }
            guard let use = try? await machine.usage(), use.processes > 0 else { break }
            try? await Task.sleep(for: .milliseconds(20))
        }
        // It did not ask within the moment: only those that never will are refused.
        if head.range(of: Data("Go build ID:".utf8)) != nil
            || head.range(of: Data(".note.go.buildid".utf8)) != nil
        {
            return "\(program) cannot be told another time: Go programs ask the kernel themselves"
        }
        if head.starts(with: Data([0x7F, 0x45, 0x4C, 0x46])),
            head.range(of: Data("/ld-linux".utf8)) == nil,
            head.range(of: Data("/ld-musl".utf8)) == nil
        {
            return "\(program) cannot be told another time: it is linked statically"
        }
        return nil
    }

    private static func path(of program: String) -> String? {
        if program.contains("/") {
            let own = LabPlan.programDirectory + "/"
            return program.hasPrefix(own)
                ? programFolder + "/" + program.dropFirst(own.count) : program
        }
        return LabPlan.searchPath.split(separator: ":").map { "\($0)/\(program)" }
            .map { $0.replacing(LabPlan.programDirectory, with: programFolder) }
            .first { access($0, X_OK) == 0 }
    }
}
