internal import Foundation

/// The lines that the lab and a client's process exchange: JSON objects, each ended by a newline.
extension ClientConfiguration {
    /// The first line of a client's standard input.
    public var line: [UInt8] { encoded(self) }

    /// Reads a line, with or without its end; nil when it is none.
    public init?(line: some Sequence<UInt8>) {
        guard let read = decoded(Self.self, line) else { return nil }
        self = read
    }
}

extension ClientOrder {
    /// A later line of a client's standard input.
    public var line: [UInt8] { encoded(self) }

    /// Reads a line, with or without its end; nil when it is none.
    public init?(line: some Sequence<UInt8>) {
        guard let read = decoded(Self.self, line) else { return nil }
        self = read
    }
}

extension ClientReport {
    /// A line of a client's standard output.
    public var line: [UInt8] { encoded(self) }

    /// Reads a line, with or without its end; nil when it is none.
    public init?(line: some Sequence<UInt8>) {
        guard let read = decoded(Self.self, line) else { return nil }
        self = read
    }
}

private func encoded(_ value: some Encodable) -> [UInt8] {
    // Numbers that JSON does not have (NaN, infinity) are the only thing that could fail.
    guard let data = try? JSONEncoder().encode(value) else { return Array("{}\n".utf8) }
    return Array(data) + [10]
}

private func decoded<T: Decodable>(_ type: T.Type, _ line: some Sequence<UInt8>) -> T? {
    try? JSONDecoder().decode(type, from: Data(line))
}
