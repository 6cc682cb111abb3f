internal import Foundation
internal import Journal
internal import Lab

/// What everybody holds who shows a running lab: a connection that keeps it alive, its journal, and its
/// clock.
struct LabView {
    let client: ControlClient
    let feed: FileFeed
    /// Readable when the journal may have grown.
    let wake: Int32
    let clock: RunClock

    /// Attaches; ends the command with the reason where that can't be done.
    init(_ folder: RunFolder, socket: String) throws {
        do {
            client = try ControlClient(path: socket)
            clock = RunClock(origin: try client.ask(ControlRequest(verb: .attach)).origin ?? 0)
            feed = try FileFeed(path: folder.journal)
            wake = try feed.wakeDescriptor()
        } catch let error as LabError {
            throw failure(error.description, code: error.code)
        } catch {
            throw failure("\(error)", code: Code.internalError)
        }
    }
}
