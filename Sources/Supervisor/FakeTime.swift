internal import Glibc

/// libfaketime: a library that answers a program's questions for the wall clock. It must be there from
/// the program's start, and reaches programs that ask libc.
public enum FakeTime {
    /// Where it lies on this machine; `nil` where it is not installed. The one that is safe for
    /// programs with threads.
    public static var library: String? {
        var name = utsname()
        uname(&name)
        let architecture = withUnsafeBytes(of: &name.machine) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let folders = [
            "/usr/lib/\(architecture)-linux-gnu/faketime", "/usr/lib64/faketime",
            "/usr/lib/faketime", "/usr/local/lib/faketime",
        ]
        return folders.map { $0 + "/libfaketimeMT.so.1" }.first { access($0, R_OK) == 0 }
    }

    /// What a program's environment needs so that its clock follows a file, at most a second later.
    /// Its measured durations stay right: only the wall clock is set.
    public static func environment(library: String, file: String) -> [String] {
        [
            "LD_PRELOAD=\(library)", "FAKETIME_TIMESTAMP_FILE=\(file)", "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_DONT_RESET=1",
        ]
    }

    /// The text of such a file: so much ahead (or, negative, behind) of what the program's clock was
    /// when it started, and from there on so many times as fast.
    public static func setting(ahead: Duration, speed: Double) -> String {
        let nanoseconds = ahead.components.attoseconds / 1_000_000_000
        let total = Double(ahead.components.seconds) + Double(nanoseconds) / 1e9
        // The speed is always told: what is not told stays as it was.
        return (total < 0 ? "-" : "+") + decimal(abs(total)) + " x" + decimal(speed)
    }

    /// Nine places, without an exponent.
    private static func decimal(_ value: Double) -> String {
        let nanos = Int64((value * 1e9).rounded())
        let fraction = String(nanos % 1_000_000_000)
        return "\(nanos / 1_000_000_000)."
            + String(repeating: "0", count: 9 - fraction.count) + fraction
    }
}
