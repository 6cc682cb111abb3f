public import Cluster
internal import Glibc

/// Remarks that somebody wrote while looking back into a run: `notes.ndjson` of its folder, a line
/// each. The recording itself is never changed.
public struct RunNotes: Equatable, Sendable {
    /// In the order of their moments; at most one for each moment.
    public private(set) var notes: [Note] = []
    /// Lines that make no sense here, kept as they are: a newer squall may know them.
    private var others: [[UInt8]] = []

    /// Most bytes of the file that are read.
    private static let longest = 4 << 20

    /// A remark at a moment.
    public struct Note: Equatable, Sendable {
        /// The moment that it is about.
        public var at: Stamp
        /// In words.
        public var text: String

        /// A remark.
        public init(at: Stamp, text: String) {
            self.at = at
            self.text = text
        }
    }

    /// No notes yet.
    public init() {}

    /// Those of a run; none where there is no file.
    /// - Throws: `JournalError` when there is one that can't be read.
    public init(of folder: RunFolder) throws(JournalError) {
        guard access(folder.notes, F_OK) == 0 else { return }
        for line in try readWhole(folder.notes, limit: Self.longest).split(separator: .newline) {
            if let note = Self.note(Array(line)) {
                set(note.text, at: note.at)
            } else {
                others.append(Array(line))
            }
        }
    }

    /// Writes what is to be said of a moment; an empty text takes the note there away.
    public mutating func set(_ text: String, at moment: Stamp) {
        notes.removeAll { $0.at == moment }
        guard text.contains(where: { !$0.isWhitespace }) else { return }
        let place = notes.firstIndex { $0.at > moment } ?? notes.count
        notes.insert(Note(at: moment, text: text), at: place)
    }

    /// The lines of the file.
    public var bytes: [UInt8] {
        var writer = LineWriter()
        for note in notes {
            writer.raw("{\"t\":")
            writer.stamp(note.at)
            writer.field("text", text: note.text)
            writer.raw("}\n")
        }
        for line in others { writer.bytes += line + [.newline] }
        return writer.bytes
    }

    /// Writes the file whole.
    /// - Throws: `JournalError` when that can't be done.
    public func write(to folder: RunFolder) throws(JournalError) {
        try folder.write(bytes, to: folder.notes)
    }

    private static func note(_ line: [UInt8]) -> Note? {
        let fields = line.withUnsafeBufferPointer { buffer -> JSONFields? in
            guard let base = buffer.baseAddress else { return nil }
            var scanner = Scanner(base, 0..<buffer.count)
            return (try? scanner.fields()).map { JSONFields(fields: $0) }
        }
        guard let fields, let at = fields.stamp("t"), let text = fields.text("text") else {
            return nil
        }
        return Note(at: at, text: text)
    }
}

extension RunFolder {
    /// What was remarked while the run was looked back into; not every run has it.
    public var notes: String { path + "/notes.ndjson" }
}

extension Recording {
    /// Who wrote the notes of a run's side file, as news tell it.
    public static let annotator = "replay"

    /// The same recording with the notes of its side file among its entries, in place of those that were
    /// there before.
    public func annotated(_ notes: RunNotes) -> Recording {
        var merged: [Entry] = []
        merged.reserveCapacity(entries.count + notes.notes.count)
        var rest = notes.notes[...]
        for entry in entries where !entry.isAnnotation {
            while let note = rest.first, note.at < entry.at {
                merged.append(Self.entry(note, after: merged.last))
                rest = rest.dropFirst()
            }
            merged.append(entry)
        }
        merged += rest.map { Self.entry($0, after: merged.last) }
        var recording = Recording()
        recording.brokenLines = brokenLines
        recording.unknownKinds = unknownKinds
        recording.isTorn = isTorn
        recording.append(merged)
        return recording
    }

    /// It has the number of the entry before, so that none seems to be missing.
    private static func entry(_ note: RunNotes.Note, after last: Entry?) -> Entry {
        Entry(
            number: last?.number ?? 0, at: note.at, event: .note(note.text, by: Self.annotator))
    }
}

extension Entry {
    /// Whether it came from the side file.
    fileprivate var isAnnotation: Bool {
        if case .note(_, by: Recording.annotator) = event { true } else { false }
    }
}
