internal import Glibc

/// Who nodes are outside their machines. Never root.
public struct Identity: Equatable, Sendable {
    /// The outer user id of every node's command.
    public var userID: UInt32
    /// The outer group id of every node's command.
    public var groupID: UInt32
    /// Why this one, for `doctor` and the first line of `up`.
    public var origin: Origin

    /// An identity that was decided elsewhere.
    public init(userID: UInt32, groupID: UInt32, origin: Origin) {
        self.userID = userID
        self.groupID = groupID
        self.origin = origin
    }

    /// Where an identity comes from.
    public enum Origin: Equatable, Sendable {
        /// An ordinary user: themselves.
        case operatorOwn
        /// Root through sudo: `SUDO_UID`.
        case sudo
        /// Asked for with `--user NAME`.
        case named(String)
        /// Root without either: a free id made for the run.
        case free
    }

    /// An account of the host.
    public struct Account: Equatable, Sendable {
        /// Its name.
        public var name: String
        /// Its user id.
        public var userID: UInt32
        /// Its group id.
        public var groupID: UInt32

        /// An account.
        public init(name: String, userID: UInt32, groupID: UInt32) {
            self.name = name
            self.userID = userID
            self.groupID = groupID
        }
    }

    /// Where free ids are looked for: the range that systemd keeps for services that are nobody for
    /// long, so that no account of a distribution lies there.
    public static let freeRange: ClosedRange<UInt32> = 61_184...65_519

    /// Decides who the nodes are. An ordinary user's are themselves, and asking for anybody else is
    /// an error; root's are whom they ask for, who called sudo, or a free id; root is always refused.
    public static func decide(
        effective: Account, sudo: Account?, requested: Account?, isFree: (UInt32) -> Bool
    ) throws(MachineError) -> Identity {
        guard effective.userID == 0 else {
            guard requested == nil || requested?.userID == effective.userID else {
                throw .noHost("--user: only root may choose who nodes are; leave it out")
            }
            return Identity(
                userID: effective.userID, groupID: effective.groupID, origin: .operatorOwn)
        }
        if let requested {
            guard requested.userID != 0, requested.groupID != 0 else {
                throw .noHost(
                    "--user \(requested.name): a node is never root, it would own the host's files")
            }
            return Identity(
                userID: requested.userID, groupID: requested.groupID, origin: .named(requested.name)
            )
        }
        if let sudo, sudo.userID != 0, sudo.groupID != 0 {
            return Identity(userID: sudo.userID, groupID: sudo.groupID, origin: .sudo)
        }
        guard let free = freeRange.first(where: isFree) else {
            throw .noHost("no free user id is left between 61184 and 65519: use --user NAME")
        }
        return Identity(userID: free, groupID: free, origin: .free)
    }

    /// Decides for this process: its ids, `SUDO_UID` and `SUDO_GID`, the accounts and the processes of
    /// the host. `user` is a name or a number.
    public static func ofThisProcess(user: String? = nil) throws(MachineError) -> Identity {
        var requested: Account?
        if let user {
            guard let account = account(user) else {
                throw .noHost("--user \(user): this machine has no such user")
            }
            requested = account
        }
        var sudo: Account?
        if let id = variable("SUDO_UID").flatMap({ UInt32($0) }),
            let group = variable("SUDO_GID").flatMap({ UInt32($0) })
        {
            sudo = Account(name: variable("SUDO_USER") ?? "\(id)", userID: id, groupID: group)
        }
        let taken = geteuid() == 0 ? usersOfProcesses() : []
        return try decide(
            effective: Account(name: "", userID: geteuid(), groupID: getegid()), sudo: sudo,
            requested: requested
        ) { id in !taken.contains(id) && getpwuid(id) == nil && getgrgid(id) == nil }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func account(_ user: String) -> Account? {
        if let entry = getpwnam(user) {
            return Account(
                name: user, userID: entry.pointee.pw_uid, groupID: entry.pointee.pw_gid)
        }
        return UInt32(user).map { id in
            Account(name: user, userID: id, groupID: getpwuid(id)?.pointee.pw_gid ?? id)
        }
    }

    /// The owners of all processes: another lab's free id is in use while its machines run.
    private static func usersOfProcesses() -> Set<UInt32> {
        var users: Set<UInt32> = []
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            var status = stat()
            let found = withUnsafePointer(to: &entry.pointee.d_name.0) { name in
                (0x30...0x39).contains(name.pointee)
                    && fstatat(dirfd(directory), name, &status, 0) == 0
            }
            if found { users.insert(status.st_uid) }
        }
        return users
    }
}
