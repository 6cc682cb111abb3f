internal import CLinux
internal import Cluster
internal import Faults

/// From the buffer to its receivers.
extension Switch {
    /// Forwards the IPv4 packet in the buffer by its destination address. Never back to its sender.
    mutating func forward(_ from: UInt16, available: Int) {
        guard let packet = Packet.parse(buffer, available: available) else {
            ports[Int(from)].malformed += 1
            return
        }
        let to = packet.destination
        if packet.isToMany {
            // A copy to every other machine, each under its link's policy.
            if tap.isOn { tap.sent(packet, buffer, from: from, toMany: true) }
            for receiver in 0..<portRoom
            where receiver != Int(from) && ports[receiver].descriptor >= 0 {
                deliver(packet, LinkID(from: NodeID(from), to: NodeID(UInt16(receiver))))
            }
            return
        }
        let receiver = to >> 16 == Self.network ? owners[Int(to & 0xffff)] : Self.nobody
        guard receiver != Self.nobody, receiver != from else {
            ports[Int(from)].unknown += 1
            if tap.isOn { tap.sent(packet, buffer, from: from, toMany: false) }
            return
        }
        deliver(packet, LinkID(from: NodeID(from), to: NodeID(receiver)))
    }

    private mutating func deliver(_ packet: Packet, _ link: LinkID) {
        let number = links.number(link.from.index, link.to.index)
        let state = links.state(number)
        state.pointee.packets &+= UInt64(packet.segments)
        state.pointee.bytes &+= UInt64(packet.wireBytes)
        if packet.opens { state.pointee.connections &+= 1 }

        let policy = program.policy(link.from.index, link.to.index)
        if policy.count == 0, state.pointee.head == Slab.none {
            pass(packet, state)
        } else if policy.flags.contains(.alters) {
            alter(packet, link, policy, number)
        } else {
            decide(packet, link, policy, number)
        }
    }

    /// Draws for each wire packet where a term draws at all, once for the whole packet otherwise, and
    /// carries out what was decided for each run of segments with the same fate.
    private mutating func decide(
        _ packet: Packet, _ link: LinkID, _ policy: LinkPolicy, _ number: Int
    ) {
        let state = links.state(number)
        let now = squall_monotonic_ns()
        let terms = program.terms + Int(policy.first)
        let counts = program.counts + Int(policy.first)
        let alone = packet.segments == 1 || !policy.flags.contains(.perPacket)
        let draws = alone ? 1 : packet.segments
        if tap.isOn { tap.prepare(counts, Int(policy.count), alone: alone) }
        // No packet leaves before one that came earlier on its link.
        var earliest = state.pointee.isHolding ? max(now, state.pointee.lastDeadline) : now
        for draw in 0..<draws {
            let decision = Decision.decide(
                terms, counts, count: Int(policy.count), packet: packet.facts, link: link,
                random: random, now: now, wirePackets: alone ? UInt64(packet.segments) : 1)
            if decision.dropped {
                fates[draw] = Self.lost
                if tap.isOn { tap.blame(draw, terms, counts, Int(policy.count)) }
            } else {
                earliest = max(earliest, now &+ decision.delay)
                fates[draw] = earliest
            }
        }

        let held = policy.flags.contains(.hold) || state.pointee.head != Slab.none
        var first = 0
        while first < draws {
            var end = first + 1
            while end < draws, fates[end] == fates[first] { end += 1 }
            let run = alone ? 0..<packet.segments : first..<end
            if fates[first] == Self.lost {
                state.pointee.dropped &+= UInt64(run.count)
                note(packet, run, state, .dropped, at: now)
            } else if fates[first] <= now, !held {
                run.count == packet.segments ? pass(packet, state) : pass(packet, run, state)
            } else {
                let paused = policy.flags.contains(.hold)
                enqueue(packet, run, number, deadline: fates[first], arrival: now, paused: paused)
            }
            first = end
        }
    }

    private static let lost = Int64.min

    // MARK: Writing

    /// Hands the whole packet in the buffer to its receiver's kernel.
    mutating func pass(_ packet: Packet, _ state: UnsafeMutablePointer<LinkState>) {
        let to = Int(state.pointee.to)
        var result = -SQUALL_AGAIN
        if ports[to].blockedHead == Slab.none {
            result = ports[to].write(buffer, head: packet.length)
        }
        settle(packet, 0..<packet.segments, state, result)
    }

