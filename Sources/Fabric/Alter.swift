internal import CLinux
internal import Cluster
internal import Faults

/// What was decided for one segment of the packet in hand.
struct Plan: BitwiseCopyable {
    /// When it leaves; `lost` for never. Before that is worked out, when a limit lets it go.
    var deadline: Int64
    /// The delays and what it is overtaken by.
    var delay: Int64
    var overtaken: Int64
    var place: UInt32
    var queues: UInt8
    var copies: UInt8
    var corruption: Decision.Corruption
    var isHeld: Bool
    /// A limit has a say in when it leaves.
    var isPaced: Bool

    static let lost = Int64.min

    init(_ decision: Decision, held: Bool) {
        deadline = decision.dropped ? Self.lost : decision.departure
        delay = decision.delay
        overtaken = decision.overtaken
        place = decision.place
        queues = decision.queues
        copies = decision.copies
        corruption = decision.corruption
        isHeld = held || decision.held
        isPaced = decision.departure > 0
    }

    /// Whether it has to leave as a packet of its own.
    var isSpecial: Bool { copies > 0 || corruption != .none || overtaken > 0 }

    /// Whether the next segment can leave in the same packet.
    func goes(with other: Plan) -> Bool {
        if deadline == Self.lost || other.deadline == Self.lost {
            return deadline == other.deadline
        }
        return deadline == other.deadline && queues == other.queues && isHeld == other.isHeld
            && !isSpecial && !other.isSpecial
    }
}

/// Links with faults that do more than drop packets and keep them waiting in one queue: altered,
/// duplicated, overtaken and paced packets, those that are too big or refused, and faults that are only
/// about some packets. Everything is decided for each wire packet, as everywhere, and neighbours that
/// share a fate still leave as one.
extension Switch {
    /// Decides about the packet in the buffer and carries it out.
    mutating func alter(
        _ packet: Packet, _ link: LinkID, _ policy: LinkPolicy, _ number: Int
    ) {
        let state = links.state(number)
        let now = squall_monotonic_ns()
        let terms = program.terms + Int(policy.first)
        let counts = program.counts + Int(policy.first)
        let isHeld = policy.flags.contains(.hold)
        let alone = packet.segments == 1 || !policy.flags.contains(.perPacket)
        let draws = alone ? 1 : packet.segments
        if tap.isOn { tap.prepare(counts, Int(policy.count), alone: alone) }
        var told = (answer: Decision.Answer.none, fits: UInt16.max, segment: 0)
        for draw in 0..<draws {
            let decision = Decision.decide(
                terms, counts, count: Int(policy.count), packet: packet.facts, link: link,
                random: random, now: now, bytes: packet.wireBytes(of: draw),
                wirePackets: alone ? UInt64(packet.segments) : 1)
            if decision.answer != .none, told.answer == .none {
                told = (decision.answer, decision.fits, draw)
            }
            if tap.isOn, decision.dropped { tap.blame(draw, terms, counts, Int(policy.count)) }
            plans[draw] = Plan(decision, held: isHeld)
        }
        pace(draws)
        setDeadlines(draws, policy, state, now)
        var first = 0
        while first < draws {
            var end = first + 1
            while end < draws, plans[first].goes(with: plans[end]) { end += 1 }
            carryOut(packet, alone ? 0..<packet.segments : first..<end, plans[first], number, now)
            first = end
        }
        if told.answer != .none {
            answer(packet, told.segment, told.answer, fits: told.fits, from: link.from.index)
        }
    }

    /// At a limit's rate segments leave together that come within a millisecond, when the last of them
    /// is through: so a fast line keeps its large packets, and a slow one does not send in bursts.
    private func pace(_ draws: Int) {
        var first = 0
        while first < draws {
            var last = first
            if plans[first].isPaced, plans[first].deadline != Plan.lost {
                while last + 1 < draws, plans[last + 1].isPaced,
                    plans[last + 1].deadline != Plan.lost,
                    plans[last + 1].deadline - plans[first].deadline < Self.paceStep
                {
                    last += 1
                }
                for draw in first..<last { plans[draw].deadline = plans[last].deadline }
            }
            first = last + 1
        }
    }

    private static let paceStep: Int64 = 1_000_000

    /// From when a limit lets each segment go to when it leaves: never before an earlier one that
    /// waits in the same queue.
    private func setDeadlines(
        _ draws: Int, _ policy: LinkPolicy, _ state: UnsafeMutablePointer<LinkState>, _ now: Int64
    ) {
        var main = state.pointee.isHolding ? max(now, state.pointee.lastDeadline) : now
        for draw in 0..<draws where plans[draw].deadline != Plan.lost {
            var deadline = max(now, plans[draw].deadline) &+ plans[draw].delay
            let queues = Int(plans[draw].queues)
            if queues == 0 {
                deadline = max(deadline, main)
                main = plans[draw].overtaken > 0 ? main : deadline
            } else {
                let floor = program.floors(policy) + queues
                deadline = max(deadline, floor.pointee)
                floor.pointee = deadline
            }
            plans[draw].deadline = deadline &+ plans[draw].overtaken
        }
    }

    private mutating func carryOut(
        _ packet: Packet, _ run: Range<Int>, _ plan: Plan, _ number: Int, _ now: Int64
    ) {
        let state = links.state(number)
        if plan.deadline == Plan.lost {
            state.pointee.dropped &+= UInt64(run.count)
            note(packet, run, state, .dropped, at: now)
            return
        }
        let stands = plan.queues != 0 || plan.overtaken > 0
        let isNext = stands ? state.pointee.strays == Slab.none : state.pointee.head == Slab.none
        let leaves = plan.deadline <= now && !plan.isHeld && isNext
        if !plan.isSpecial, leaves {
            run.count == packet.segments ? pass(packet, state) : pass(packet, run, state)
            return
        }
        for _ in 0...plan.copies {
            let room = Self.mostHeldBytes - state.pointee.heldBytes
            guard state.pointee.heldPackets + UInt32(run.count) <= Self.mostHeldPackets,
                let slot = store(packet, run, room: room)
            else {
                state.pointee.queueFull &+= UInt64(run.count)
                note(packet, run, state, .queueFull, at: now)
                continue
            }
            if plan.corruption != .none { corrupt(slot, plan) }
            if leaves {
                note(packet, run, state, .passed, at: now)
                send(slot, Int(state.pointee.to))
                continue
            }
            note(packet, run, state, .queued, at: now)
            if stands {
                stray(slot, number, deadline: plan.deadline, arrival: now, held: plan.isHeld)
            } else {
                append(slot, number, deadline: plan.deadline, arrival: now, paused: plan.isHeld)
            }
        }
    }

    private func corrupt(_ slot: Slab.Slot, _ plan: Plan) {
        let frame = slab.frame(slot)
        guard let packet = Packet.parse(frame, available: Int(slab.header(slot).pointee.length))
        else { return }
        Damage.turnBit(of: packet, in: frame, right: plan.corruption == .right, draw: plan.place)
    }
}

extension Packet {
    /// Bytes on the wire of one segment, its headers included.
    func wireBytes(of segment: Int) -> Int {
        segments == 1 ? length : header + bytes(of: segment..<segment + 1).count
    }
}
