internal import ArgumentParser
internal import Glibc
internal import Lab

/// Exit codes that have a meaning; see the reference.
enum Code {
    static let neverReady: Int32 = 4
    static let usage: Int32 = 64
    static let badInput: Int32 = 65
    static let unavailable: Int32 = 69
    static let internalError: Int32 = 70
}

/// Prints to standard error.
func complain(_ message: String) {
    fputs(message + "\n", stderrStream)
}

/// Prints why, and ends the command with this code.
func failure(_ message: String, code: Int32) -> ExitCode {
    complain("squall: \(message)")
    return ExitCode(code)
}

/// `stderr` is a variable of C, which Swift 6 does not let anybody read; a stream of our own.
private nonisolated(unsafe) let stderrStream = fdopen(2, "w")
