internal import CLinux
internal import Cluster
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import Supervisor

/// A port of a node on the host's loopback: each connection is joined to a socket made inside the
/// node's machine. It crosses no link, so no link fault touches it.
final class Publication: Sendable {
    /// The node and its port.
    let node: NodeID
    let port: UInt16
    /// The port of 127.0.0.1 that it is reached at.
    let hostPort: UInt16

    private let listener: any Channel

    /// Connections at a time; one more waits in the kernel's queue.
    static let mostWaiting: Int32 = 64

    private init(node: NodeID, port: UInt16, hostPort: UInt16, listener: any Channel) {
        self.node = node
        self.port = port
        self.hostPort = hostPort
        self.listener = listener
    }

    /// Listens at 127.0.0.1; `hostPort` 0 takes any free one. `connect` yields a connected socket
    /// made inside the node's machine.
    static func start(
        node: NodeID, port: UInt16, hostPort: UInt16, group: any EventLoopGroup,
        connect: @escaping @Sendable () async throws -> Int32
    ) async throws -> Publication {
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: mostWaiting)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { outside in
                let loop = outside.eventLoop
                let joined = loop.makeFutureWithTask { try await connect() }
                    .flatMap { descriptor in
                        ClientBootstrap(group: loop)
                            .channelOption(.allowRemoteHalfClosure, value: true)
                            .channelOption(.autoRead, value: false)
                            .withConnectedSocket(descriptor)
                    }
                    .flatMapThrowing { inside in
                        let (a, b) = Splice.pair()
                        try outside.pipeline.syncOperations.addHandler(a)
                        try inside.pipeline.syncOperations.addHandler(b)
                        inside.read()
                    }
                // Nobody answers inside: the caller sees what it would see of a dead node.
                joined.whenFailure { _ in outside.close(promise: nil) }
                return joined
            }
            .bind(host: "127.0.0.1", port: Int(hostPort)).get()
        let taken = UInt16(listener.localAddress?.port ?? 0)
        return Publication(node: node, port: port, hostPort: taken, listener: listener)
    }

    /// Stops listening; open connections end with their machine.
    func stop() { listener.close(promise: nil) }
}

/// Two channels of one event loop, joined: what one reads the other writes, one chunk at a time, so
/// that a slow side slows the other.
private final class Splice: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var partner: Splice?
    private var context: ChannelHandlerContext?
    private var wantsRead = false

    static func pair() -> (Splice, Splice) {
        let (a, b) = (Splice(), Splice())
        a.partner = b
        b.partner = a
        return (a, b)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    /// The caller's side becomes active once both are joined; nothing is read before.
    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        partner?.context?.write(NIOAny(unwrapInboundIn(data)), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        if partner?.context?.channel.isWritable ?? false {
            context.read()
        } else {
            wantsRead = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, let partner, partner.wantsRead else { return }
        partner.wantsRead = false
        partner.context?.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            partner?.context?.close(mode: .output, promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        partner?.context?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
