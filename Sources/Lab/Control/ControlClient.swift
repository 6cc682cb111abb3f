internal import CLinux
internal import Foundation
internal import Glibc

/// A connection to a running lab.
public final class ControlClient {
    private let socket: LineSocket

    /// Connects to the lab that listens at `path`.
    ///
    /// - Throws: `LabError` when no lab listens there.
    public init(path: String) throws(LabError) {
        let descriptor = squall_connect_unix(path)
        guard descriptor >= 0 else {
            throw LabError("no lab listens at \(path): \(String(cString: strerror(errno)))")
        }
        socket = LineSocket(descriptor: descriptor)
    }

    /// Sends a request, with descriptors beside it, and waits for the answer.
    ///
    /// - Throws: `LabError` when the lab is gone.
    public func ask(
        _ request: ControlRequest, passing descriptors: [Int32] = []
    ) throws(LabError) -> ControlReply {
        guard let data = try? JSONEncoder().encode(request),
            socket.write(line: Array(data), passing: descriptors),
            let line = socket.readLine(),
            let reply = try? JSONDecoder().decode(ControlReply.self, from: Data(line))
        else { throw LabError("the lab is gone") }
        return reply
    }

    /// Runs one command in the lab.
    public func command(_ text: String, by: String) throws(LabError) -> ControlReply {
        try ask(ControlRequest(verb: .command, text: text, by: by))
    }
}
