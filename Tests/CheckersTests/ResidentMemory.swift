import Glibc

/// How much memory this process has taken.
enum ResidentMemory {
    /// The most that it ever had, in bytes.
    static func peak() -> Int {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) * 1_024
    }
}
