internal import CLinux
internal import Cluster
internal import Faults

/// Packets that wait: in the queue of their link until their time comes, or at a port whose kernel
/// does not take more. Both are chains of slab slots and both are bounded.
extension Switch {
    /// Copies a run of the packet in the buffer into the queue of its link; drops it, counted as
    /// `queue full`, when the link holds as much as it may.
    mutating func enqueue(
        _ packet: Packet, _ run: Range<Int>, _ number: Int, deadline: Int64, arrival: Int64,
        paused: Bool
    ) {
        let state = links.state(number)
        let count = UInt32(run.count)
        guard state.pointee.heldPackets + count <= Self.mostHeldPackets,
            let slot = store(packet, run, room: Self.mostHeldBytes - state.pointee.heldBytes)
        else {
            state.pointee.queueFull &+= UInt64(count)
            note(packet, run, state, .queueFull, at: arrival)
            return
        }
        append(slot, number, deadline: deadline, arrival: arrival, paused: paused)
        note(packet, run, state, .queued, at: arrival)
    }

    /// Puts a slot at the end of the queue of its link.
    mutating func append(
        _ slot: Slab.Slot, _ number: Int, deadline: Int64, arrival: Int64, paused: Bool
    ) {
        let state = links.state(number)
        order &+= 1
        let header = slab.header(slot)
        let count = header.pointee.segments
        header.pointee.deadline = deadline
        header.pointee.arrival = arrival
        header.pointee.order = order
        state.pointee.heldPackets += count
        state.pointee.heldBytes += Int(header.pointee.size)
        state.pointee.lastDeadline = deadline
        heldPackets += Int(count)
        if state.pointee.head == Slab.none {
            state.pointee.head = slot
            state.pointee.paused = paused
            if !paused {
                heap.insert(
                    DeadlineHeap.Entry(deadline: deadline, order: order, link: UInt32(number)))
            }
        } else {
            slab.header(state.pointee.tail).pointee.next = slot
        }
        state.pointee.tail = slot
    }

    /// A copy of a run in a slot of at most `room` bytes.
    mutating func store(_ packet: Packet, _ run: Range<Int>, room: Int) -> Slab.Slot? {
        let whole = run.count == packet.segments
        let length = whole ? packet.length : packet.header + packet.bytes(of: run).count
        guard length <= room else { return nil }
        let slot = slab.take(length)
        guard slot != Slab.none else { return nil }
        let header = slab.header(slot)
        guard Int(header.pointee.size) <= room else {
            slab.free(slot)
            return nil
        }
        header.pointee.length = UInt32(length)
        header.pointee.segments = UInt32(run.count)
        if whole {
            slab.frame(slot).update(from: buffer, count: Frame.ip + length)
        } else {
            _ = packet.copy(run, from: buffer, into: slab.frame(slot))
        }
        return slot
    }

    /// Sends what is due.
    mutating func release(now: Int64) {
        var now = now
        while heap.count > 0 {
            let top = heap.top
            guard top.deadline <= now else { return }
            let state = links.state(Int(top.link))
            if top.slot != Slab.none {
                releaseStray(top, state, now: now)
                now = squall_monotonic_ns()
                continue
            }
            let slot = state.pointee.head
            let header = slab.header(slot)
            let next = header.pointee.next
            state.pointee.head = next
            state.pointee.heldPackets -= header.pointee.segments
            state.pointee.heldBytes -= Int(header.pointee.size)
            heldPackets -= Int(header.pointee.segments)
            if next == Slab.none {
                state.pointee.tail = Slab.none
                heap.removeTop()
            } else {
                let following = slab.header(next)
                heap.replaceTop(
                    DeadlineHeap.Entry(
                        deadline: following.pointee.deadline, order: following.pointee.order,
                        link: top.link))
            }
            leave(slot, state, due: top.deadline, now: now)
            now = squall_monotonic_ns()
        }
    }

    /// A slot's time has come.
    mutating func leave(
        _ slot: Slab.Slot, _ state: UnsafeMutablePointer<LinkState>, due: Int64, now: Int64
    ) {
        let late = max(0, now - due) / 1_000
        lateness[Int(LatencyHistogram.index(of: late))] &+= 1
        if isWatched { noteTaken(slot, state, lost: false, at: now) }
        send(slot, Int(state.pointee.to))
    }

