internal import Glibc

/// What can be done to a machine here, each tried on one.
extension Capabilities {
    /// Bytes of the disk that is tried.
    private static let diskSize: UInt64 = 1 << 20

    mutating func tryFaults(_ machine: Machine, _ host: MachineHost) async {
        if let refusal = await machine.refusalToDestroySockets() {
            bad("connections", "cannot be reset: \(refusal)")
        } else {
            add("connections", "can be reset, idle ones too")
        }
        await tryDisk(host)
        let groups = ControlGroups()
        switch groups.cpu {
        case .place(let place):
            add("processor time", "limited by control groups in \(place.parent)")
        case .none(let reason):
            // Good enough: no control group is needed for it.
            add(
                "processor time",
                "limited by stopping and waking the programs; no control group: \(reason)")
        }
        switch groups.memory {
        case .place(let place): add("memory", "limited by control groups in \(place.parent)")
        case .none(let reason):
            bad(
                "memory",
                "cannot be limited: \(reason)\n"
                    + "As root it can, or with 'systemd-run --user --scope' in front, where systemd "
                    + "gives users control groups.")
        }
        do throws(MachineError) {
            _ = try await machine.limitFiles(to: 64)
            _ = try await machine.limitFiles(to: nil)
            add("open files", "can be limited")
        } catch {
            bad("open files", "cannot be limited: \(error)")
        }
        if let library = FakeTime.library {
            add("clock", "of programs that ask libc, with \(library)")
        } else {
            bad("clock", "cannot be set: libfaketime is not installed\nsudo apt install faketime")
        }
        tellReceiveBuffer()
    }

    private mutating func tryDisk(_ host: MachineHost) async {
        var template = Array("/tmp/squall-doctor-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template).map({ String(cString: $0) }) else {
            return bad("disk", "no directory for a trial can be made in /tmp")
        }
        defer { rmdir(path) }
        do throws(MachineError) {
            _ = try await host.makeDisk(at: path, bytes: Self.diskSize)
            try await host.setDisk(at: path, bytes: Self.diskSize, full: true)
            add("disk", "of a size of its own, in memory; can be full")
        } catch {
            bad("disk", "cannot have a size of its own: \(error)")
        }
    }

    /// Root's buffers are not bounded by it.
    private mutating func tellReceiveBuffer() {
        let wanted: Int64 = 8 << 20
        guard geteuid() != 0,
            let most = KernelRules.ofThisMachine(host: "").largestReceiveBuffer, most < wanted
        else { return }
        // What a burst of 64 kB packets fills while the switch waits for a processor.
        let isSmall = most < 1 << 20
        findings.append(
            Finding(
                subject: "receive buffer", isGood: !isSmall,
                detail: "\(most >> 10) KiB a machine (net.core.rmem_max)"
                    + (isSmall
                        ? ": packets of a busy machine may be dropped. Better:\n" : "; more:\n")
                    + "sudo sysctl -w net.core.rmem_max=\(wanted)"))
    }

    mutating func bad(_ subject: String, _ detail: String) {
        findings.append(Finding(subject: subject, isGood: false, detail: detail))
    }
}
