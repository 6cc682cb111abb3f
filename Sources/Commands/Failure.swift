internal import ArgumentParser
internal import Glibc
internal import Lab
internal import Synchronization

/// Exit codes that have a meaning; see the reference.
enum Code {
    static let notReady: Int32 = 4
    static let usage: Int32 = 64
    static let badInput: Int32 = 65
    static let unavailable: Int32 = 69
    static let internalError: Int32 = 70
}

/// Prints to standard error, or hands over to whoever wants to say it otherwise.
func complain(_ message: String) {
    let isKept = Complaints.kept.withLock { kept in
        kept?.append(message)
        return kept != nil
    }
    if !isKept { fputs(message + "\n", stderrStream) }
}

/// What would have been printed to standard error, for those who show it in the dashboard.
enum Complaints {
    fileprivate static let kept = Mutex<[String]?>(nil)

    /// Runs something that may end the command, and throws its reasons in place of printing them.
    static func catching<Result>(_ body: () throws -> Result) throws -> Result {
        kept.withLock { $0 = [] }
        do {
            let result = try body()
            for line in take() { complain(line) }
            return result
        } catch let code as ExitCode {
            throw Complaint(lines: take(), code: code)
        } catch {
            _ = take()
            throw error
        }
    }

    private static func take() -> [String] {
        kept.withLock { kept in
            defer { kept = nil }
            return kept ?? []
        }
    }
}

/// Why a command would have ended.
struct Complaint: Error {
    /// As they would have been printed.
    let lines: [String]
    /// What it would have ended with.
    let code: ExitCode

    /// All of it in one line.
    var line: String {
        let parts = lines.flatMap { $0.split(separator: "\n") }.map(String.init)
        return parts.map { $0.hasPrefix("squall: ") ? String($0.dropFirst(8)) : $0 }
            .joined(separator: "; ")
    }
}

/// Prints why, and ends the command with this code.
func failure(_ message: String, code: Int32) -> ExitCode {
    complain("squall: \(message)")
    return ExitCode(code)
}

/// `stderr` is a variable of C, which Swift 6 does not let anybody read; a stream of our own.
private nonisolated(unsafe) let stderrStream = fdopen(2, "w")
