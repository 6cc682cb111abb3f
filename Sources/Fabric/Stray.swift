internal import CLinux
internal import Cluster
internal import Faults

/// Packets that wait outside of their link's queue, each in the heap by itself: those that others are to
/// overtake, and those of faults that make only some packets wait. Of the latter the ones that match the
/// same terms keep their order: none has a deadline before that of an earlier one, and equal deadlines
/// leave in the order of coming. So a TCP stream is never reordered by a filter, and what the filter is
/// not about passes by.
extension Switch {
    /// Puts a slot beside the queue of its link; `held` until a hold is taken away.
    mutating func stray(
        _ slot: Slab.Slot, _ number: Int, deadline: Int64, arrival: Int64, held: Bool
    ) {
        let state = links.state(number)
        order &+= 1
        let header = slab.header(slot)
        header.pointee.deadline = deadline
        header.pointee.arrival = arrival
        header.pointee.order = order
        header.pointee.previous = Slab.none
        header.pointee.next = state.pointee.strays
        if state.pointee.strays != Slab.none {
            slab.header(state.pointee.strays).pointee.previous = slot
        }
        state.pointee.strays = slot
        state.pointee.heldPackets += header.pointee.segments
        state.pointee.heldBytes += Int(header.pointee.size)
        heldPackets += Int(header.pointee.segments)
        if !held {
            heap.insert(
                DeadlineHeap.Entry(
                    deadline: deadline, order: order, link: UInt32(number), slot: slot))
        } else {
            header.pointee.deadline = Self.untilHealed
        }
    }

    /// The deadline of what a hold keeps outside of the queue.
    static let untilHealed = Int64.max

    /// Takes a slot out of its link's chain of strays.
    func unlink(_ slot: Slab.Slot, _ state: UnsafeMutablePointer<LinkState>) {
        let header = slab.header(slot).pointee
        if header.previous == Slab.none {
            state.pointee.strays = header.next
        } else {
            slab.header(header.previous).pointee.next = header.next
        }
        if header.next != Slab.none {
            slab.header(header.next).pointee.previous = header.previous
        }
    }

    /// The stray on top of the heap leaves.
    mutating func releaseStray(
        _ top: DeadlineHeap.Entry, _ state: UnsafeMutablePointer<LinkState>, now: Int64
    ) {
        heap.removeTop()
        unlink(top.slot, state)
        let header = slab.header(top.slot).pointee
        state.pointee.heldPackets -= header.segments
        state.pointee.heldBytes -= Int(header.size)
        heldPackets -= Int(header.segments)
        leave(top.slot, state, due: top.deadline, now: now)
    }

    /// After a change of the faults: what each stray matches now and matched before says how long it
    /// stays, and behind which of those that come it may not fall.
    func reviewStrays(
        _ number: Int, _ old: Program, _ before: LinkPolicy, _ policy: LinkPolicy, _ now: Int64
    ) {
        let state = links.state(number)
        let isHeld = policy.flags.contains(.hold)
        var slot = state.pointee.strays
        while slot != Slab.none {
            let header = slab.header(slot)
            if let packet = Packet.parse(
                slab.frame(slot), available: Int(header.pointee.length))
            {
                let was = old.wait(before, of: packet.facts, at: now)
                let wait = program.wait(policy, of: packet.facts, at: now)
                if isHeld || wait.isHeld {
                    header.pointee.deadline = Self.untilHealed
                } else if header.pointee.deadline == Self.untilHealed {
                    header.pointee.deadline = max(now, header.pointee.arrival &+ wait.base)
                } else if wait.isShorter(than: was) {
                    wait.hasten(header, insteadOf: was)
                }
                if header.pointee.deadline != Self.untilHealed, !wait.isOvertaken {
                    program.raise(policy, wait.queues, to: header.pointee.deadline)
                    if wait.queues == 0 {
                        // A filter is gone: what was its own is as all others now.
                        state.pointee.lastDeadline = max(
                            state.pointee.lastDeadline, header.pointee.deadline)
                    }
                }
            }
            slot = header.pointee.next
        }
    }

    /// Tells the heap about a link's strays. It must not know them.
    mutating func enterStrays(_ number: Int) {
        var slot = links.state(number).pointee.strays
        while slot != Slab.none {
            let header = slab.header(slot).pointee
            if header.deadline != Self.untilHealed {
                heap.insert(
                    DeadlineHeap.Entry(
                        deadline: header.deadline, order: header.order, link: UInt32(number),
                        slot: slot))
            }
            slot = header.next
        }
    }
}
