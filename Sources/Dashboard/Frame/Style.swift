/// What a cell means. The painter chooses the colour from a theme, so that golden frames hold
/// meanings and outlive every change of taste.
public struct Style: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// Index into `Style.all` for the known ones.
    public var rawValue: UInt16

    /// A style by number; an unknown one is painted plain.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Ordinary text.
    public static let plain = Style(rawValue: 0)
    /// Beside the point: labels, units, rules, what is idle.
    public static let quiet = Style(rawValue: 1)
    /// Lines that divide.
    public static let rule = Style(rawValue: 2)
    /// The one accent: names of screens, the cursor, what is well.
    public static let accent = Style(rawValue: 3)
    /// Well and ready.
    public static let good = Style(rawValue: 4)
    /// Not as it should be.
    public static let warning = Style(rawValue: 5)
    /// Broken.
    public static let alarm = Style(rawValue: 6)
    /// Leads.
    public static let leader = Style(rawValue: 7)
    /// Follows.
    public static let follower = Style(rawValue: 8)
    /// Wants to lead.
    public static let candidate = Style(rawValue: 9)
    /// Watches.
    public static let observer = Style(rawValue: 10)
    /// A fault at work.
    public static let fault = Style(rawValue: 11)
    /// A key that does something here.
    public static let key = Style(rawValue: 12)
    /// A command as it would be typed.
    public static let command = Style(rawValue: 13)
    /// Found by the filter.
    public static let match = Style(rawValue: 14)
    /// Marked for the next command.
    public static let mark = Style(rawValue: 15)
    /// Being recorded.
    public static let recording = Style(rawValue: 16)
    /// A graph.
    public static let graph = Style(rawValue: 17)

    /// All styles in order of their numbers, with the letter that stands for each in golden frames.
    public static let all: [(style: Style, letter: Character, name: String)] = [
        (.plain, ".", "plain"), (.quiet, "q", "quiet"), (.rule, "-", "rule"),
        (.accent, "a", "accent"), (.good, "g", "good"), (.warning, "w", "warning"),
        (.alarm, "!", "alarm"), (.leader, "L", "leader"), (.follower, "F", "follower"),
        (.candidate, "C", "candidate"), (.observer, "O", "observer"), (.fault, "f", "fault"),
        (.key, "k", "key"), (.command, "c", "command"), (.match, "m", "match"),
        (.mark, "*", "mark"), (.recording, "R", "recording"), (.graph, "~", "graph"),
    ]

    /// The letter for golden frames; `?` for an unknown style.
    public var letter: Character {
        rawValue < Style.all.count ? Style.all[Int(rawValue)].letter : "?"
    }
}
