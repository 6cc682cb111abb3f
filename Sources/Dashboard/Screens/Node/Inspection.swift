public import Cluster

/// What a machine looks like from inside at a moment: its processes, its disk, its environment. No entry of
/// the journal tells it; whoever shows a running cluster asks for it.
public struct Inspection: Equatable, Sendable {
    /// Whose.
    public var node: NodeID
    /// As a tree: children behind their parents.
    public var processes: [Process] = []
    /// What lies in the data directory, the youngest first.
    public var files: [File] = []
    /// `NAME=value`, sorted.
    public var environment: [String] = []
    /// Why nothing can be told.
    public var problem: String?

    /// A process of the machine.
    public struct Process: Equatable, Sendable {
        /// As the machine counts.
        public var id: Int
        /// `S`, `R`, `T` …, see proc_pid_stat(5).
        public var state: Character
        /// How far it is from pid 1.
        public var depth: Int
        /// Program and arguments.
        public var text: String
    }

    /// A file or a folder.
    public struct File: Equatable, Sendable {
        /// Without a path.
        public var name: String
        /// In bytes.
        public var size: Int64
        /// Whether others lie in it.
        public var isFolder: Bool
    }

    /// Nothing is known of it, and why.
    public init(of node: NodeID, problem: String? = nil) {
        self.node = node
        self.problem = problem
    }

    /// What a shell in the machine is asked, in its data directory. It answers within what a pipe holds, so
    /// that it never waits for its reader.
    public static let script = """
        { echo "#self $$"
        for d in /proc/[0-9]*; do
          read -r stat < "$d/stat" || continue
          echo "$stat"
          tr '\\0\\n' '  ' < "$d/cmdline"; echo
        done 2>/dev/null
        echo "#files"
        ls -lnAt 2>/dev/null | head -n 60
        echo "#environment"
        env | sort | head -n 100; } | head -c 60000
        """

    /// What the shell answered; lines that make no sense are left out.
    public init(of node: NodeID, reading text: String) {
        self.init(of: node)
        var found: [Row] = []
        var me: Int?
        var part = Part.processes
        var stat: (id: Int, parent: Int, state: Character, name: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#self ") {
                me = Int(line.dropFirst(6))
            } else if line == "#files" {
                part = .files
            } else if line == "#environment" {
                part = .environment
            } else {
                switch part {
                case .processes:
                    if let known = stat {
                        // A process without arguments, as one that has ended, is told by its name.
                        let words = line.trimmed
                        found.append(
                            Row(
                                id: known.id, parent: known.parent, state: known.state,
                                text: words.isEmpty ? "(\(known.name))" : String(words)))
                        stat = nil
                    } else {
                        stat = Self.stat(line)
                    }
                case .files:
                    if let file = Self.file(line) { files.append(file) }
                case .environment:
                    if line.contains("=") { environment.append(String(line)) }
                }
            }
        }
        processes = Self.tree(found, without: me)
    }

    private enum Part { case processes, files, environment }

    private struct Row {
        var id: Int
        var parent: Int
        var state: Character
        var text: String
    }

    /// `4 (redis-server) S 1 …`: the name may hold anything, a parenthesis too.
    private static func stat(
        _ line: Substring
    ) -> (id: Int, parent: Int, state: Character, name: String)? {
        guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"),
            open < close, let id = Int(line[..<open].trimmed)
        else { return nil }
        let rest = line[line.index(after: close)...].split(separator: " ")
        guard rest.count > 1, let state = rest[0].first, let parent = Int(rest[1]) else {
            return nil
        }
        return (id, parent, state, String(line[line.index(after: open)..<close]))
    }

    /// A line of `ls -ln`: mode, links, owner, group, size, month, day, time, name.
    private static func file(_ line: Substring) -> File? {
        let words = line.split(separator: " ", maxSplits: 8)
        guard words.count == 9, let size = Int64(words[4]) else { return nil }
        return File(name: String(words[8]), size: size, isFolder: words[0].hasPrefix("d"))
    }

    /// Children behind their parents; the shell that looked is not one of them.
    private static func tree(_ rows: [Row], without me: Int?) -> [Process] {
        var children: [Int: [Row]] = [:]
        let ids = Set(rows.map(\.id))
        for row in rows where row.id != me {
            children[ids.contains(row.parent) ? row.parent : 0, default: []].append(row)
        }
        var tree: [Process] = []
        var seen = Set<Int>()
        func add(_ parent: Int, _ depth: Int) {
            for row in (children[parent] ?? []).sorted(by: { $0.id < $1.id })
            where seen.insert(row.id).inserted {
                tree.append(
                    Process(id: row.id, state: row.state, depth: depth, text: row.text))
                if depth < 30 { add(row.id, depth + 1) }
            }
        }
        add(0, 0)
        return tree
    }
}

extension StringProtocol {
    /// Without blanks at its ends.
    fileprivate var trimmed: Substring {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
