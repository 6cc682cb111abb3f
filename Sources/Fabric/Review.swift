internal import CLinux
internal import Cluster
internal import Faults

/// Packets that wait, when the faults change.
extension Switch {
    /// Goes over all queues after a change: what is cut is lost; what a delay, limit or hold kept that is
    /// no longer in force leaves as if that had not been there; the rest stays as it is.
    mutating func review(_ old: Program) {
        let now = squall_monotonic_ns()
        heap.removeAll()
        for number in 0..<links.count {
            let state = links.state(number)
            guard state.pointee.isHolding else { continue }
            let before = old.policy(state.pointee.from, state.pointee.to)
            let policy = program.policy(state.pointee.from, state.pointee.to)
            if policy.flags.contains(.cut) {
                let lost = dropQueue(number)
                program.countLost(policy, lost)
                continue
            }
            if program.cutsSome(policy) { dropCut(number, policy) }
            reviewQueue(state, old.wait(before, at: now), policy, now)
            reviewStrays(number, old, before, policy, now)
            enter(number)
        }
    }

    private func reviewQueue(
        _ state: UnsafeMutablePointer<LinkState>, _ before: Program.Wait, _ policy: LinkPolicy,
        _ now: Int64
    ) {
        guard state.pointee.head != Slab.none else { return }
        let after = program.wait(policy, at: now)
        let isHeld = policy.flags.contains(.hold)
        let isResumed = state.pointee.paused && !isHeld
        state.pointee.paused = isHeld
        defer { program.raise(policy, allTo: state.pointee.lastDeadline) }
        guard after.isShorter(than: before) || isResumed else { return }
        var slot = state.pointee.head
        while slot != Slab.none {
            let header = slab.header(slot)
            after.hasten(header, insteadOf: before)
            if isResumed { header.pointee.deadline = max(header.pointee.deadline, now) }
            state.pointee.lastDeadline = header.pointee.deadline
            slot = header.pointee.next
        }
    }

    /// Tells the heap what a link has waiting. The heap must not know the link.
    private mutating func enter(_ number: Int) {
        let state = links.state(number)
        enterStrays(number)
        guard !state.pointee.paused, state.pointee.head != Slab.none else { return }
        let header = slab.header(state.pointee.head)
        heap.insert(
            DeadlineHeap.Entry(
                deadline: header.pointee.deadline, order: header.pointee.order,
                link: UInt32(number)))
    }

    /// Empties a queue; how many wire packets were lost. The heap must not know the link.
    private mutating func dropQueue(_ number: Int) -> UInt64 {
        let state = links.state(number)
        let lost = UInt64(state.pointee.heldPackets)
        if tap.isOn { tap.emptied(state, lost) }
        for first in [state.pointee.head, state.pointee.strays] {
            var slot = first
            while slot != Slab.none {
                let next = slab.header(slot).pointee.next
                if tap.isOn { noteTaken(slot, state, lost: true, at: squall_monotonic_ns()) }
                slab.free(slot)
                slot = next
            }
        }
        heldPackets -= Int(lost)
        state.pointee.head = Slab.none
        state.pointee.tail = Slab.none
        state.pointee.strays = Slab.none
        state.pointee.heldPackets = 0
        state.pointee.heldBytes = 0
        state.pointee.dropped &+= lost
        return lost
    }

    /// Loses what waits and is cut now although not everything is. The heap must not know the link.
    private mutating func dropCut(_ number: Int, _ policy: LinkPolicy) {
        let state = links.state(number)
        var kept = Slab.none
        var slot = state.pointee.head
        while slot != Slab.none {
            let next = slab.header(slot).pointee.next
            if isCut(slot, policy) {
                if kept == Slab.none {
                    state.pointee.head = next
                } else {
                    slab.header(kept).pointee.next = next
                }
                lose(slot, state)
            } else {
                kept = slot
            }
            slot = next
        }
        state.pointee.tail = kept
        slot = state.pointee.strays
        while slot != Slab.none {
            let next = slab.header(slot).pointee.next
            if isCut(slot, policy) {
                unlink(slot, state)
                lose(slot, state)
            }
            slot = next
        }
    }

    private func isCut(_ slot: Slab.Slot, _ policy: LinkPolicy) -> Bool {
        guard
            let packet = Packet.parse(
                slab.frame(slot), available: Int(slab.header(slot).pointee.length))
        else { return false }
        return program.countCut(policy, packet.facts, UInt64(packet.segments))
    }

    private mutating func lose(_ slot: Slab.Slot, _ state: UnsafeMutablePointer<LinkState>) {
        let header = slab.header(slot).pointee
        state.pointee.heldPackets -= header.segments
        state.pointee.heldBytes -= Int(header.size)
        state.pointee.dropped &+= UInt64(header.segments)
        heldPackets -= Int(header.segments)
        if tap.isOn { noteTaken(slot, state, lost: true, at: squall_monotonic_ns()) }
        slab.free(slot)
    }

    /// A machine is unplugged: what was on its way from it or to it is lost.
    mutating func dropQueues(of node: UInt16) {
        guard heldPackets > 0 else { return }
        heap.removeAll()
        for number in 0..<links.count {
            let state = links.state(number)
            guard state.pointee.isHolding else { continue }
            if state.pointee.from == node || state.pointee.to == node {
                _ = dropQueue(number)
            } else {
                enter(number)
            }
        }
    }
}

extension LinkState {
    /// Whether something waits.
    var isHolding: Bool { head != Slab.none || strays != Slab.none }
}

extension Program.Wait {
    /// Whether packets wait less under this than under the other.
    func isShorter(than other: Program.Wait) -> Bool {
        base < other.base || jitter < other.jitter || (other.isLimited && !isLimited)
    }

    /// Brings a deadline forward to what it would be without what is no longer in force. Behind a limit
    /// packets stay as far apart as it wants them.
    func hasten(
        _ header: UnsafeMutablePointer<Slab.Header>, insteadOf before: Program.Wait
    ) {
        let deadline = header.pointee.deadline
        header.pointee.deadline =
            isLimited
            ? min(deadline, max(header.pointee.arrival, deadline &- (before.base &- base)))
            : min(deadline, header.pointee.arrival &+ base)
    }
}
