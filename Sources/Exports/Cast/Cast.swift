public import Dashboard

/// A film of a terminal, for asciinema and its kin: asciicast version 2 or 3
/// (https://docs.asciinema.org/manual/asciicast/v2/, …/v3/). Version 2 tells times since the
/// beginning, version 3 since the event before.
public struct Cast {
    /// Which format.
    public enum Version: String, CaseIterable, Sendable {
        case two = "2"
        case three = "3"
    }

    private let version: Version
    private var lines: [String] = []
    private var terminal: ANSI
    /// Of the event before, in microseconds, as it was written.
    private var last: Int64 = 0

    /// A film that nothing was shown in yet.
    /// - Parameters:
    ///   - began: seconds since 1970; `nil` when nobody knows.
    public init(
        _ version: Version, size: Size, theme: Theme = .dark, title: String, began: Int64? = nil
    ) {
        self.version = version
        var theme = theme
        theme.depth = .many
        terminal = ANSI(theme)
        let when = began.map { ",\"timestamp\":\($0)" } ?? ""
        let title = Escaping.quoted(Escaping.oneLine(title))
        lines.append(
            version == .two
                ? "{\"version\":2,\"width\":\(size.columns),\"height\":\(size.rows)\(when),"
                    + "\"title\":\(title),\"env\":{\"TERM\":\"xterm-256color\"}}"
                : "{\"version\":3,\"term\":{\"cols\":\(size.columns),\"rows\":\(size.rows),"
                    + "\"type\":\"xterm-256color\"}\(when),\"title\":\(title)}")
    }

    /// Shows a frame from a moment on, in seconds since the beginning. Moments never decrease.
    public mutating func show(_ frame: Frame, at seconds: Double) {
        let text = terminal.show(frame)
        if !text.isEmpty { event("o", text, seconds) }
    }

    /// A chapter begins: players can jump there.
    public mutating func mark(_ label: String, at seconds: Double) {
        event("m", Escaping.oneLine(label), seconds)
    }

    /// The file.
    public var text: String { lines.joined(separator: "\n") + "\n" }

    private mutating func event(_ code: String, _ text: String, _ seconds: Double) {
        let moment = max(last, Int64((max(0, seconds) * 1e6).rounded()))
        let time = version == .two ? moment : moment - last
        last = moment
        lines.append("[\(Self.decimal(time)),\"\(code)\",\(Escaping.quoted(text))]")
    }

    /// Microseconds as seconds with six decimals.
    private static func decimal(_ microseconds: Int64) -> String {
        let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest)
        return "\(whole)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
