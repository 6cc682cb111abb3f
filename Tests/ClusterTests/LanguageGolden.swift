import Glibc
import Testing

/// Files of expected text beside the tests; `UPDATE=1` writes them anew.
enum LanguageGolden {
    private static let folder =
        #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/LanguageGolden/"

    static func read(_ name: String) throws -> String {
        let file = try #require(fopen(folder + name, "r"), "\(folder + name) cannot be opened")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let byte = fgetc(file)
            if byte == EOF { break }
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func compare(_ text: String, with golden: String, in name: String) throws {
        guard text != golden else { return }
        if getenv("UPDATE") != nil {
            let file = try #require(fopen(folder + name, "w"))
            defer { fclose(file) }
            fputs(text, file)
            return
        }
        let (new, old) = (text.split(separator: "\n"), golden.split(separator: "\n"))
        for index in 0..<max(new.count, old.count) {
            let (now, before) = (
                index < new.count ? new[index] : "", index < old.count ? old[index] : ""
            )
            #expect(now == before, "\(name), line \(index + 1); UPDATE=1 writes it anew")
        }
    }
}
