internal import Glibc

/// Where the Swift runtime of squall's own programs lies. A toolchain that root keeps below /root is
/// out of a node's reach, and `squall-node` would not start: then its libraries are bound into each
/// machine, and programs are told where.
struct Runtime: Sendable {
    /// Where the libraries appear in a machine.
    static let place = "/run/squall/lib"

    /// The directory on the host; `nil` where the nodes reach it, or none is needed.
    let hidden: String?

    /// Nothing is bound for nodes that reach `directory`.
    init(directory: String?, identity: Identity) {
        hidden = directory.flatMap { Self.isReached($0, by: identity) ? nil : $0 }
    }

    /// Takes the library that runs this very program.
    static func ofThisProgram(for identity: Identity) -> Runtime {
        // The last field of a mapping is its file.
        let line = fileText("/proc/self/maps", most: 1 << 20).split(separator: "\n").first {
            $0.hasSuffix("/libswiftCore.so")
        }
        let path = line?.firstIndex(of: "/").flatMap { line?[$0...] }
        return Runtime(
            directory: path.flatMap { path in
                path.lastIndex(of: "/").map { String(path[..<$0]) }
            }, identity: identity)
    }

    var binds: [Bind] { hidden.map { [Bind(source: $0, target: Self.place)] } ?? [] }

    /// The environment with the libraries' place, unless the program has its own opinion.
    func environment(_ given: [String]) -> [String] {
        guard hidden != nil, !given.contains(where: { $0.hasPrefix("LD_LIBRARY_PATH=") }) else {
            return given
        }
        return given + ["LD_LIBRARY_PATH=\(Self.place)"]
    }

    /// Whether an id may search every directory down to a path, by its owner, group and modes.
    static func isReached(_ path: String, by identity: Identity) -> Bool {
        var partial = ""
        for name in path.split(separator: "/") {
            partial += "/" + name
            var status = stat()
            guard stat(partial, &status) == 0 else { return false }
            let search: mode_t =
                status.st_uid == identity.userID
                ? 0o100 : status.st_gid == identity.groupID ? 0o010 : 0o001
            if status.st_mode & search == 0 { return false }
        }
        return true
    }
}

/// The text of a file, at most so many bytes; empty when it cannot be read.
func fileText(_ path: String, most: Int = 8192) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 8192)
    while bytes.count < most {
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { break }
        bytes.append(contentsOf: buffer.prefix(count))
    }
    return String(decoding: bytes, as: UTF8.self)
}
