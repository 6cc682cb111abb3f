internal import Glibc

/// `run.json`: what was run, when and on what, for lists of runs and for people.
public struct RunInfo: Equatable, Sendable {
    /// In the order of the file.
    public var fields: [Field] = []

    /// One fact.
    public struct Field: Equatable, Sendable {
        /// `topology`, `seed`, `kernel`, …
        public var name: String
        /// What is true.
        public var value: Value
    }

    /// Values of facts.
    public enum Value: Equatable, Sendable {
        case text(String)
        case number(Int64)
        case flag(Bool)
    }

    /// Nothing is known.
    public init() {}

    /// A fact by name; setting one that is there replaces it.
    public subscript(name: String) -> Value? {
        get { fields.first { $0.name == name }?.value }
        set {
            fields.removeAll { $0.name == name && newValue == nil }
            guard let newValue else { return }
            if let index = fields.firstIndex(where: { $0.name == name }) {
                fields[index].value = newValue
            } else {
                fields.append(Field(name: name, value: newValue))
            }
        }
    }

    /// A fact that is a text.
    public func text(_ name: String) -> String? {
        if case .text(let text)? = self[name] { text } else { nil }
    }

    /// A fact that is a number.
    public func number(_ name: String) -> Int64? {
        if case .number(let number)? = self[name] { number } else { nil }
    }

    /// The machine: kernel, its release and build, host name, cores, memory.
    public mutating func addMachine() {
        var name = utsname()
        uname(&name)
        func text<Field>(_ field: Field) -> Value {
            withUnsafeBytes(of: field) {
                .text(String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self))
            }
        }
        self["kernel"] = text(name.release)
        self["build"] = text(name.version)
        self["machine"] = text(name.machine)
        self["host"] = text(name.nodename)
        self["cores"] = .number(Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let pages = Int64(sysconf(Int32(_SC_PHYS_PAGES)))
        self["memory"] = .number(pages &* Int64(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// As JSON, one fact a line.
    public var bytes: [UInt8] {
        var writer = LineWriter()
        writer.raw("{")
        for (index, field) in fields.enumerated() {
            writer.raw(index == 0 ? "\n  " : ",\n  ")
            writer.string(field.name)
            writer.raw(": ")
            switch field.value {
            case .text(let text): writer.string(text)
            case .number(let number): writer.integer(number)
            case .flag(let flag): writer.raw(flag ? "true" : "false")
            }
        }
        writer.raw("\n}\n")
        return writer.bytes
    }

    /// Reads JSON; facts of other kinds are left out. `nil` when it is none.
    public init?(bytes: [UInt8]) {
        // The scanner knows no newlines: a journal's line has none.
        let line = bytes.map { $0 == 0x0A ? 0x20 : $0 }
        let found = line.withUnsafeBufferPointer { buffer -> [JSONField]? in
            guard let base = buffer.baseAddress else { return nil }
            var scanner = Scanner(base, 0..<buffer.count)
            return try? scanner.fields()
        }
        guard let found else { return nil }
        for field in found {
            switch field.value {
            case .string(let text): self[field.name] = .text(text)
            case .bool(let flag): self[field.name] = .flag(flag)
            case .number(let lexeme):
                if let number = Int64(lexeme) { self[field.name] = .number(number) }
            default: break
            }
        }
    }

    /// Reads `run.json` of a run; `nil` when there is none.
    public init?(of folder: RunFolder) {
        guard let bytes = try? readWhole(folder.info, limit: 1 << 20) else { return nil }
        self.init(bytes: bytes)
    }
}

/// The bytes of a small file, at most `limit`.
func readWhole(_ path: String, limit: Int) throws(JournalError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 { throw JournalError("open", path) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: limit)
    var done = 0
    while done < limit {
        let count = bytes.withUnsafeMutableBytes {
            read(file, $0.baseAddress?.advanced(by: done), limit - done)
        }
        if count < 0, errno == EINTR { continue }
        if count < 0 { throw JournalError("read", path) }
        if count == 0 { break }
        done += count
    }
    bytes.removeSubrange(done...)
    return bytes
}
