import Glibc

/// A file of cases: a line `=== NAME`, the input, a line `--- says`, the expected output.
/// `UPDATE=1` writes what came out instead of comparing.
struct GoldenFile {
    struct Case {
        var name: String
        var input: String
        var expected: String
    }

    let path: String
    var cases: [Case] = []

    init(_ name: String, beside file: String = #filePath) throws {
        path = file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex) + "/Golden/" + name
        var current: Case?
        var expecting = false
        for line in try readText(path).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("=== ") {
                if let current { cases.append(current) }
                current = Case(name: String(line.dropFirst(4)), input: "", expected: "")
                expecting = false
            } else if line == "--- says" {
                expecting = true
            } else if expecting {
                current?.expected += line + "\n"
            } else {
                current?.input += line + "\n"
            }
        }
        if let current { cases.append(current) }
        for index in cases.indices { cases[index].expected = trimmed(cases[index].expected) }
    }

    static var updating: Bool { getenv("UPDATE") != nil }

    func write() throws {
        var text = ""
        for item in cases {
            text += "=== \(item.name)\n\(item.input)--- says\n\(item.expected)\n\n"
        }
        try writeText(text, to: path)
    }
}

struct FileError: Error {
    var path: String
    var number: Int32
}

func readText(_ path: String) throws -> String {
    guard let file = fopen(path, "r") else { throw FileError(path: path, number: errno) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { break }
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

func writeText(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw FileError(path: path, number: errno) }
    fputs(text, file)
    fclose(file)
}

func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.hasSuffix("\n") { text = text.dropLast() }
    return String(text)
}

/// The checkout's folder.
func checkout(_ path: String, beside file: String = #filePath) -> String {
    var folder = Substring(file)
    for _ in 0..<3 { folder = folder.prefix(upTo: folder.lastIndex(of: "/") ?? folder.startIndex) }
    return folder + "/" + path
}
