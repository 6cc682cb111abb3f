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
            let (source, tree) = try TreeLoader.whole(
                text, file: file, hint: "a scenario has at least 'steps'")
            var reader = Reader(source: source, overrides: [:])
            reader.topology = topology
            let scenario = reader.readScenario(tree, name, at: tree.place)
            guard reader.found.isEmpty else { throw Diagnostics(reader.found) }
            self.scenario = scenario
            self.source = source
        }
    }
}
