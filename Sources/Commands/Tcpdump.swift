internal import ArgumentParser
internal import CLinux
internal import Cluster
internal import Fabric
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab

/// `squall tcpdump NODE`: a machine's packets as pcapng, live or from a run.
struct Tcpdump: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Write the packets of a node's machine to a pipe, as pcapng for Wireshark or tshark.",
        discussion: """
            For example `squall tcpdump kv-1 | wireshark -k -i -`, or with a filter
            `squall tcpdump kv-1 tcp port 7000 | tshark -r -`. It ends with ^C, with whoever reads the
            pipe, and with the lab. With --run it reads the capture of a run that was started with
            --capture.
            """)

    @OptionGroup var choice: LabChoice

    @Option(help: "How much of each packet is shown, e.g. 128B; all when left out.")
    var snap: String?

    @Option(
        name: .customLong("run"), help: "A run instead of a running lab: its name, or `last`.")
    var recorded: String?

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Argument(help: "The node, or a client.")
    var node: String

    @Argument(help: "Only such packets: tcp, udp or icmp, port NUMBER, or both.")
    var filter: [String] = []

    func run() throws {
        guard isatty(1) == 0 else {
            throw failure(
                "packets are nothing for a terminal; pipe them: "
                    + "squall tcpdump \(node) | wireshark -k -i -", code: Code.usage)
        }
        let snap = try size(snap, of: "--snap", from: leastSnap)
        let only = try filterText().map { try parse($0) }
        // Whoever reads may go at any time.
        signal(SIGPIPE, SIG_IGN)
        if let recorded {
            guard only == nil, snap == nil else {
                throw failure(
                    "a capture is shown as it is: leave the filter to tshark", code: Code.usage)
            }
            return try replay(findRun(recorded, runs))
        }
        try show(in: RunningLab(choice), only, snap)
    }

    private func filterText() -> String? {
        guard !filter.isEmpty else { return nil }
        let words = filter.joined(separator: " ")
        return words.hasPrefix("only ") ? words : "only \(words)"
    }

    private func parse(_ text: String) throws -> String {
        do {
            _ = try Only(parsing: text)
            return text
        } catch {
            complain(error.pointing(into: text))
            throw ExitCode(Code.usage)
        }
    }

    // MARK: Live

    private func show(in lab: RunningLab, _ only: String?, _ snap: Int?) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw failure(
                "socketpair: \(String(cString: strerror(errno)))", code: Code.unavailable)
        }
        // ^C asks the lab for the end: what is on its way still comes, and the last block is whole.
        Self.onInterrupt(shutDown: ends[0])
        let reply: ControlReply
        do {
            reply = try ControlClient(path: lab.socket).ask(
                ControlRequest(
                    verb: .tcpdump, text: node, by: "tcpdump",
                    arguments: [only ?? "", snap.map(String.init) ?? ""]), passing: [ends[1]])
        } catch {
            throw failure(error.description, code: error.code)
        }
        close(ends[1])
        guard reply.ok else { throw failure(reply.text, code: 1) }
        copy(from: ends[0])
    }

    /// Copies until either side has ended.
    private func copy(from socket: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            var watched = [
                pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
                // Told without being asked for: nobody reads the pipe any more.
                pollfd(fd: 1, events: 0, revents: 0),
            ]
            guard poll(&watched, 2, -1) > 0 else { continue }
            if Int32(watched[1].revents) & (POLLERR | POLLHUP) != 0 { return }
            let count = read(socket, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            let isRead = buffer.withUnsafeBytes {
                writeAll(UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
            guard isRead else { return }
        }
    }

    /// The first interrupt ends the capture, a second one this program.
    private static func onInterrupt(shutDown socket: Int32) {
        var ends = sigset_t()
        sigemptyset(&ends)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&ends, number) }
        pthread_sigmask(SIG_BLOCK, &ends, nil)
        let waited = ends
        let thread = Thread {
            var waited = waited
            var number: Int32 = 0
            guard sigwait(&waited, &number) == 0 else { return }
            shutdown(socket, Int32(SHUT_WR))
            guard sigwait(&waited, &number) == 0 else { return }
            Glibc.exit(128 + number)
        }
        thread.start()
    }

    // MARK: Recorded

    private func replay(_ folder: RunFolder) throws {
        let url = URL(filePath: folder.capture)
        guard let file = try? Data(contentsOf: url, options: .alwaysMapped) else {
            throw failure(
                "\(folder.name) has no capture; start it with --capture", code: Code.badInput)
        }
        let isThere = file.withUnsafeBytes { bytes in
            guard let view = PcapngView(of: bytes, machine: node) else { return false }
            view.write { piece in piece.withUnsafeBytes { writeAll($0) } }
            return true
        }
        guard isThere else {
            throw failure("no machine is called \(node) in \(folder.name)", code: Code.badInput)
        }
    }

    /// Writes to standard output; false when nobody reads it any more.
    private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var done = 0
        while done < bytes.count {
            let written = write(1, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return false }
            done += written
        }
        return true
    }
}
