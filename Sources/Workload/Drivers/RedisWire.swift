internal import NIOCore

/// Redis' protocol, one operation at a time. Asks first what the node is: writes go to a master only.
final class RedisWire: Wire {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State: Equatable {
        case askingRole
        case idle
        case waiting(Operation, replies: Int)
    }

    private let name: WireName
    private weak var listener: (any WireListener)?
    private var context: ChannelHandlerContext?
    private var state = State.askingRole
    private var unread: [UInt8] = []
    private var replies: [RedisReply] = []
    private let kind: ClientConfiguration.Kind
    private let accounts: Int

    init(
        _ name: WireName, kind: ClientConfiguration.Kind, accounts: Int,
        listener: any WireListener
    ) {
        self.name = name
        self.kind = kind
        self.accounts = accounts
        self.listener = listener
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        write([["ROLE"]])
    }

    func send(_ operation: Operation) {
        let commands = RedisLanguage.commands(operation.action, kind: kind, accounts: accounts)
        state = .waiting(operation, replies: commands.count)
        replies.removeAll(keepingCapacity: true)
        write(commands)
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
        case .waiting(let operation, let count):
            replies.append(reply)
            guard replies.count == count else { return }
            state = .idle
            let isReadOnly = replies.contains {
                if case .error(let why) = $0 { why.hasPrefix("READONLY") } else { false }
            }
            listener?.answered(
                name, RedisLanguage.outcome(operation.action, replies), takesWrites: !isReadOnly)
        case .idle:
            context.close(promise: nil)
        }
    }

    private func write(_ commands: [[String]]) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 128)
        for words in commands {
            buffer.writeString("*\(words.count)\r\n")
            for word in words { buffer.writeString("$\(word.utf8.count)\r\n\(word)\r\n") }
        }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}
