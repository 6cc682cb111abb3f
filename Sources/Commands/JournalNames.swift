internal import Journal

// The dashboard has a `LogTail` and an `Outcome.Playback` of its own: these are Journal's.

/// Follows the log files that nodes write.
typealias LogFollower = LogTail
/// A recording and its playhead.
typealias Player = Playback
