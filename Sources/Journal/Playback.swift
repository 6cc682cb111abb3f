public import Cluster

/// The playhead of a recording: a value without a clock. Who shows it says how much real time has
/// passed; it says what the state is.
public struct Playback: Sendable {
    /// What is played.
    public private(set) var recording: Recording
    /// Where the playhead is.
    public private(set) var position = Stamp.zero
    /// Whether it moves by itself.
    public private(set) var isPlaying = true
    /// How fast: 1 is as it happened.
    public private(set) var speed = 1.0
    /// All that is true at the playhead.
    public private(set) var state = ClusterState()
    /// How many entries are folded into `state`.
    public private(set) var folded = 0

    /// Speeds that `faster` and `slower` go through.
    public static let speeds = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 100]
    /// Marks closer together are one jump: a fault, and the node that it ends.
    public static let oneJump = Duration.milliseconds(50)

    /// Stands at the beginning, and plays.
    public init(_ recording: Recording) {
        self.recording = recording
        seek(to: .zero)
    }

    /// Where the recording ends.
    public var length: Stamp { recording.length }

    /// Moves on by so much real time. Returns whether there is anything new to show.
    @discardableResult
    public mutating func advance(by real: Duration) -> Bool {
        guard isPlaying, real > .zero else { return false }
        let step = real.inSeconds * speed
        let to = position + .microseconds(Int64(min(step, 1e9) * 1_000_000))
        moveOn(to: min(to, length))
        if position >= length { isPlaying = false }
        return true
    }

    private mutating func moveOn(to moment: Stamp) {
        while folded < recording.entries.count, recording.entries[folded].at <= moment {
            state.apply(recording.entries[folded])
            folded += 1
        }
        position = max(position, moment)
    }

    /// Plays, from the beginning when it is at the end; or pauses.
    public mutating func toggle() {
        if isPlaying { return isPlaying = false }
        if position >= length { seek(to: .zero) }
        isPlaying = true
    }

    /// Stands still.
    public mutating func pause() { isPlaying = false }

    /// Sets the speed, from a tenth to a hundred times.
    public mutating func setSpeed(_ wanted: Double) {
        guard wanted.isFinite else { return }
        speed = min(100, max(0.1, wanted))
    }

    /// The next greater speed.
    public mutating func faster() { speed = Self.speeds.first { $0 > speed } ?? speed }

    /// The next smaller speed.
    public mutating func slower() { speed = Self.speeds.last { $0 < speed } ?? speed }

    /// Goes to a moment; beyond the ends is at the ends.
    public mutating func seek(to moment: Stamp) {
        let moment = min(max(.zero, moment), length)
        let count = recording.count(at: moment)
        // Near ahead it is cheaper to fold on than to take a checkpoint.
        if count < folded || count - folded > Recording.checkpointEntries {
            state = recording.state(after: count)
            folded = count
        }
        position = min(position, moment)
        moveOn(to: moment)
    }

    /// Goes to a share of the whole, 0 to 1.
    public mutating func seek(share: Double) {
        guard share.isFinite else { return }
        let micro = Double(length.microseconds) * min(1, max(0, share))
        seek(to: Stamp(seconds: micro / 1_000_000))
    }

    /// Goes on or back by seconds.
    public mutating func step(seconds: Double) {
        seek(to: position + Duration.microseconds(Stamp(seconds: seconds).microseconds))
    }

    /// Goes to the next or the previous entry, and stands still there.
    public mutating func stepEntry(_ forward: Bool) {
        isPlaying = false
        let wanted = folded + (forward ? 1 : -1)
        guard wanted >= 1, wanted <= recording.entries.count else { return }
        if forward { state.apply(recording.entries[folded]) }
        if !forward { state = recording.state(after: wanted) }
        folded = wanted
        position = recording.entries[wanted - 1].at
    }

    /// Goes to the next or the previous tick of samples, and stands still there.
    public mutating func stepTick(_ forward: Bool) {
        isPlaying = false
        var place = forward ? folded : folded - 2
        while place >= 0, place < recording.entries.count {
            if case .samples = recording.entries[place].event {
                return seek(to: recording.entries[place].at)
            }
            place += forward ? 1 : -1
        }
    }

    /// Goes to the next mark, and stands still there. Returns it; `nil` when there is none.
    @discardableResult
    public mutating func nextMark() -> Recording.Mark? {
        let from = position + Self.oneJump
        guard let mark = recording.marks.first(where: { $0.at > from }) else { return nil }
        isPlaying = false
        seek(to: mark.at)
        return mark
    }

    /// Goes to the mark before, and stands still there. Returns it; `nil` when there is none.
    @discardableResult
    public mutating func previousMark() -> Recording.Mark? {
        guard var place = recording.marks.lastIndex(where: { $0.at < position }) else { return nil }
        // The first of those that are one jump.
        while place > 0, recording.marks[place].at - recording.marks[place - 1].at <= Self.oneJump {
            place -= 1
        }
        let mark = recording.marks[place]
        isPlaying = false
        seek(to: mark.at)
        return mark
    }

    /// Plays another account of the same run from where the playhead is.
    public mutating func replace(_ other: Recording) {
        let moment = position
        recording = other
        state = ClusterState()
        folded = 0
        seek(to: moment)
    }

    /// Adds what was recorded meanwhile: the run still goes on.
    public mutating func append(_ entries: [Entry]) { recording.append(entries) }
}
