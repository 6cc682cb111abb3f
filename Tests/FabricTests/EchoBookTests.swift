import Cluster
import Testing

@testable import Fabric

@Suite("The echo's book")
struct EchoBookTests {
    private let second: Int64 = 1_000_000_000

    private func book(_ machines: Int) -> EchoBook {
        var book = EchoBook()
        for node in 0..<machines { book.add(NodeID(UInt16(node)), address: Wire.address(node)) }
        return book
    }

    /// Sends what is due until `end`; what was sent.
    private func run(_ book: inout EchoBook, until end: Int64) -> [(Int64, EchoBook.Request)] {
        var sent: [(Int64, EchoBook.Request)] = []
        var now: Int64 = 0
        while now < end {
            sent += book.due(now).map { (now, $0) }
            _ = book.settle(now)
            now = max(now + 1, book.next ?? end)
        }
        return sent
    }

    @Test("idle, each pair of three is asked once in three seconds, from one side")
    func idle() {
        var book = book(3)
        let sent = run(&book, until: 3 * second)
        let pairs = sent.map { [$0.1.from.index, $0.1.to.index] }
        #expect(pairs == [[0, 1], [0, 2], [1, 2]])
    }

    @Test("many machines cost at most fifty echoes a second")
    func manyMachines() {
        var book = book(100)
        #expect(run(&book, until: 10 * second).count <= 501)
    }

    @Test("nothing is asked while there is nobody to ask, or idling is off")
    func quiet() {
        var one = book(1)
        #expect(run(&one, until: 5 * second).isEmpty)
        #expect(one.next == nil)
        var off = book(3)
        off.isIdling = false
        #expect(run(&off, until: 5 * second).isEmpty)
        #expect(off.next == nil)
    }

    @Test("an answer is a sample with its round trip; the wrong machine's is none")
    func answers() throws {
        var book = book(3)
        let request = try #require(book.due(0).first)
        let (from, cookie) = (request.from, request.cookie)
        let taken = [
            book.answered(cookie, from: from, address: Wire.address(2), at: 1_000),
            book.answered(cookie + 1, from: from, address: Wire.address(1), at: 1_000),
            book.answered(cookie, from: from, address: Wire.address(1), at: 1_000),
            book.answered(cookie, from: from, address: Wire.address(1), at: 2_000),
        ]
        #expect(taken == [false, false, true, false])
        let samples = book.takeIdleSamples()
        #expect(samples.map(\.roundTrip) == [1_000])
        #expect(book.idleSamples.isEmpty)
    }

    @Test("what is not answered within three seconds is lost, and a late answer is none")
    func lost() throws {
        var book = book(2)
        let request = try #require(book.due(0).first)
        _ = book.settle(3 * second - 1)
        #expect(book.idleSamples.isEmpty)
        _ = book.settle(3 * second)
        #expect(book.idleSamples.map(\.roundTrip) == [nil])
        let isTaken = book.answered(
            request.cookie, from: request.from, address: Wire.address(1), at: 3 * second)
        #expect(!isTaken)
    }

    @Test("a burst sends its echoes at their distance and ends with all samples in order")
    func burst() throws {
        var book = book(2)
        book.isIdling = false
        book.begin(
            1, from: NodeID(0), to: NodeID(1), count: 3, every: 10_000_000, patience: second, now: 0
        )
        var cookies: [UInt64] = []
        for now: Int64 in [0, 10_000_000, 20_000_000] {
            #expect(book.next == now || now > 0)
            cookies += book.due(now).map(\.cookie)
        }
        #expect(cookies.count == 3)
        for cookie in [cookies[2], cookies[0]] {
            book.answered(cookie, from: NodeID(0), address: Wire.address(1), at: 30_000_000)
        }
        let early = book.settle(900_000_000)
        #expect(early.isEmpty)
        let finished = book.settle(second + 10_000_000)
        #expect(finished.map(\.burst) == [1])
        #expect(finished.first?.samples.map(\.roundTrip) == [30_000_000, nil, 10_000_000])
    }

    @Test("a burst of a machine that is gone ends with nothing answered")
    func gone() {
        var book = book(2)
        book.isIdling = false
        book.remove(NodeID(0))
        book.begin(1, from: NodeID(0), to: NodeID(1), count: 2, every: 1_000_000, now: 0)
        _ = book.due(0)
        _ = book.due(1_000_000)
        let finished = book.settle(1_000_000)
        #expect(finished.first?.samples.map(\.roundTrip) == [nil, nil])
    }

    @Test("impatient and patient echoes are each given up in their own time")
    func patience() {
        var book = book(2)
        book.isIdling = false
        book.begin(1, from: NodeID(0), to: NodeID(1), count: 1, every: 1, now: 0)
        book.begin(
            2, from: NodeID(0), to: NodeID(1), count: 1, every: 1, patience: second, now: 0)
        _ = book.due(0)
        let ends = [book.settle(second).map(\.burst), book.settle(3 * second).map(\.burst)]
        #expect(ends == [[2], [1]])
    }

    @Test("second answers are counted, also for a while after the last first one")
    func repeated() throws {
        var book = book(2)
        book.isIdling = false
        let linger: Int64 = 5_000_000
        book.begin(
            1, from: NodeID(0), to: NodeID(1), count: 3, every: 0, linger: linger, now: 0)
        let asked = book.due(0)
        #expect(asked.count == 3)
        for request in asked {
            let isTaken = book.answered(
                request.cookie, from: NodeID(0), address: Wire.address(1), at: 9)
            #expect(isTaken)
        }
        let early = book.settle(10)
        #expect(early.isEmpty && book.next == 9 + linger)
        // A stranger's answer counts for nobody.
        let isStrangers = book.answered(
            asked[0].cookie, from: NodeID(0), address: Wire.address(7), at: 11)
        #expect(!isStrangers)
        for _ in 0..<2 {
            book.answered(asked[2].cookie, from: NodeID(0), address: Wire.address(1), at: 12)
        }
        let finished = book.settle(9 + linger)
        #expect(finished.first?.samples.map(\.answers) == [1, 1, 3])
        let later = book.settle(4 * second)
        #expect(later.isEmpty)
        #expect(book.next == nil)
    }

    @Test("an answer with other bytes is told apart, and belongs to the echo of its number")
    func altered() throws {
        var book = book(2)
        book.isIdling = false
        book.begin(1, from: NodeID(0), to: NodeID(1), count: 2, every: 0, bytes: 900, now: 0)
        let asked = book.due(0)
        #expect(asked.map(\.bytes) == [900, 900])
        let number = UInt16(truncatingIfNeeded: asked[1].cookie)
        let taken = [
            book.altered(number, from: NodeID(0), address: Wire.address(7), at: 5),
            book.altered(number, from: NodeID(0), address: Wire.address(1), at: 5),
            book.answered(asked[0].cookie, from: NodeID(0), address: Wire.address(1), at: 6),
        ]
        #expect(taken == [false, true, true])
        let samples = try #require(book.settle(10).first?.samples)
        #expect(samples.count(where: \.isAltered) == 1)
        #expect(samples.first(where: \.isAltered)?.roundTrip == 5)
    }
}
