// Terms whose decisions depend on the packets before: what they remember is one number a link.

extension Term {
    /// Losses in bursts: the simple Gilbert model (E. N. Gilbert, "Capacity of a burst-noise channel",
    /// Bell System Technical Journal 39, 1960), all of a burst lost and nothing else. A burst ends with a
    /// chance of one in its mean length, and begins so often that in the long run the share is lost that
    /// was asked for; the first packet is in one with that share, so that there is no running in. `memory`
    /// is 1 within a burst.
    @inlinable
    public func isInBurst(
        _ bits: UInt64, _ number: UInt64, _ now: Int64, _ memory: inout Int64
    ) -> Bool {
        let draw = Int64(bits >> 32)
        let share = level(at: now)
        let whole = Int64(1) << 32
        if number == 0 {
            memory = draw < share ? 1 : 0
        } else if memory == 1 {
            // All of it is lost at 100%, however long a burst is.
            memory = share >= whole || draw >= burstEnds ? 1 : 0
        } else if share >= whole {
            memory = 1
        } else {
            // In balance as many bursts begin as end: begins × (1 - share) = ends × share.
            let begins = UInt64(burstEnds).multipliedFullWidth(by: UInt64(share))
            let (quotient, _) = UInt64(whole - share).dividingFullWidth(begins)
            memory = UInt64(draw) < quotient ? 1 : 0
        }
        return memory == 1
    }

    /// The chance that a burst ends with a packet, in 2^-32; 2^32 where each is of one packet.
    @inlinable
    var burstEnds: Int64 { chance == .max ? Int64(1) << 32 : Int64(chance) }

    /// A limit: when a packet leaves a line of so many bits a second that is busy until `memory`, as a
    /// virtual clock keeps it (the generic cell rate algorithm of ITU-T I.371). `b` bytes may go ahead of
    /// the clock. -1 when it would have to wait longer than its queue is, and is dropped; an idle line of
    /// constant rate takes it, however slow it is.
    @inlinable
    public func departure(of bytes: Int, at now: Int64, _ memory: inout Int64) -> Int64 {
        let rate = max(1, level(at: now))
        let finish = max(memory, now) &+ Int64(bytes) &* 8_000_000_000 / rate
        let ahead = b == 0 ? 0 : Int64((Double(b) * 8e9 / Double(rate)).rounded())
        let leaves = max(now, finish &- ahead)
        if leaves &- now > queue, memory > now || curve != .constant { return -1 }
        memory = finish
        return leaves
    }
}
