extension Topology {
    /// A lesson: steps beside a running cluster, each with a text, perhaps a question, and a task that is
    /// looked at while it is being done. Lines are kept as text; the command language reads them, and its
    /// mistakes are pointed at through `Passage.place`.
    public struct Lesson: Hashable, Sendable {
        /// A word: the file's name without its ending, or the topology's.
        public var name: String
        /// What it is called.
        public var title: String
        /// How long it takes somebody who reads everything, in minutes.
        public var minutes: Int
        /// Values of the topology's settings that it is started with.
        public var settings: [Setting] = []
        /// At least one.
        public var steps: [Step] = []
        /// Where it begins.
        public var place: Place

        /// One step; everything may be left out, but not all of it.
        public struct Step: Hashable, Sendable {
            /// Command lines that squall gives itself when the step begins.
            public var run: [Passage] = []
            /// What there is to know.
            public var say: String?
            /// The screen that the dashboard goes to.
            public var show: Passage?
            /// A question before it happens.
            public var predict: Prediction?
            /// The task.
            public var task: String?
            /// Command lines that do the task.
            public var attempt: [Passage] = []
            /// What is true once the task is done.
            public var done: Passage?
            /// Told one after the other to whoever takes long.
            public var hints: [String] = []
            /// Told when it is done.
            public var learned: String?
        }

        /// A question with answers to choose from.
        public struct Prediction: Hashable, Sendable {
            /// The question.
            public var ask: String
            /// From two to nine answers.
            public var choices: [String]
            /// The right one, from 1.
            public var answer: Int
            /// Why it is right.
            public var because: String
        }
    }
}
