internal import Glibc

/// Signals by the names that topologies and commands use, without `SIG`.
private let numbers: [String: Int32] = [
    "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ILL": SIGILL, "TRAP": SIGTRAP,
    "ABRT": SIGABRT, "BUS": SIGBUS, "FPE": SIGFPE, "KILL": SIGKILL, "USR1": SIGUSR1,
    "SEGV": SIGSEGV, "USR2": SIGUSR2, "PIPE": SIGPIPE, "ALRM": SIGALRM, "TERM": SIGTERM,
    "CHLD": SIGCHLD, "CONT": SIGCONT, "STOP": SIGSTOP, "TSTP": SIGTSTP, "TTIN": SIGTTIN,
    "TTOU": SIGTTOU, "WINCH": SIGWINCH, "XCPU": SIGXCPU, "XFSZ": SIGXFSZ, "SYS": SIGSYS,
]

/// The number of a signal called `TERM` or `SIGTERM`; `nil` for an unknown one.
func signalNumber(_ name: String) -> Int32? {
    numbers[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name]
}

/// The name of a signal with `SIG`, as people write it; `signal 64` for one without.
func signalName(_ number: Int32) -> String {
    numbers.first { $0.value == number }.map { "SIG" + $0.key } ?? "signal \(number)"
}
