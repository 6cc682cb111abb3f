extension Topology {
    /// A scenario in a file of its own: `about`, `settle`, `steps`, `always`, `expect` at the top.
    public struct ScenarioFile: Sendable {
        /// What the file says.
        public let scenario: Scenario
        /// The file, so that later checks can point into it.
        public let source: SourceText

        /// Reads a file; `topology` knows the settings. Throws all mistakes at once.
        public init(
            parsing text: String, file: String, name: String, for topology: Topology
        ) throws(Diagnostics) {
            let (source, text) = SourceText.readable(text, file: file)
            var loader = TreeLoader(source: source)
            guard let tree = loader.load(text), loader.found.isEmpty else {
                throw Diagnostics(
                    loader.found.isEmpty
                        ? [
                            source.diagnostic(
                                at: Place(line: 1, column: 1), "the file is empty",
                                code: "yaml/empty", hint: "a scenario has at least 'steps'")
                        ] : loader.found)
            }
            var reader = Reader(source: source, overrides: [:])
            reader.topology = topology
            let scenario = reader.readScenario(tree, name, at: tree.place)
            guard reader.found.isEmpty else { throw Diagnostics(reader.found) }
            self.scenario = scenario
            self.source = source
        }
    }
}
