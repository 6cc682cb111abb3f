import Testing

@testable import Fabric

@Suite("Queues in memory")
struct MemoryTests {
    @Test("the heap gives links in the order of deadline, then of coming", arguments: 0..<20)
    func heap(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var heap = DeadlineHeap()
        var reference: [(Int64, UInt64)] = []
        for order in UInt64(0)..<2_000 {
            if dice.below(3) > 0 || reference.isEmpty {
                let deadline = Int64(dice.below(50))
                heap.insert(.init(deadline: deadline, order: order, link: 0))
                reference.append((deadline, order))
                reference.sort { $0 < $1 }
            } else if dice.below(2) == 0 {
                reference.removeFirst()
                heap.removeTop()
            } else {
                let deadline = Int64(dice.below(50))
                heap.replaceTop(.init(deadline: deadline, order: order, link: 0))
                reference[0] = (deadline, order)
                reference.sort { $0 < $1 }
            }
            #expect(heap.count == reference.count)
            if let first = reference.first {
                #expect(heap.top.deadline == first.0 && heap.top.order == first.1, "seed \(seed)")
            }
        }
    }

    @Test("slots do not overlap, are given back, and the bound holds", arguments: 0..<5)
    func slab(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var slab = Slab(bound: 8 << 20)
        var held: [(slot: Slab.Slot, mark: UInt8, length: Int)] = []
        var refusals = 0
        for _ in 0..<3_000 {
            if dice.below(5) > 1 || held.isEmpty {
                let length = 1 + dice.below(dice.below(2) == 0 ? 1_500 : 65_535)
                let slot = slab.take(length)
                guard slot != Slab.none else {
                    refusals += 1
                    continue
                }
                let mark = UInt8(truncatingIfNeeded: dice.bits())
                slab.frame(slot).update(repeating: mark, count: Frame.ip + length)
                held.append((slot, mark, length))
            } else {
                let (slot, mark, length) = held.remove(at: dice.below(held.count))
                let frame = slab.frame(slot)
                #expect(frame[0] == mark && frame[Frame.ip + length - 1] == mark)
                slab.free(slot)
            }
            #expect(slab.used <= 8 << 20)
        }
        for entry in held { slab.free(entry.slot) }
        #expect(slab.used == 0)
        // Memory goes back when nothing is held, and comes again.
        slab.trim()
        let again = slab.take(1_000)
        #expect(again != Slab.none)
        slab.frame(again).update(repeating: 1, count: 1_000)
        #expect(refusals > 0)
    }

    @Test("links keep their numbers and states while the store grows")
    func links() {
        var store = LinkStore()
        var numbers: [Int: Int] = [:]
        var dice = Dice(seed: 1)
        for _ in 0..<20_000 {
            let (from, to) = (dice.below(300), dice.below(300))
            let number = store.number(UInt16(from), UInt16(to))
            #expect(numbers[from * 1_000 + to] ?? number == number)
            numbers[from * 1_000 + to] = number
            #expect(store.state(number).pointee.from == UInt16(from))
            #expect(store.state(number).pointee.to == UInt16(to))
        }
        #expect(Set(numbers.values).count == numbers.count)
        #expect(store.count == numbers.count)
    }

    @Test("a ring hands every message over once and in order, from thread to thread")
    func ring() throws {
        let ring = Ring()
        let count: UInt64 = 200_000
        let producer = try Thread("producer") {
            var next: UInt64 = 0
            while next < count {
                if ring.post(Message(kind: .counters, address: UInt32(next), ticket: next)) {
                    next += 1
                }
            }
        }
        var expected: UInt64 = 0
        while expected < count {
            guard let message = ring.take() else { continue }
            if message.ticket != expected || message.address != UInt32(expected) {
                Issue.record("message \(message.ticket) came instead of \(expected)")
                break
            }
            expected += 1
        }
        producer.join()
        #expect(ring.take() == nil)
    }

    @Test("a full ring refuses, and goes on when it was emptied")
    func fullRing() {
        let ring = Ring()
        for ticket in 0..<Ring.room { #expect(ring.post(Message(kind: .log, ticket: ticket))) }
        #expect(!ring.post(Message(kind: .log)))
        #expect(ring.take()?.ticket == 0)
        #expect(ring.post(Message(kind: .log, ticket: 9)))
    }

    @Test("addresses read and print as they are written")
    func addresses() {
        #expect(IPv4Address("10.66.0.2")?.value == 0x0a42_0002)
        #expect(IPv4Address("10.66.0.2")?.description == "10.66.0.2")
        #expect(IPv4Address(0x0a42_0102).hardwareAddress == [2, 0, 10, 66, 1, 2])
        for text in [
            "10.66.0", "10.66.0.256", "10.66.0.2.1", "", "a.b.c.d", "10.66.0.+2", "10..0.2",
        ] {
            #expect(IPv4Address(text) == nil, "\(text)")
        }
    }

    @Test("drops of a device are read from the columns where the kernel writes them")
    func deviceDrops() {
        let text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:     100       2    0    7    0     0          0         0      100       2    0    0    0     0       0          0
              eth0: 3467240   65225    0    3    0     0          0         0  2714327   41119    0    4    0     0       0          0
            """
        #expect(DeviceDrops.parse(text, device: "eth0") == 7)
        #expect(DeviceDrops.parse(text, device: "eth1") == nil)
    }
}
