internal import Foundation
internal import NIOCore
internal import NIOPosix

/// A driver of one's own: a program that lives as long as the client and carries out operations, one JSON
/// object a line. When it ends it is started again, with the pauses of any connection that is lost. Lives
/// on one event loop.
final class ExecProgram: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The longest line that is read.
    static let longestLine = 8 << 20

    private struct Asked {
        var wire: WireName
        var operation: Operation
    }

    private let configuration: ClientConfiguration
    private let loop: any EventLoop
    private weak var listener: (any WireListener)?
    private var process: Process?
    private var channel: (any Channel)?
    private var wires: [Int: WireName] = [:]
    private var asked: [UInt64: Asked] = [:]
    private var lastID: UInt64 = 0
    private var unread: [UInt8] = []

    init(_ configuration: ClientConfiguration, loop: any EventLoop, listener: any WireListener) {
        self.configuration = configuration
        self.loop = loop
        self.listener = listener
    }

    /// Makes the program ready to be asked over one more "connection".
    func connect(_ wire: WireName) {
        wires[wire.number] = wire
        if channel == nil { start() }
        // Told on a later turn, as a connection would be.
        let me = NIOLoopBound(self, eventLoop: loop)
        loop.execute { me.value.told(wire) }
    }

    private func told(_ wire: WireName) {
        guard wires[wire.number] == wire else { return }
        guard channel != nil else {
            wires[wire.number] = nil
            listener?.ended(wire)
            return
        }
        listener?.opened(wire, takesWrites: true)
    }

    /// Asks it.
    func send(_ operation: Operation, over wire: WireName) {
        guard let channel, channel.isWritable else {
            // It does not read its input: what was not asked was not done.
            listener?.answered(wire, .refused, takesWrites: true)
            return
        }
        lastID += 1
        asked[lastID] = Asked(wire: wire, operation: operation)
        let target = configuration.targets[configuration.target(of: wire.number)]
        let line = ExecLanguage.line(id: lastID, operation.action, target)
        channel.writeAndFlush(
            channel.allocator.buffer(bytes: line + [10]), promise: nil)
    }

    /// What it may still say over this one does not count any more.
    func drop(_ wire: Int) {
        wires[wire] = nil
        asked = asked.filter { $0.value.wire.number != wire }
    }

    /// Its input ends.
    func stop() {
        channel?.close(promise: nil)
        process?.terminate()
    }

    // MARK: The process

    private func start() {
        let (input, output, process) = (Pipe(), Pipe(), Process())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = configuration.program
        process.standardInput = input
        process.standardOutput = output
        do {
            try process.run()
            self.process = process
            let reading = dup(output.fileHandleForReading.fileDescriptor)
            let writing = dup(input.fileHandleForWriting.fileDescriptor)
            let me = NIOLoopBound(self, eventLoop: loop)
            let started = NIOPipeBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(me.value)
                        me.value.channel = channel
                    }
                }
                .takingOwnershipOfDescriptors(input: reading, output: writing)
            started.whenFailure { _ in me.value.gone() }
        } catch {
            FileHandle.standardError.write(
                Data("client: \(configuration.program.joined(separator: " ")): \(error)\n".utf8))
        }
    }

    private func gone() {
        channel = nil
        process?.terminate()
        process = nil
        unread = []
        asked = [:]
        let lost = wires.values.sorted { $0.number < $1.number }
        wires = [:]
        for wire in lost { listener?.ended(wire) }
    }

    // MARK: Its output

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unread += unwrapInboundIn(data).readableBytesView
        while let end = unread.firstIndex(of: 10) {
            took(unread[..<end])
            unread.removeFirst(end + 1)
        }
        if unread.count > Self.longestLine { context.close(promise: nil) }
    }

    private func took(_ line: ArraySlice<UInt8>) {
        let answer = ExecLanguage.answer(line) { asked[$0]?.operation.action }
        guard let answer, let question = asked.removeValue(forKey: answer.id) else { return }
        listener?.answered(question.wire, answer.outcome, takesWrites: true)
    }

    func channelInactive(context: ChannelHandlerContext) { gone() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
