import NIOCore
import NIOPosix
import Synchronization

/// Passes bytes between a port of its own and another one, until it is held: then it reads nothing
/// more on either side, as a line that was cut without either end being told.
final class Relay: Sendable {
    let port: UInt16
    private let channel: any Channel
    private let ends: Ends

    init(to port: UInt16) async throws {
        let ends = Ends()
        self.ends = ends
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ends.add(near)
                return ClientBootstrap(group: near.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .channelInitializer { far in
                        far.eventLoop.makeCompletedFuture {
                            try far.pipeline.syncOperations.addHandler(Pass(to: near))
                        }
                    }
                    .connect(host: "127.0.0.1", port: Int(port))
                    .flatMap { far in
                        ends.add(far)
                        return near.eventLoop.makeCompletedFuture {
                            try near.pipeline.syncOperations.addHandler(Pass(to: far))
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = UInt16(channel.localAddress?.port ?? 0)
    }

    /// Holds back what comes, or lets it go on.
    func hold(_ isHeld: Bool) async throws {
        for end in ends.set(isHeld: isHeld) {
            // Ends that were closed meanwhile need neither.
            try? await end.setOption(.autoRead, value: !isHeld).get()
        }
    }

    func close() async { try? await channel.close() }

    private final class Ends: Sendable {
        private let state = Mutex<(isHeld: Bool, channels: [any Channel])>((false, []))

        func add(_ channel: any Channel) {
            let isHeld = state.withLock { state in
                state.channels.append(channel)
                return state.isHeld
            }
            channel.setOption(.autoRead, value: !isHeld).whenFailure { _ in }
        }

        func set(isHeld: Bool) -> [any Channel] {
            state.withLock { state in
                state.isHeld = isHeld
                return state.channels
            }
        }
    }

    private final class Pass: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let other: any Channel
        init(to other: any Channel) { self.other = other }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
    }
}
