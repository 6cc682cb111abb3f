internal import Dispatch
internal import Foundation
public import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOHTTP1
internal import NIOPosix

/// The HTTP server of a node: bounded in every direction, errors as JSON, gone within a second of SIGTERM.
public struct HTTPService: Sendable {
    /// Connections at a time; more wait in the kernel's queue.
    public static let connections = 512
    /// The largest body of a request, in bytes.
    public static let largestBody = 64 << 10
    /// How long requests under way may take to finish after SIGTERM.
    public static let farewell: Duration = .milliseconds(800)

    private let address: String
    private let port: Int
    private let log: NodeLog

    /// A server that will listen on `address` and `port`.
    public init(address: String, port: Int, log: NodeLog) {
        self.address = address
        self.port = port
        self.log = log
    }

    /// Serves `router` until SIGTERM or SIGINT.
    /// - Parameter listening: called once connections are taken.
    public func run(
        _ router: Router<BasicRequestContext>, listening: @escaping @Sendable () -> Void
    ) async throws {
        var quiet = Logger(label: "http")
        quiet.logLevel = .critical
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 100)
        let app = Application(
            router: router,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(60), httpDecoderConfiguration: decoder)),
            configuration: .init(
                address: .hostname(address, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connections)),
            onServerRunning: { _ in listening() },
            logger: quiet)
        let lastWord = endInTime()
        defer { lastWord.cancel() }
        try await app.runService()
    }

    /// A request that hangs must not hold up the end: what is acknowledged is on the disk already.
    private func endInTime() -> any DispatchSourceSignal {
        let source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        source.setEventHandler {
            log.info("stopping: SIGTERM")
            let end = DispatchTime.now() + Self.farewell.inSeconds
            DispatchQueue.global().asyncAfter(deadline: end) {
                log.info("stopped with requests still under way")
                exit(0)
            }
        }
        source.resume()
        return source
    }
}
