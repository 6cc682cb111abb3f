import CLinux
import CTerminal
import Cluster
import Dashboard
import Foundation
import Synchronization
import Testing

@testable import Terminal

/// What a world made by hand hands out and takes in; shared between the test and the painter's thread.
final class Desk: Sendable {
    private struct Content {
        var waiting: [Entry] = []
        var next: UInt64 = 0
        var commands: [String] = []
        var refusal: String?
        var rounds = 0
        var clock = 5.5
    }

    private let content = Mutex(Content())

    func add(_ event: Event) {
        content.withLock { content in
            content.waiting.append(
                Entry(number: content.next, at: Stamp(seconds: 5), event: event))
            content.next += 1
        }
    }

    func refuse(_ sentence: String) { content.withLock { $0.refusal = sentence } }

    func take() -> [Entry] {
        content.withLock { content in
            defer { content.waiting = [] }
            content.rounds += 1
            return content.waiting
        }
    }

    func give(_ command: String, by: String) -> String? {
        content.withLock { content in
            content.commands.append("\(by): \(command)")
            return content.refusal
        }
    }

    func setClock(_ seconds: Double) { content.withLock { $0.clock = seconds } }

    var clock: Stamp { Stamp(seconds: content.withLock { $0.clock }) }

    var commands: [String] { content.withLock { $0.commands } }
    /// How often the painter has asked for entries.
    var rounds: Int { content.withLock { $0.rounds } }
}

/// A pseudo-terminal with a painter on its other end.
final class Pane {
    let desk = Desk()
    /// Bytes read since the last `settle`.
    private(set) var readBytes = 0
    private var master: Int32
    /// Kept open, so that the painter can open it by its path.
    private let far: Int32
    private let path: String
    private let wake: Int32
    private var text = ""

    init(columns: UInt16 = 100, rows: UInt16 = 30, nodes: Int = 3) throws {
        var near: Int32 = -1
        var far: Int32 = -1
        try #require(squall_open_terminal(&near, &far) == 0)
        (master, self.far) = (near, far)
        path = "/proc/self/fd/\(far)"
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
        wake = squall_terminal_wake_open()
        desk.add(.runBegan(RunDescription(run: "r", topology: "kv", seed: 1)))
        for index in 0..<nodes {
            let id = NodeID(UInt16(index))
            desk.add(
                .nodeDefined(
                    id,
                    NodeDescription(name: "kv-\(index + 1)", group: "kv", address: "10.66.0.2")))
            desk.add(.nodeChanged(id, NodeChange(phase: .ready)))
        }
    }

    deinit {
        if master >= 0 { close(master) }
        close(far)
        close(wake)
    }

    /// A painter on a thread of its own.
    func start(depth: Theme.Depth? = .many) -> Running {
        let (desk, wake, path) = (desk, wake, path)
        return Running {
            var world = LiveWorld(
                wake: wake,
                entries: {
                    squall_terminal_wake_clear(wake)
                    return desk.take()
                }, now: { desk.clock }, send: { desk.give($0, by: $1) })
            var view = View()
            var options = PainterOptions(depth: depth, glyphs: .braille, terminal: path)
            return try? runPainter(&world, view: &view, options: &options)
        }
    }

    /// A painter that shows another world.
    func start(_ world: some PainterWorld & Sendable) -> Running {
        let path = path
        return Running {
            var world = world
            var view = View()
            var options = PainterOptions(depth: .many, glyphs: .braille, terminal: path)
            return try? runPainter(&world, view: &view, options: &options)
        }
    }

    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        #expect(write(master, bytes, bytes.count) == bytes.count)
    }

    func hangUp() {
        close(master)
        master = -1
    }

    /// Wakes the painter up, and waits until it has looked at what is new and come back for more.
    func poke() {
        let before = desk.rounds
        let deadline = Date().addingTimeInterval(10)
        while desk.rounds < before + 2, Date() < deadline {
            squall_terminal_wake(wake)
            usleep(5_000)
        }
        #expect(desk.rounds >= before + 2, "the painter does not wake up")
    }

    /// Reads all that is there.
    func settle() {
        poke()
        while pending > 0 { _ = read(for: 0) }
        readBytes = 0
        text = ""
    }

    /// Bytes that were written and not read.
    var pending: Int {
        var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 0) > 0, descriptor.revents & Int16(POLLIN) != 0 else { return 0 }
        var count: Int32 = 0
        return ioctl(master, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// Reads until a text has come, ten seconds at most.
    func reads(until wanted: String) -> Bool {
        let deadline = Date().addingTimeInterval(10)
        while !text.contains(wanted) {
            guard Date() < deadline else {
                Issue.record(
                    "no \(wanted.debugDescription) in \(text.suffix(500).debugDescription)")
                return false
            }
            if !read(for: 100) { squall_terminal_wake(wake) }
        }
        return true
    }

    private func read(for milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(master, &bytes, bytes.count)
        guard count > 0 else { return false }
        readBytes += count
        text += String(decoding: bytes.prefix(count), as: UTF8.self)
        return true
    }
}

/// A painter that runs.
final class Running {
    private let result = Result()

    private final class Result: Sendable {
        let value = Mutex<PainterEnd?>(nil)
        let done = DispatchSemaphore(value: 0)
    }

    init(_ body: @escaping @Sendable () -> PainterEnd?) {
        let result = result
        Thread.detachNewThread {
            let end = body()
            result.value.withLock { $0 = end }
            result.done.signal()
        }
    }

    /// How it ended; `nil` when it has not after ten seconds.
    func end() -> PainterEnd? {
        guard result.done.wait(timeout: .now() + 10) == .success else {
            Issue.record("the painter does not end")
            return nil
        }
        return result.value.withLock { $0 }
    }
}
