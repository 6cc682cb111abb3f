public import Cluster

/// What one viewer looks at, and how. Everything a renderer knows beside the state of the cluster.
public struct View: Equatable, Sendable {
    /// Which screen.
    public var screen = Screen.overview
    /// The only time that a renderer sees: the run's clock when live, the playhead when replaying.
    public var now: Stamp
    /// Where the entries come from.
    public var source = Source.live(viewers: nil)
    /// The machine under the cursor; the first one when `nil`.
    public var cursor: NodeID?
    /// The direction under the cursor of the matrix.
    public var link: LinkID?
    /// Machines marked for the next command.
    public var marks: Set<NodeID> = []
    /// Where a range of rows began that moves with the cursor.
    public var anchor: NodeID?
    /// The other corner of a block of directions in the matrix.
    public var corner: LinkID?
    /// Whether the network is drawn as a map.
    public var isMap = false
    /// What is filtered for; empty shows everything.
    public var filter = Filter()
    /// By which column the table is sorted; in the order of definition when `nil`.
    public var sorting: Sorting?
    /// Keys that this viewer has moved.
    public var keyMap = KeyMap()
    /// What lies over the screen.
    public var overlay: Overlay?
    /// The last command of this viewer, and what it does.
    public var echo: Echo?
    /// The incident up to which the sentence about it has been read.
    public var read: FaultID?
    /// Whether this is the first time that somebody sees a dashboard here.
    public var newcomer = false
    /// Whether commands are refused here.
    public var readOnly = false
    /// Whether the presenter has locked the keys that change the cluster.
    public var isLocked = false
    /// The lesson beside the screen, if one is taught.
    public var lesson: LessonPanel?
    /// Logs as far as the shell has read them.
    public var logs = LogTail()
    /// The least level of the lines that are shown; all of them when `nil`.
    public var least: LogLevel?
    /// How many lines the logs are scrolled back; 0 follows.
    public var scrolled = 0
    /// What was looked for and found in a recording; shown where the playhead stands.
    public var found: Found?
    /// Characters that the terminal can show.
    public var glyphs: GlyphSet
    /// The stretch of time on the timeline, and its cursor.
    public var timeline = TimelineView()
    /// What is chosen on the replication screen.
    public var replication = ReplicationView()
    /// What is chosen on the traffic screen.
    public var traffic = TrafficView()
    /// What is chosen on the events screen.
    public var events = EventsView()
    /// What is looked at of a node.
    public var node = NodeView()
    /// The machine of the node's screen from inside, as it was told last.
    public var inspection: Inspection?
    /// Which scenario is looked at.
    public var chaos = ChaosView()
    /// What is shown of the configuration.
    public var config = ConfigView()
    /// What the topology says.
    public var plan = Plan()

    /// The first look at a cluster.
    public init(now: Stamp = .zero, glyphs: GlyphSet = .braille) {
        self.now = now
        self.glyphs = glyphs
    }

    /// Screens that one can be on.
    public enum Screen: String, Sendable, CaseIterable {
        case overview
        case network
        case logs
        case node
        case timeline
        case replication
        case traffic
        case events
        case chaos
        case config

        /// The key that goes there, from every screen.
        public var digit: Unicode.Scalar {
            Unicode.Scalar(UInt8(ascii: "0") + UInt8((place + 1) % 10))
        }

        /// The screen that a key goes to.
        public init?(digit: Unicode.Scalar) {
            guard let screen = Screen.allCases.first(where: { $0.digit == digit }) else {
                return nil
            }
            self = screen
        }

        private var place: Int { Screen.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Where the entries come from.
    public enum Source: Equatable, Sendable {
        /// A lab that runs; with how many look at it, if that is known.
        case live(viewers: Int?)
        /// A recording.
        case replay(Replay)
    }

    /// A recording and its playhead.
    public struct Replay: Equatable, Sendable {
        /// Where the playhead is.
        public var position: Stamp
        /// How long the recording is.
        public var length: Stamp
        /// Whether it moves.
        public var isPlaying: Bool
        /// How fast: 1 is as it happened.
        public var speed: Double
        /// Moments worth a jump, in order.
        public var marks: [Mark]
        /// Those of them that are headings of what the recording tells.
        public var chapters: [Mark]
        /// What was remarked while looking back, in order; unlike those of the run it can be changed.
        public var notes: [Mark]

        /// A playhead.
        public init(
            position: Stamp, length: Stamp, isPlaying: Bool = true, speed: Double = 1,
            marks: [Mark] = [], chapters: [Mark] = [], notes: [Mark] = []
        ) {
            self.position = position
            self.length = length
            self.isPlaying = isPlaying
            self.speed = speed
            self.marks = marks
            self.chapters = chapters
            self.notes = notes
        }

        /// A moment on the scrubber.
        public struct Mark: Equatable, Sendable {
            /// When.
            public var at: Stamp
            /// What it was.
            public var kind: News.Kind
            /// In words.
            public var text: String
            /// What explains it, a line each.
            public var story: [String]

            /// A moment.
            public init(at: Stamp, kind: News.Kind, text: String = "", story: [String] = []) {
                self.at = at
                self.kind = kind
                self.text = text
                self.story = story
            }
        }
    }

    /// What a viewer said, and what it does.
    public struct Echo: Equatable, Sendable {
        /// The command line; empty for a plain remark.
        public var command: String
        /// Its effect, or the remark.
        public var effect: String
        /// How to take it.
        public var tone: Tone

        /// An echo.
        public init(command: String = "", effect: String, tone: Tone = .told) {
            self.command = command
            self.effect = effect
            self.tone = tone
        }

        /// How an echo is meant.
        public enum Tone: Sendable {
            case told
            case asking
            case refused
        }
    }

    /// What lies over the screen; keys go there first.
    public enum Overlay: Equatable, Sendable {
        /// The keys of the screen below, from a line on where there is not room for all.
        case help(from: Int)
        /// `:`.
        case palette(Prompt)
        /// `/`.
        case filter(Prompt)
        /// `f`: every fault with its key.
        case menu
        /// A fault's one-line form.
        case form(Form)
        /// `p`: who is on which side.
        case sides(Sides)
        /// `q`.
        case leave
        /// `C` in a recording: its chapters, with the one that Enter goes to.
        case chapters(Int)
        /// `t` in a recording: a time is typed; the complaint about it, where it is none.
        case moment(Prompt)
        /// `a`: a remark is typed, about this moment.
        case note(Prompt, at: Stamp)
        /// `T` in a recording: whether to start the same cluster with the faults of this moment.
        case takeOver
    }

    /// What was looked for in a recording, where it stands.
    public struct Found: Equatable, Sendable {
        /// When.
        public var at: Stamp
        /// The node that it is about, if it is about one.
        public var node: NodeID?
        /// The line, the sentence or the command.
        public var text: String

        /// A place.
        public init(at: Stamp, node: NodeID? = nil, text: String) {
            self.at = at
            self.node = node
            self.text = text
        }
    }
}
