internal import Exports
internal import Glibc
internal import Synchronization

/// Whole lines on standard output, from several threads.
final class LinePrinter: Sendable {
    private let colour: Bool
    private let turn = Mutex(())

    init(colour: Bool) { self.colour = colour }

    func say(_ lines: [RunTelling.Line]) {
        guard !lines.isEmpty else { return }
        turn.withLock { _ in
            for line in lines { print(line.printed(.words, colour: colour)) }
            flushOutput()
        }
    }
}
