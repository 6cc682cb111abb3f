internal import Cluster
internal import Dashboard
internal import Exports
internal import Journal

/// A recording as a film: the dashboard as somebody would have watched it.
struct Film {
    let recording: Recording
    let size: Size
    let theme: Theme
    let version: Cast.Version
    let title: String
    let began: Int64?

    /// Pictures a second: no more than this is ever told anew.
    private static let rhythm = 10.0

    /// The cast, with a chapter at each fault, change of roles, violation and recovery.
    var text: String {
        var cast = Cast(version, size: size, theme: theme, title: title, began: began)
        var playback = Playback(recording)
        playback.pause()
        var marks = chapters[...]
        let length = recording.length.seconds
        for number in 0...Int((length * Self.rhythm).rounded(.up)) {
            let moment = min(length, Double(number) / Self.rhythm)
            playback.seek(to: Stamp(seconds: moment))
            while let mark = marks.first, mark.at.seconds <= moment {
                cast.mark(mark.text, at: moment)
                marks = marks.dropFirst()
            }
            cast.show(
                render(playback.state, View(now: playback.position), size), at: moment)
        }
        return cast.text
    }

    /// Marks that are not one jump with the one before.
    private var chapters: [Recording.Mark] {
        var chapters: [Recording.Mark] = []
        for mark in recording.marks {
            switch mark.kind {
            case .fault, .heal, .role, .violation, .gone, .verdict: break
            case .back, .restart, .refused, .note, .lost: continue
            }
            if let last = chapters.last, mark.at - last.at <= Playback.oneJump { continue }
            chapters.append(mark)
        }
        return chapters
    }
}
