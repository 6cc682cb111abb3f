internal import Glibc

/// Where this process may make control groups, and why not elsewhere. A pure value of what the kernel
/// tells: the tests decide for machines they are not on.
public struct ControlGroups: Equatable, Sendable {
    /// What a control group can hold back.
    public enum Controller: String, Sendable, CaseIterable {
        /// Processor time.
        case cpu
        /// Memory.
        case memory
    }

    /// A place for control groups.
    public struct Place: Equatable, Sendable {
        /// 1 or 2: the file names differ.
        public var version: Int
        /// The group in which new ones are made.
        public var parent: String
        /// The group that processes were in, and go back to.
        public var home: String
    }

    /// A place, or the reason why there is none.
    public enum Finding: Equatable, Sendable {
        /// Groups may be made there.
        case place(Place)
        /// In words, after "processor time cannot be …: ".
        case none(String)

        /// The place, if there is one.
        public var place: Place? { if case .place(let place) = self { place } else { nil } }
    }

    /// Of processor time.
    public var cpu: Finding
    /// Of memory.
    public var memory: Finding

    /// What a process sees of itself and of the mounted hierarchies.
    public struct Surroundings: Sendable {
        /// The text of `/proc/self/cgroup`.
        public var membership: String
        /// The text of `/proc/self/mountinfo`.
        public var mounts: String
        /// Whether this process may write to a path.
        public var isWritable: @Sendable (String) -> Bool
        /// The text of a file.
        public var text: @Sendable (String) -> String

        /// Surroundings of any process.
        public init(
            membership: String, mounts: String, isWritable: @escaping @Sendable (String) -> Bool,
            text: @escaping @Sendable (String) -> String
        ) {
            self.membership = membership
            self.mounts = mounts
            self.isWritable = isWritable
            self.text = text
        }

        /// This process's own.
        public static var ofThisProcess: Surroundings {
            Surroundings(
                membership: fileText("/proc/self/cgroup"),
                mounts: fileText("/proc/self/mountinfo", most: 1 << 20),
                isWritable: { access($0, W_OK) == 0 }, text: { fileText($0) })
        }
    }

    /// Looks for a place of each controller.
    public init(_ surroundings: Surroundings = .ofThisProcess) {
        cpu = Self.find(.cpu, surroundings)
        memory = Self.find(.memory, surroundings)
    }

    /// Where this process makes groups, if it makes any: what has to be removed when it is gone.
    public var folders: [String] {
        let places = Controller.allCases.compactMap { self[$0].place }
        return Set(places.map { ControlGroup.folder(in: $0, of: getpid()) }).sorted()
    }

    /// Of a controller.
    public subscript(controller: Controller) -> Finding { controller == .cpu ? cpu : memory }

    private static func find(_ controller: Controller, _ around: Surroundings) -> Finding {
        let mounts = around.mounts.split(separator: "\n").compactMap { Mount($0) }
        let own = around.membership.split(separator: "\n").compactMap { Membership($0) }
        // A controller belongs to one hierarchy: to one of the old kind, or to the new one.
        let name = Substring(controller.rawValue)
        if let mount = mounts.first(where: {
            $0.kind == "cgroup" && $0.options.contains(name)
        }) {
            guard
                let home = own.first(where: { $0.controllers.contains(name) })
                    .flatMap({ mount.path(of: $0.path) })
            else { return .none("the control group of this process is not mounted") }
            guard around.isWritable(home) else {
                return .none("only root may make control groups in \(home)")
            }
            return .place(Place(version: 1, parent: home, home: home))
        }
        guard let mount = mounts.first(where: { $0.kind == "cgroup2" }),
            let home = own.first(where: { $0.controllers.isEmpty }).flatMap({
                mount.path(of: $0.path)
            })
        else { return .none("no control groups are mounted") }
        return unified(controller, home, mount, around)
    }

    /// A group with processes has no groups with controllers in it, the root apart: so they are made
    /// beside the one that this process is in.
    private static func unified(
        _ controller: Controller, _ home: String, _ mount: Mount, _ around: Surroundings
    ) -> Finding {
        let parent =
            home == mount.point
            ? home : String(home[..<(home.lastIndex(of: "/") ?? home.startIndex)])
        let words = around.text(parent + "/cgroup.controllers").split { $0.isWhitespace }
        guard words.contains(Substring(controller.rawValue)) else {
            return .none("the control group \(parent) has no \(controller.rawValue) controller")
        }
        guard around.isWritable(parent), around.isWritable(parent + "/cgroup.procs"),
            around.isWritable(home + "/cgroup.procs")
        else { return .none("\(parent) is not delegated to this user") }
        let given = around.text(parent + "/cgroup.subtree_control").split { $0.isWhitespace }
        guard
            given.contains(Substring(controller.rawValue))
                || around.isWritable(parent + "/cgroup.subtree_control")
        else { return .none("\(parent) does not pass the \(controller.rawValue) controller on") }
        return .place(Place(version: 2, parent: parent, home: home))
    }

    /// A line of `/proc/self/mountinfo`.
    private struct Mount {
        var root: String
        var point: String
        var kind: String
        var options: [Substring]

        init?(_ line: Substring) {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else {
                return nil
            }
            root = String(fields[3])
            point = String(fields[4])
            kind = String(fields[dash + 1])
            options = fields[dash + 3].split(separator: ",")
        }

        /// Where a group of the hierarchy is seen; `nil` outside of what is mounted.
        func path(of group: String) -> String? {
            if root == "/" { return group == "/" ? point : point + group }
            guard group == root || group.hasPrefix(root + "/") else { return nil }
            return point + group.dropFirst(root.count)
        }
    }

    /// A line of `/proc/self/cgroup`.
    private struct Membership {
        var controllers: [Substring]
        var path: String

        init?(_ line: Substring) {
            let fields = line.split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            controllers = fields[1].split(separator: ",")
            path = String(fields[2])
        }
    }
}
