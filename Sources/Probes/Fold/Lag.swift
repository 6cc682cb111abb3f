/// How far a follower is behind its leader, from what both told; pure.
///
/// Two things tell it, and the larger one counts:
///
/// - *Positions*. The follower stands where the leader's log stood at some earlier moment: its lag is
///   the time since then, and 0 while it has all that the leader is known to have. A follower that is
///   known to miss something falls behind by a second each second, also while the leader can't be
///   asked: what it misses grows no younger.
/// - *Silence*. A follower whose link is down, or that has heard nothing for longer than an idle
///   leader's heartbeat, misses whatever the leader may have written since. That counts only for as
///   long as the leader answered the probe: one that is paused or dead writes nothing, and its
///   followers don't fall behind because of it.
struct Lag: Equatable, Sendable {
    /// Seconds; `nil` when nothing tells.
    var seconds: Double?
    /// Entries or bytes; `nil` when the positions can't be compared.
    var behind: UInt64?
    /// Whether the follower has all that the leader is known to have, over a link that stands.
    var isCaughtUp = false

    /// Redis' primaries send a heartbeat every 10 s, and replicas tell whole seconds: less than this
    /// is no silence.
    static let heartbeat = 12.0

    /// What is known of the leader's answers to the probe.
    struct Leader: Equatable, Sendable {
        /// Since when it answered without a break.
        var since: Int64
        /// Until when: its last answer, or now while it goes on answering.
        var until: Int64
    }
}

extension Lag {
    /// - Parameters:
    ///   - moment: when the follower told its position.
    ///   - history: the leader's log as far as it can be compared; `nil` when it can't.
    ///   - leader: `nil` when nothing is known of it.
    ///   - caughtUpAt: the last moment at which the follower was caught up.
    init(
        position: UInt64, at moment: Int64, link: Reading.Link?, history: PositionHistory?,
        leader: Leader?, caughtUpAt: Int64?
    ) {
        if let history, let head = history.head {
            behind = head.position > position ? head.position - position : 0
            let stood = history.lastMoment(at: position)
            seconds = stood.map { Double(max(0, moment - $0)) / 1e9 } ?? 0
        }
        let isQuiet = link.map { !$0.isUp || ($0.silence ?? 0) >= Self.heartbeat } ?? false
        isCaughtUp = behind == 0 && !isQuiet
        guard let link, let leader, isQuiet else { return }
        let told = link.silence.flatMap { silence in
            silence.isFinite ? moment - Int64(min(max(silence, 0), 1e9) * 1e9) : nil
        }
        let heard = link.isUp ? told : caughtUpAt ?? told
        guard let heard else { return }
        let silence = Double(max(0, leader.until - max(heard, leader.since))) / 1e9
        seconds = max(seconds ?? 0, silence)
    }
}
