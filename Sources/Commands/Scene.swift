internal import Cluster
internal import Dashboard
internal import Journal
internal import Lab

/// A screen of the dashboard over a recorded run, as somebody would have seen it live.
struct Scene {
    /// The recording, with the notes that were written beside it.
    let recording: Recording
    private let screen: View.Screen
    private var logs: RunLogs
    private var view = View()

    /// Reads a run; ends the command with 65 where that can't be done.
    init(_ folder: RunFolder, _ screen: View.Screen) throws {
        do {
            let notes = try RunNotes(of: folder)
            let read = try Recording(path: folder.journal)
            recording = notes.notes.isEmpty ? read : read.annotated(notes)
        } catch {
            throw failure(error.description, code: Code.badInput)
        }
        self.screen = screen
        logs = RunLogs(folder, recording.last.core)
        view.screen = screen
        view.plan = Plan(of: folder)
    }

    /// What was on the screen at a moment.
    mutating func frame(_ state: ClusterState, _ moment: Stamp, _ size: Size) -> Frame {
        view.now = moment
        // Few screens show what nodes printed, and reading it takes time.
        if screen == .logs || screen == .node { logs.read(upTo: moment, into: &view.logs) }
        return render(state, view, size)
    }
}
