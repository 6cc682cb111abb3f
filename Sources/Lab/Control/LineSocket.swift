internal import CLinux
internal import Glibc

/// A connected Unix stream socket that carries lines, and descriptors beside them.
///
/// Owned by one thread at a time; `close` may come from another one and ends a blocked read.
final class LineSocket {
    /// The longest line that is read; a longer one ends the connection.
    static let longestLine = 1 << 20

    let descriptor: Int32
    private var pending: [UInt8] = []
    private(set) var descriptors: [Int32] = []

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        for received in descriptors { close(received) }
        close(descriptor)
    }

    /// The next line without its end; `nil` when the other side is gone.
    func readLine() -> [UInt8]? {
        while true {
            if let end = pending.firstIndex(of: 10) {
                let line = Array(pending[..<end])
                pending.removeSubrange(...end)
                return line
            }
            guard pending.count < Self.longestLine else { return nil }
            var buffer = [UInt8](repeating: 0, count: 16_384)
            var passed = [Int32](repeating: -1, count: 4)
            var passedCount: Int32 = 4
            let count = buffer.withUnsafeMutableBytes { bytes in
                passed.withUnsafeMutableBufferPointer { slots in
                    squall_receive(
                        descriptor, bytes.baseAddress, bytes.count, slots.baseAddress, &passedCount)
                }
            }
            if count < 0 && errno == EINTR { continue }
            descriptors += passed.prefix(Int(max(0, passedCount)))
            guard count > 0 else { return nil }
            pending += buffer[..<count]
        }
    }

    /// Hands over the descriptors received so far; the caller closes them.
    func takeDescriptors() -> [Int32] {
        defer { descriptors = [] }
        return descriptors
    }

    /// Sends one line; false when the other side is gone.
    func write(line: [UInt8], passing passed: [Int32] = []) -> Bool {
        var rest = line + [10]
        var toPass = passed
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                toPass.withUnsafeBufferPointer { slots in
                    squall_send(
                        descriptor, bytes.baseAddress, bytes.count, slots.baseAddress,
                        Int32(slots.count))
                }
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            toPass = []
            rest.removeFirst(count)
        }
        return true
    }

    /// Ends a read that another thread is blocked in.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
