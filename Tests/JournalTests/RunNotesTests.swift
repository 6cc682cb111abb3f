import Cluster
import Foundation
import Testing

@testable import Journal

@Suite struct `Notes beside a recording` {
    private func stamp(_ seconds: Double) -> Stamp { Stamp(seconds: seconds) }

    private func folder() throws -> (ScratchFolder, RunFolder) {
        let scratch = try ScratchFolder()
        return (scratch, RunFolder(path: scratch.path))
    }

    @Test func `they come back as they were written, and an empty one takes a note away`() throws {
        let (scratch, folder) = try folder()
        var notes = try RunNotes(of: folder)
        #expect(notes.notes.isEmpty)
        notes.set("why so \"slow\"?\n中文 \u{1B}[31m", at: stamp(41.2))
        notes.set("first", at: stamp(3))
        notes.set("gone soon", at: stamp(60))
        notes.set("first, again", at: stamp(3))
        try notes.write(to: folder)
        var read = try RunNotes(of: folder)
        #expect(read == notes)
        #expect(read.notes.map(\.at) == [stamp(3), stamp(41.2), stamp(60)])
        #expect(read.notes[0].text == "first, again")
        read.set(" \t", at: stamp(60))
        try read.write(to: folder)
        #expect(try RunNotes(of: folder).notes.count == 2)
        withExtendedLifetime(scratch) {}
    }

    @Test func `lines that make no sense stay in the file`() throws {
        let (scratch, folder) = try folder()
        let lines = [
            "{\"t\":1.5,\"text\":\"mine\"}", "{\"t\":2,\"drawing\":[1,2]}", "no json",
            "{\"text\":\"no time\"}",
        ]
        try folder.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: folder.notes)
        var notes = try RunNotes(of: folder)
        #expect(notes.notes == [.init(at: stamp(1.5), text: "mine")])
        notes.set("another", at: stamp(1))
        try notes.write(to: folder)
        let text = try String(contentsOfFile: folder.notes, encoding: .utf8)
        for line in lines.dropFirst() { #expect(text.contains(line)) }
        #expect(try RunNotes(of: folder) == notes)
        withExtendedLifetime(scratch) {}
    }

    @Test func `a recording tells them at their moments, and is otherwise what it was`() throws {
        var recording = Recording()
        recording.append(SampleRun(nodes: 3, seconds: 100).entries)
        var notes = RunNotes()
        for seconds in [0, 40.05, 40.1, 100.0] { notes.set("at \(seconds)", at: stamp(seconds)) }
        let annotated = recording.annotated(notes)
        #expect(annotated.entries.count == recording.entries.count + 4)
        #expect(annotated.length == recording.length)
        #expect(annotated.last.core.missingEntries == 0)
        for seconds in [0, 40.05, 40.1, 100.0] {
            let told = annotated.state(at: stamp(seconds)).core.news.last {
                $0.kind == .note && $0.text.hasPrefix("at ")
            }
            #expect(told?.text == "at \(seconds) (replay)" && told?.at == stamp(seconds))
            #expect(annotated.chapters.contains { $0.at == stamp(seconds) && $0.kind == .note })
        }
        #expect(annotated.state(at: stamp(40)).core.news.count { $0.text.hasPrefix("at ") } == 1)
        // Other notes in place of these; none, and all is as it was.
        notes.set("", at: stamp(40.05))
        #expect(annotated.annotated(notes).entries.count == recording.entries.count + 3)
        let bare = annotated.annotated(RunNotes())
        #expect(bare.entries == recording.entries && bare.last == recording.last)
        #expect(bare.marks == recording.marks)
    }

    @Test func `the playhead stays where it is when a note is written`() {
        var recording = Recording()
        recording.append(SampleRun(nodes: 3, seconds: 100).entries)
        var playback = Playback(recording)
        playback.setSpeed(25)
        playback.seek(to: stamp(50))
        var notes = RunNotes()
        notes.set("here", at: stamp(50))
        playback.replace(recording.annotated(notes))
        #expect(playback.position == stamp(50) && playback.speed == 25 && playback.isPlaying)
        #expect(playback.state == playback.recording.state(after: playback.folded))
        #expect(playback.state.core.news.last?.text == "here (replay)")
    }

    @Test func `they are packed with the run`() throws {
        let (scratch, folder) = try folder()
        try folder.write(
            JournalFormat.encode(SampleRun(nodes: 2, seconds: 5).entries), to: folder.journal)
        var notes = RunNotes()
        notes.set("take me along", at: stamp(2))
        try notes.write(to: folder)
        let names = try PackedRun.write(folder, to: scratch.file("run.tar"))
        #expect(names.contains("notes.ndjson"))
        let there = scratch.file("there")
        try FileManager.default.createDirectory(atPath: there, withIntermediateDirectories: true)
        let opened = try #require(PackedRun(path: scratch.file("run.tar"))).unpack(into: there)
        #expect(try RunNotes(of: opened) == notes)
        let recording = try Recording(path: opened.journal)
        #expect(try recording.annotated(RunNotes(of: opened)).chapters.map(\.kind).contains(.note))
    }
}
