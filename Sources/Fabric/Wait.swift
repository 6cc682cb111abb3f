internal import Cluster
internal import Faults

/// What a program makes packets wait that are in a queue already.
extension Program {
    /// What the terms of a link make packets wait.
    struct Wait {
        /// Nanoseconds of an average packet.
        var base: Int64 = 0
        /// How far it may be off, or is overtaken.
        var jitter: Int64 = 0
        /// A limit has a say as well.
        var isLimited = false
        /// It may be meant to be overtaken.
        var isOvertaken = false
        /// Until further notice.
        var isHeld = false
        /// Which of the terms that make only some packets wait (`Decision.queues`).
        var queues: UInt8 = 0
    }

    /// For the packets of a link's queue: those that no filter is about.
    func wait(_ policy: LinkPolicy, at now: Int64) -> Wait {
        var wait = Wait()
        for index in Int(policy.first)..<Int(policy.first) + Int(policy.count)
        where !terms[index].options.contains(.apart) {
            wait.add(terms[index], now)
        }
        return wait
    }

    /// For one packet, with all the terms that it matches.
    func wait(_ policy: LinkPolicy, of packet: PacketFacts, at now: Int64) -> Wait {
        var wait = Wait()
        var queue: UInt8 = 1
        for index in Int(policy.first)..<Int(policy.first) + Int(policy.count) {
            let isApart = terms[index].options.contains(.apart)
            if terms[index].matches(packet) {
                wait.add(terms[index], now)
                if terms[index].kind == .reorder {
                    wait.jitter &+= terms[index].b
                    wait.isOvertaken = true
                }
                if isApart { wait.queues |= queue }
            }
            if isApart, queue < 8 { queue <<= 1 }
        }
        return wait
    }

    /// The floors of a link, by `Decision.queues`. Only where its policy says `alters`; the first is not
    /// used.
    func floors(_ policy: LinkPolicy) -> UnsafeMutablePointer<Int64> {
        floors + Int(floorPlaces[Int(policy.first)])
    }

    /// No packet of these queues leaves earlier from now on.
    func raise(_ policy: LinkPolicy, _ queues: UInt8, to deadline: Int64) {
        guard queues != 0 else { return }
        let floor = floors(policy) + Int(queues)
        floor.pointee = max(floor.pointee, deadline)
    }

    /// No packet of a link that a filter is about leaves earlier than what is on the line already.
    func raise(_ policy: LinkPolicy, allTo deadline: Int64) {
        let terms = terms + Int(policy.first)
        let isApart = (0..<Int(policy.count)).contains { terms[$0].options.contains(.apart) }
        guard isApart else { return }
        for queues in 1..<16 { raise(policy, UInt8(queues), to: deadline) }
    }

    /// Whether some packets of a link are cut, and not all.
    func cutsSome(_ policy: LinkPolicy) -> Bool {
        for index in Int(policy.first)..<Int(policy.first) + Int(policy.count)
        where terms[index].kind == .cut && !policy.flags.contains(.cut) {
            return true
        }
        return false
    }

    /// Counts a packet that waits where it is cut now; whether it is.
    func countCut(_ policy: LinkPolicy, _ packet: PacketFacts, _ segments: UInt64) -> Bool {
        var isCut = false
        for index in Int(policy.first)..<Int(policy.first) + Int(policy.count)
        where terms[index].kind == .cut && terms[index].matches(packet) {
            counts[index].matched &+= segments
            counts[index].dropped &+= segments
            isCut = true
        }
        return isCut
    }
}

extension Program.Wait {
    fileprivate mutating func add(_ term: Term, _ now: Int64) {
        switch term.kind {
        case .delay:
            base &+= term.level(at: now)
            jitter &+= term.b
        case .limit: isLimited = true
        case .hold: isHeld = true
        case .cut, .mute, .loss, .duplicate, .reorder, .corrupt, .mtu, .refuse: break
        }
    }
}
