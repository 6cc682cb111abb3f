internal import NIOCore

/// Redis' protocol, one command at a time. Asks first what the node is: writes go to a master only.
final class RedisWire: Wire {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State: Equatable {
        case askingRole
        case idle
        case waiting(Operation)
    }

    private let name: WireName
    private weak var listener: (any WireListener)?
    private var context: ChannelHandlerContext?
    private var state = State.askingRole
    private var unread: [UInt8] = []

    init(_ name: WireName, listener: any WireListener) {
        self.name = name
        self.listener = listener
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        write(["ROLE"])
    }

    func send(_ operation: Operation) {
        state = .waiting(operation)
        write(Self.command(operation.action))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unread += unwrapInboundIn(data).readableBytesView
        do {
            while let (reply, length) = try RedisReply.read(unread) {
                unread.removeFirst(length)
                take(reply, context)
            }
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func take(_ reply: RedisReply, _ context: ChannelHandlerContext) {
        switch state {
        case .askingRole:
            guard case .list(let parts) = reply, case .text(let role)? = parts.first else {
                // Loading, or no Redis: try again later.
                context.close(promise: nil)
                return
            }
            state = .idle
            listener?.opened(name, takesWrites: role == "master")
        case .waiting:
            state = .idle
            let outcome = Self.outcome(reply)
            let isReadOnly =
                if case .error(let why) = reply { why.hasPrefix("READONLY") } else { false }
            listener?.answered(name, outcome, takesWrites: !isReadOnly)
        case .idle:
            context.close(promise: nil)
        }
    }

    /// An error of Redis says that the command was not carried out. Some say that this node is the
    /// wrong one to ask, or not now.
    static func outcome(_ reply: RedisReply) -> Outcome {
        switch reply {
        case .text(let text): .ok(Int64(text))
        case .integer(let number): .ok(number)
        case .missing, .list: .ok(nil)
        case .error(let why):
            ["READONLY", "LOADING", "MASTERDOWN"].contains { why.hasPrefix($0) }
                ? .elsewhere : .refused
        }
    }

    static func command(_ action: Operation.Action) -> [String] {
        switch action {
        case .read(let key): ["GET", "k\(key)"]
        case .write(let key, let value): ["SET", "k\(key)", "\(value)"]
        case .compareAndSet, .request: ["PING"]
        }
    }

    private func write(_ words: [String]) {
        guard let context else { return }
        var text = "*\(words.count)\r\n"
        for word in words { text += "$\(word.utf8.count)\r\n\(word)\r\n" }
        context.writeAndFlush(
            wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
    }
}