    /// Tells that a packet left its queue, for its receiver or because it was lost.
    mutating func noteTaken(
        _ slot: Slab.Slot, _ state: UnsafeMutablePointer<LinkState>, lost: Bool, at: Int64
    ) {
        let frame = slab.frame(slot)
        let header = slab.header(slot).pointee
        guard let packet = Packet.parse(frame, available: Int(header.length)) else { return }
        if tap.isOn { tap.took(packet, frame, state, header, lost: lost, at: at) }
        if !lost { remember(packet, 0..<packet.segments, state, .released, at: at) }
    }

    /// Hands a slot's packet to the receiver's kernel, or to the port's own queue.
    mutating func send(_ slot: Slab.Slot, _ to: Int) {
        let header = slab.header(slot)
        var result = -SQUALL_AGAIN
        if ports[to].blockedHead == Slab.none {
            result = ports[to].write(slab.frame(slot), head: Int(header.pointee.length))
        }
        if result == -SQUALL_AGAIN {
            block(slot, to)
            return
        }
        if result != 0 { ports[to].failed &+= UInt64(header.pointee.segments) }
        slab.free(slot)
    }

    // MARK: Ports whose kernel takes no more

    /// Keeps a run of the packet in the buffer until the receiver's kernel takes more; false when it
    /// had to be refused.
    mutating func block(_ packet: Packet, _ run: Range<Int>, _ to: Int) -> Bool {
        guard let slot = store(packet, run, room: PortState.mostBlockedBytes) else {
            ports[to].refused &+= UInt64(run.count)
            return false
        }
        return block(slot, to)
    }

    @discardableResult
    private mutating func block(_ slot: Slab.Slot, _ to: Int) -> Bool {
        let header = slab.header(slot)
        let size = Int(header.pointee.size)
        guard ports[to].descriptor >= 0,
            ports[to].blockedPackets < PortState.mostBlockedPackets,
            ports[to].blockedBytes + size <= PortState.mostBlockedBytes
        else {
            ports[to].refused &+= UInt64(header.pointee.segments)
            slab.free(slot)
            return false
        }
        header.pointee.next = Slab.none
        if ports[to].blockedHead == Slab.none {
            ports[to].blockedHead = slot
            _ = squall_epoll_change(
                epoll, ports[to].descriptor, SQUALL_READABLE | SQUALL_WRITABLE, UInt64(to))
        } else {
            slab.header(ports[to].blockedTail).pointee.next = slot
        }
        ports[to].blockedTail = slot
        ports[to].blockedPackets += 1
        ports[to].blockedBytes += size
        return true
    }

    /// The receiver's kernel takes packets again.
    mutating func unblock(_ port: Int) {
        while port < portRoom, ports[port].blockedHead != Slab.none {
            let slot = ports[port].blockedHead
            let header = slab.header(slot)
            let result = ports[port].write(slab.frame(slot), head: Int(header.pointee.length))
            if result == -SQUALL_AGAIN { return }
            if result != 0 { ports[port].failed &+= UInt64(header.pointee.segments) }
            ports[port].blockedHead = header.pointee.next
            ports[port].blockedPackets -= 1
            ports[port].blockedBytes -= Int(header.pointee.size)
            slab.free(slot)
        }
        guard port < portRoom, ports[port].descriptor >= 0 else { return }
        _ = squall_epoll_change(epoll, ports[port].descriptor, SQUALL_READABLE, UInt64(port))
    }

    /// What waits at a port that is unplugged is refused.
    mutating func dropBlocked(_ port: Int) {
        while ports[port].blockedHead != Slab.none {
            let slot = ports[port].blockedHead
            let header = slab.header(slot)
            ports[port].refused &+= UInt64(header.pointee.segments)
            ports[port].blockedHead = header.pointee.next
            slab.free(slot)
        }
        ports[port].blockedPackets = 0
        ports[port].blockedBytes = 0
    }
}
