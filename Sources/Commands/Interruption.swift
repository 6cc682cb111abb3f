internal import Foundation
internal import Glibc
internal import Lab
internal import Synchronization

/// SIGINT, SIGTERM and SIGHUP of headless runs: the lab that runs is told, heals and cleans, and ends
/// with 130 or 143; whatever was to run afterwards is left out, and the reports are written.
enum Interruption {
    private struct State {
        var isListening = false
        /// The lab that has to be told.
        var socket: String?
        /// Runs that ended already: their reports have to be written.
        var hasEnded = false
        var signal: Int32?
    }

    private static let state = Mutex(State())

    /// Called before any other thread exists.
    static func listen() {
        let isFirst = state.withLock { state in
            defer { state.isListening = true }
            return !state.isListening
        }
        guard isFirst else { return }
        var ends = signals
        pthread_sigmask(SIG_BLOCK, &ends, nil)
        let thread = Thread {
            var ends = signals
            while true {
                var number: Int32 = 0
                guard sigwait(&ends, &number) == 0 else { return }
                came(number)
            }
        }
        thread.start()
    }

    private static func came(_ number: Int32) {
        let (socket, hasEnded) = state.withLock { state in
            state.signal = number
            return (state.socket, state.hasEnded)
        }
        if let socket, tell(socket, number) { return }
        // Between two runs the command itself sees it; before the first there is nothing to write.
        if !hasEnded { exit(128 + number) }
    }

    private static func tell(_ socket: String, _ number: Int32) -> Bool {
        guard let client = try? ControlClient(path: socket) else { return false }
        let code = number == SIGINT ? "130" : "143"
        return (try? client.ask(ControlRequest(verb: .interrupt, by: code))) != nil
    }

    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        return set
    }

    /// A lab runs; it has to be told, also of what came just before.
    static func began(_ socket: String) {
        let signal = state.withLock { state in
            state.socket = socket
            return state.signal
        }
        if let signal { _ = tell(socket, signal) }
    }

    /// The lab has ended.
    static func ended() {
        state.withLock { state in
            state.socket = nil
            state.hasEnded = true
        }
    }

    /// The exit code of a signal that came; `nil` when none did.
    static var code: Int32? { state.withLock { $0.signal.map { 128 + $0 } } }
}
