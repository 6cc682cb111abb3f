internal import Glibc

/// The process that makes and takes the traffic of a measurement: `squall __bench`, started inside a
/// machine. It reads one order a line and answers each with one line: numbers, or `error` and words.
/// It ends with its standard input.
///
///     serve                                 a sink, an echo and a greeter listen
///     await ADDRESS PORT MS                 until somebody listens there
///     bulk ADDRESS PORT WARM_MS MS          bytes acknowledged, nanoseconds
///     trips ADDRESS PORT MS                 how many, p50 and p99 in nanoseconds
///     greetings ADDRESS PORT MS             connections made and ended, nanoseconds
///     relay LISTEN TARGET                   forwards connections to loopback
///     spin                                  keeps one core busy from now on
public enum BenchAgent {
    /// The hidden subcommand.
    public static let subcommand = "__bench"

    /// Where the servers listen.
    static let (sink, echo, greeter): (UInt16, UInt16, UInt16) = (7_001, 7_002, 7_003)

    /// Obeys until standard input ends; the exit status.
    public static func run() -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            let answer: String
            do {
                answer = try obey(words).map(String.init).joined(separator: " ")
            } catch {
                answer = "error \(error)"
            }
            let bytes = Array((answer + "\n").utf8)
            guard write(1, bytes, bytes.count) == bytes.count else { return 1 }
        }
        return 0
    }

    private static func obey(_ words: [String]) throws(SocketError) -> [Int] {
        let numbers = words.dropFirst().compactMap { Int($0) }
        let place = Place(words: words)
        switch (words.first, place, numbers.count) {
        case ("serve", _, 0): try serve()
        case ("await", .some(let place), 2): try reach(place, milliseconds: numbers[1])
        case ("bulk", .some(let place), 3):
            return try bulk(to: place, warm: numbers[1], measured: numbers[2])
        case ("trips", .some(let place), 2):
            return try trips(to: place, milliseconds: numbers[1])
        case ("greetings", .some(let place), 2):
            return try greetings(to: place, milliseconds: numbers[1])
        case ("relay", _, 2):
            try relay(from: UInt16(clamping: numbers[0]), to: UInt16(clamping: numbers[1]))
        case ("spin", _, 0): try background("spin") { while getpid() > 0 {} }
        default: throw SocketError(call: words.joined(separator: " "), code: EINVAL)
        }
        return []
    }

    /// Asks again and again whether somebody listens; a server that was just started may not yet.
    private static func reach(_ place: Place, milliseconds: Int) throws(SocketError) {
        let deadline = monotonic() + milliseconds * 1_000_000
        while true {
            do throws(SocketError) {
                Glibc.close(try connect(to: place))
                return
            } catch {
                guard monotonic() < deadline else { throw error }
                var none = pollfd(fd: -1, events: 0, revents: 0)
                poll(&none, 1, 5)
            }
        }
    }
}
