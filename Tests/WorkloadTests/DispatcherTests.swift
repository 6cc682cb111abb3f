internal import Cluster
internal import Testing

@testable internal import Workload

@Suite("Dispatcher") struct DispatcherTests {
    private let timeout: Int64 = 1_000

    private func read(_ intended: Int64) -> Operation {
        Operation(action: .read(key: 1), intended: intended)
    }

    private func write(_ intended: Int64) -> Operation {
        Operation(action: .write(key: 1, value: intended), intended: intended)
    }

    /// A dispatcher whose connections all stand at time 0.
    private func standing(_ takesWrites: [Bool]) -> Dispatcher {
        var dispatcher = Dispatcher(connections: takesWrites.count, timeout: timeout)
        #expect(
            dispatcher.step(now: 0).actions == takesWrites.indices.map { .connect($0) })
        for (number, takes) in takesWrites.enumerated() {
            dispatcher.opened(number, takesWrites: takes)
        }
        return dispatcher
    }

    @Test("asks the connections in turn")
    func inTurn() {
        var dispatcher = standing([true, true, true])
        var asked: [Int] = []
        for moment in 1...6 {
            #expect(dispatcher.add(read(Int64(moment))) == nil)
            guard case .send(let number, _)? = dispatcher.send(now: Int64(moment)).first else {
                Issue.record("nothing was sent")
                return
            }
            asked.append(number)
            #expect(dispatcher.answered(number, .ok(.nothing))?.outcome == .ok(.nothing))
        }
        #expect(asked == [0, 1, 2, 0, 1, 2])
    }

    @Test("writes go only where they are taken, reads anywhere, the oldest first")
    func writes() {
        var dispatcher = standing([false, true])
        for operation in [write(1), write(2), read(3)] { _ = dispatcher.add(operation) }
        #expect(dispatcher.send(now: 5) == [.send(0, read(3)), .send(1, write(1))])
        _ = dispatcher.answered(1, .ok(.nothing))
        #expect(dispatcher.send(now: 6) == [.send(1, write(2))])
    }

    @Test("a node that says it takes no writes any more gets none")
    func readOnly() {
        var dispatcher = standing([true])
        _ = dispatcher.add(write(1))
        _ = dispatcher.send(now: 1)
        #expect(dispatcher.answered(0, .refused, takesWrites: false)?.outcome == .refused)
        _ = dispatcher.add(write(2))
        #expect(dispatcher.send(now: 2) == [])
    }

    @Test("what found no connection in time is refused")
    func refused() {
        var dispatcher = Dispatcher(connections: 1, timeout: timeout)
        _ = dispatcher.step(now: 0)
        _ = dispatcher.add(read(10))
        #expect(dispatcher.step(now: 900).ended == [])
        #expect(dispatcher.oldest == 10)
        let ended = dispatcher.step(now: 1_011).ended
        #expect(
            ended
                == [.init(operation: read(10), outcome: .refused, sent: nil, timedOut: true)])
        #expect(dispatcher.oldest == nil)
    }

    @Test("what is not answered in time is unknown, and its connection is made anew")
    func unknown() {
        var dispatcher = standing([true])
        _ = dispatcher.add(read(900))
        #expect(dispatcher.step(now: 1_500).actions == [.send(0, read(900))])
        #expect(dispatcher.step(now: 2_400).ended == [], "the time counts from the sending")
        let (actions, ended) = dispatcher.step(now: 2_501)
        #expect(
            ended
                == [
                    .init(
                        operation: read(900), outcome: .unknown, sent: 1_500, connection: 0,
                        timedOut: true)
                ])
        #expect(actions == [.drop(0)])
        #expect(dispatcher.answered(0, .ok(.nothing)) == nil, "the answer came too late")
        let later = 2_501 + Dispatcher.firstPause
        #expect(dispatcher.step(now: later).actions == [.connect(0)])
    }

    @Test("a connection that breaks leaves its operation unknown, an idle one leaves nothing")
    func breaks() {
        var dispatcher = standing([true, true])
        _ = dispatcher.add(write(1))
        _ = dispatcher.send(now: 1)
        #expect(
            dispatcher.closed(0, now: 5)
                == .init(operation: write(1), outcome: .unknown, sent: 1, connection: 0))
        #expect(dispatcher.closed(1, now: 5) == nil)
        #expect(dispatcher.open == 0)
    }

    @Test("waits longer after every failure, at most half a second")
    func pauses() {
        var dispatcher = Dispatcher(connections: 1, timeout: 10_000_000_000)
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<8 {
            #expect(dispatcher.step(now: now).actions == [.connect(0)])
            _ = dispatcher.closed(0, now: now)
            let began = now
            while dispatcher.step(now: now).actions.isEmpty { now += 10_000_000 }
            _ = dispatcher.closed(0, now: now)
            pauses.append((now - began) / 1_000_000)
            now += Dispatcher.longestPause
        }
        #expect(pauses.first == 10)
        #expect(pauses.last == 100)
        #expect(pauses == pauses.sorted())
    }

    @Test("what one node turns away another one is asked for, once")
    func elsewhere() {
        var dispatcher = Dispatcher(connections: 4, targets: 2, timeout: timeout)
        _ = dispatcher.step(now: 0)
        for number in [0, 2, 1, 3] { dispatcher.opened(number, takesWrites: true) }
        _ = dispatcher.add(write(1))
        #expect(dispatcher.send(now: 1) == [.send(0, write(1))])
        #expect(dispatcher.answered(0, .elsewhere) == nil)
        #expect(dispatcher.oldest == 1)
        #expect(dispatcher.send(now: 2) == [.send(1, write(1))], "2 goes to the same node as 0")
        #expect(
            dispatcher.answered(1, .elsewhere)
                == .init(operation: write(1), outcome: .refused, sent: 2, connection: 1))
        #expect(dispatcher.send(now: 3) == [])
    }

    @Test("what one node turns away is refused where there is no other one, or none that stands")
    func nowhereElse() {
        var alone = standing([true, true])
        _ = alone.add(write(1))
        _ = alone.send(now: 1)
        #expect(alone.answered(0, .elsewhere)?.outcome == .refused)
        var gone = Dispatcher(connections: 2, targets: 2, timeout: timeout)
        _ = gone.step(now: 0)
        gone.opened(0, takesWrites: true)
        _ = gone.add(write(1))
        _ = gone.send(now: 1)
        #expect(gone.answered(0, .elsewhere)?.outcome == .refused)
    }

    @Test("what waits for another node is refused in time like anything else")
    func lateSecond() {
        var dispatcher = Dispatcher(connections: 2, targets: 2, timeout: timeout)
        _ = dispatcher.step(now: 0)
        for number in 0...1 { dispatcher.opened(number, takesWrites: true) }
        _ = dispatcher.add(write(1))
        _ = dispatcher.add(write(2))
        _ = dispatcher.send(now: 1)
        #expect(dispatcher.answered(0, .elsewhere) == nil)
        #expect(dispatcher.closed(1, now: 5)?.outcome == .unknown)
        let ended = dispatcher.step(now: 1_002).ended
        #expect(
            ended == [.init(operation: write(1), outcome: .refused, sent: nil, timedOut: true)])
    }

    @Test("a full queue refuses at once")
    func full() {
        var dispatcher = Dispatcher(connections: 1, timeout: timeout)
        var refused = 0
        for _ in 0..<(Dispatcher.mostWaiting + 50) where dispatcher.add(read(1)) != nil {
            refused += 1
        }
        #expect(refused == 50)
    }

    @Test("asks again for roles when writes find nobody who takes them")
    func newMaster() {
        var dispatcher = standing([false, false])
        _ = dispatcher.add(write(1))
        let (actions, ended) = dispatcher.step(now: 2_000)
        #expect(ended.map(\.outcome) == [.refused])
        #expect(actions == [.drop(0)])
    }

    @Test("every operation ends once, whatever happens", arguments: 0..<100 as Range<UInt64>)
    func random(seed: UInt64) {
        let dice = KeyedRandom(seed: seed)
        var draws: UInt64 = 0
        func roll(_ bound: UInt64) -> Int {
            draws += 1
            return Int(KeyedRandom.scale(dice.bits(.other, number: draws), below: bound))
        }
        var dispatcher = Dispatcher(
            connections: 4, targets: 1 + roll(3), timeout: timeout)
        var ended: [Int64: Int] = [:]
        var added: Int64 = 0
        var connecting: Set<Int> = []
        var busy: [Int: Int64] = [:]
        func end(_ end: Dispatcher.Ended?) {
            if let end { ended[end.operation.intended, default: 0] += 1 }
        }
        func perform(_ actions: [Dispatcher.Action]) {
            for action in actions {
                switch action {
                case .connect(let number): connecting.insert(number)
                case .send(let number, let operation):
                    #expect(busy[number] == nil, "two operations on one connection")
                    busy[number] = operation.intended
                case .drop(let number):
                    connecting.remove(number)
                    busy[number] = nil
                }
            }
        }
        var now: Int64 = 0
        for _ in 0..<2_000 {
            now += Int64(roll(30))
            switch roll(6) {
            case 0, 1:
                added += 1
                end(dispatcher.add(roll(2) == 0 ? read(added) : write(added)))
            case 2:
                if let number = connecting.sorted().dropFirst(roll(4)).first {
                    connecting.remove(number)
                    dispatcher.opened(number, takesWrites: roll(2) == 0)
                }
            case 3:
                if let number = busy.keys.sorted().dropFirst(roll(4)).first {
                    busy[number] = nil
                    let outcome: Outcome = roll(3) > 0 ? .ok(.nothing) : .elsewhere
                    end(dispatcher.answered(number, outcome, takesWrites: roll(9) > 0))
                }
            case 4:
                let number = roll(4)
                busy[number] = nil
                connecting.remove(number)
                end(dispatcher.closed(number, now: now))
            default:
                if roll(50) == 0 { now += Dispatcher.longestPause }
                let (actions, over) = dispatcher.step(now: now)
                for item in over { end(item) }
                perform(actions)
            }
        }
        for _ in 0..<3 {
            now += 5 * timeout
            let (actions, over) = dispatcher.step(now: now)
            for item in over { end(item) }
            perform(actions.filter { if case .connect = $0 { false } else { true } })
        }
        #expect(dispatcher.oldest == nil)
        #expect(ended.count == Int(added))
        #expect(ended.values.allSatisfy { $0 == 1 })
    }
}
