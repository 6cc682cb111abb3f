import Dashboard
import Foundation
import Testing

/// Frames as files: the text, then a letter for the style of each cell. `UPDATE=1` writes them anew.
struct GoldenFile {
    let name: String

    private var path: String {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Golden/\(name).txt").path()
    }

    /// Compares sections with those of the file; differing lines are shown one above the other.
    func check(_ sections: [(title: String, frame: Frame)]) {
        check(text: sections.map { GoldenFile.text($0.title, $0.frame) }.joined(separator: "\n"))
    }

    /// The same of any text; `=== ` begins a section.
    func check(text: String) {
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
            do {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
            } catch {
                Issue.record("cannot write \(path): \(error)")
            }
            return
        }
        guard let golden = try? String(contentsOfFile: path, encoding: .utf8) else {
            Issue.record("there is no \(path): run with UPDATE=1")
            return
        }
        if golden == text { return }
        let old = golden.split(separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        var told = 0
        var section = ""
        for line in 0..<max(old.count, new.count) {
            let before = line < old.count ? old[line] : "(nothing)"
            let now = line < new.count ? new[line] : "(nothing)"
            if before.hasPrefix("=== ") { section = String(before) }
            guard before != now, told < 12 else { continue }
            told += 1
            Issue.record(
                "\(name), \(section), line \(line + 1)\n- \(before)\n+ \(now)")
        }
    }

    private static func text(_ title: String, _ frame: Frame) -> String {
        "=== \(title)\n" + frame.lines.joined(separator: "\n") + "\n--- styles\n"
            + frame.styleLines.joined(separator: "\n") + "\n"
    }
}