    /// Hands a run of segments to its receiver's kernel: new headers, the payload where it lies.
    mutating func pass(
        _ packet: Packet, _ run: Range<Int>, _ state: UnsafeMutablePointer<LinkState>
    ) {
        let to = Int(state.pointee.to)
        var result = -SQUALL_AGAIN
        if ports[to].blockedHead == Slab.none {
            _ = packet.writeHeaders(of: run, from: buffer, into: scratch)
            let part = packet.bytes(of: run)
            result = ports[to].write(
                scratch, head: packet.header,
                rest: buffer + Frame.ip + packet.header + part.lowerBound, tail: part.count)
        }
        settle(packet, run, state, result)
    }

    /// After writing: what the kernel does not take now waits at the port, if there is room.
    private mutating func settle(
        _ packet: Packet, _ run: Range<Int>, _ state: UnsafeMutablePointer<LinkState>,
        _ result: Int32
    ) {
        let to = Int(state.pointee.to)
        var isTaken = result == 0
        if result == -SQUALL_AGAIN {
            isTaken = block(packet, run, to)
        } else if result != 0 {
            ports[to].failed &+= UInt64(run.count)
        }
        guard isWatched else { return }
        note(packet, run, state, isTaken ? .passed : .refused, at: squall_monotonic_ns())
    }

    // MARK: Address questions

    /// Answers "who has this address" for every machine there is. Nothing of ARP is ever forwarded.
    mutating func answerAddressQuestion(_ from: UInt16, available: Int) {
        let question = buffer + Frame.ip
        guard available >= 28, squall_get16(question) == 1, squall_get16(question + 2) == 0x0800,
            question[4] == 6, question[5] == 4
        else {
            ports[Int(from)].malformed += 1
            return
        }
        let wanted = squall_get32(question + 24)
        let asker = squall_get32(question + 14)
        // The diagonal of the table is the port itself: a muted one hears nothing.
        let muted = program.policy(from, from).flags.contains(.mute)
        guard squall_get16(question + 6) == 1, !muted, asker == ports[Int(from)].address,
            wanted >> 16 == Self.network, wanted != asker,
            owners[Int(wanted & 0xffff)] != Self.nobody
        else { return }

        let ethernet = scratch + Frame.ethernet
        let answer = scratch + Frame.ip
        scratch.update(repeating: 0, count: Frame.ethernet)
        ethernet.update(from: question + 8, count: 6)
        PortState.writeHardwareAddress(ethernet + 6, of: wanted)
        squall_put16(ethernet + 12, 0x0806)
        answer.update(from: question, count: 6)
        squall_put16(answer + 6, 2)
        PortState.writeHardwareAddress(answer + 8, of: wanted)
        squall_put32(answer + 14, wanted)
        (answer + 18).update(from: question + 8, count: 10)
        let length = Frame.ip + 28
        if squall_write3(ports[Int(from)].descriptor, scratch, length, nil, 0, nil, 0) > 0 {
            ports[Int(from)].answered += 1
        }
    }

    // MARK: The capture and the packet log

    /// Whether anybody wants to know what becomes of packets.
    var isWatched: Bool { tap.isOn || logRoom > 0 }

    /// Tells what became of a run of the packet in the buffer.
    mutating func note(
        _ packet: Packet, _ run: Range<Int>, _ state: UnsafeMutablePointer<LinkState>,
        _ fate: PacketSummary.Fate, at: Int64
    ) {
        if tap.isOn { tap.take(packet, run, buffer, state, fate, at: at, order: order) }
        remember(packet, run, state, fate, at: at)
    }

    /// Writes what became of a run of a packet into the packet log.
    mutating func remember(
        _ packet: Packet, _ run: Range<Int>, _ state: UnsafeMutablePointer<LinkState>,
        _ fate: PacketSummary.Fate, at: Int64
    ) {
        guard logRoom > 0 else { return }
        let whole = run.count == packet.segments
        let payload = whole ? packet.length - packet.header : packet.bytes(of: run).count
        log[logged % logRoom] = PacketSummary(
            at: at, from: NodeID(state.pointee.from), to: NodeID(state.pointee.to),
            length: UInt32(packet.header + payload), payload: UInt32(payload),
            source: packet.facts.source, destination: packet.facts.destination,
            segments: UInt16(run.count), transport: packet.facts.transport, flags: packet.flags,
            fate: fate)
        logged += 1
    }
}
