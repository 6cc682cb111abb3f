internal import Cluster
internal import Dashboard
internal import Exports
internal import Journal

/// A recording as a film: the dashboard as somebody would have watched it.
struct Film {
    /// What is filmed.
    let scene: Scene
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
        let recording = scene.recording
        var playback = Playback(recording)
        playback.pause()
        var marks = recording.chapters[...]
        var scene = scene
        let length = recording.length.seconds
        for number in 0...Int((length * Self.rhythm).rounded(.up)) {
            let moment = min(length, Double(number) / Self.rhythm)
            playback.seek(to: Stamp(seconds: moment))
            while let mark = marks.first, mark.at.seconds <= moment {
                cast.mark(mark.text, at: moment)
                marks = marks.dropFirst()
            }
            cast.show(scene.frame(playback.state, playback.position, size), at: moment)
        }
        return cast.text
    }
}
