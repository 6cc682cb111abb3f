internal import Cluster
internal import Fabric
internal import Foundation
internal import Glibc
internal import Journal
internal import Supervisor
internal import Synchronization
internal import Topology

/// The lab as a process: `squall __lab FOLDER`.
public enum LabProcess {
    /// Runs the lab of a run's folder to its end and returns its exit code. Called by `main` before
    /// any other thread exists; says through `LabLaunch.report` whether it could start.
    public static func run(folder path: String) -> Int32 {
        // Only the thread below hears these; the kernel would pick any other one otherwise.
        var ends = sigset_t()
        sigemptyset(&ends)
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&ends, number) }
        pthread_sigmask(SIG_BLOCK, &ends, nil)
        signal(SIGPIPE, SIG_IGN)
        closeInherited()
        raiseDescriptorLimit()

        let outcome = Outcome()
        Task { outcome.set(await start(path)) }
        return outcome.wait()
    }

    private static func start(_ path: String) async -> Int32 {
        let lab: Lab
        do {
            lab = try await Lab.prepare(folder: path)
        } catch let error as LabError {
            LabLaunch.report(error)
            return error.code
        } catch {
            LabLaunch.report(LabError("\(error)"))
            return 70
        }
        LabLaunch.report(nil)
        listenForSignals(lab)
        return await lab.run().code
    }

    private static func listenForSignals(_ lab: Lab) {
        let thread = Thread {
            var ends = sigset_t()
            sigemptyset(&ends)
            for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&ends, number) }
            while true {
                var number: Int32 = 0
                guard sigwait(&ends, &number) == 0 else { return }
                // A hang-up asks for the same as SIGTERM.
                let code: Int32 = number == SIGINT ? 130 : 143
                let name = signalName(number)
                Task { await lab.end(RunEnd(reason: "interrupted by \(name)", code: code)) }
            }
        }
        thread.name = "squall-signals"
        thread.start()
    }

    /// A lab may outlive whoever started it, and must not keep their pipes and files open.
    private static func closeInherited() {
        guard let directory = opendir("/proc/self/fd") else { return }
        var inherited: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int32(name), number > LabLaunch.reportDescriptor,
                number != dirfd(directory)
            {
                inherited.append(number)
            }
        }
        closedir(directory)
        for descriptor in inherited { close(descriptor) }
    }

    /// A thousand machines take some thousand descriptors.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// Carries the exit code from the task to the main thread.
private final class Outcome: Sendable {
    private let value = Mutex<Int32>(70)
    private let known = DispatchSemaphore(value: 0)

    func set(_ code: Int32) {
        value.withLock { $0 = code }
        known.signal()
    }

    func wait() -> Int32 {
        known.wait()
        return value.withLock { $0 }
    }
}
