extension Topology {
    /// A lesson in a file of its own: `title`, `minutes`, `with`, `set` and `steps` at the top. Which
    /// topology it is about is known at once; the rest is read when that topology is.
    public struct LessonFile: Sendable {
        /// The topology that it is taught with: the name of a shipped one, or a path from the file's folder.
        public let with: Passage
        /// The file, so that later checks can point into it.
        public let source: SourceText
        private let tree: Item
        private let name: String

        /// Reads as much of the file as is needed to find its topology. Throws what is in the way.
        public init(
            parsing text: String, file: String, name: String
        ) throws(Diagnostics) {
            let (source, tree) = try TreeLoader.whole(
                text, file: file, hint: "a lesson has 'title', 'minutes', 'with' and 'steps'")
            var reader = Reader(source: source, overrides: [:])
            guard let with = reader.readWith(tree) else { throw Diagnostics(reader.found) }
            self.with = with
            self.source = source
            self.tree = tree
            self.name = name
        }

        /// Whether a text is a lesson's file rather than a topology's: those have nodes.
        public static func isLesson(_ text: String, file: String) -> Bool {
            let (source, text) = SourceText.readable(text, file: file)
            var loader = TreeLoader(source: source)
            guard let tree = loader.load(text), case .map(let entries) = tree.kind else {
                return false
            }
            return !entries.contains { $0.key.text == "nodes" }
        }

        /// The lesson for its topology, whose settings may stand in the lines. Throws all mistakes at once.
        public func lesson(for topology: Topology) throws(Diagnostics) -> Lesson {
            var reader = Reader(source: source, overrides: [:])
            reader.topology = topology
            let lesson = reader.readLesson(tree, name, at: tree.place, isFile: true)
            guard let lesson, reader.found.isEmpty else { throw Diagnostics(reader.found) }
            return lesson
        }

        /// A mistake in the word behind `with`.
        public func unknownTopology(_ message: String, hint: String) -> Diagnostics {
            Diagnostics([
                source.diagnostic(at: with.place, message, code: "lesson/with", hint: hint)
            ])
        }
    }
}
