/// Why there is no dashboard here.
public enum TerminalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Neither standard input nor /dev/tty is a terminal.
    case noTerminal
    /// terminfo knows neither `$TERM` nor xterm-256color.
    case unknownTerminal(String)
    /// The terminal cannot move its cursor.
    case dumbTerminal
    /// No descriptor could be made to wait on.
    case noWake

    /// One line that says what to do.
    public var description: String {
        switch self {
        case .noTerminal:
            "no terminal here: the dashboard needs one (squall run works without)"
        case .unknownTerminal(let name):
            "TERM=\(name) is unknown here, and xterm-256color too: install ncurses-base, or set TERM"
        case .dumbTerminal:
            "TERM=dumb cannot show a dashboard: set TERM, or use squall run"
        case .noWake: "no descriptor is left to wait on (ulimit -n)"
        }
    }
}
