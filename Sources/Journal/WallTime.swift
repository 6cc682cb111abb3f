internal import Glibc

/// A moment of the calendar, in UTC, for people: names of runs and the line that says when a run was.
/// Nothing is measured with it.
public struct WallTime: Equatable, Sendable {
    /// Microseconds since 1970.
    public var microseconds: Int64

    /// A moment in microseconds since 1970.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// The machine's calendar now.
    public static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// `2026-11-23T03:12:09.118204Z`
    public var text: String {
        let (date, time) = parts
        let fraction = padded(Int(floorRemainder(1_000_000)), 6)
        return "\(date)T\(time[0]):\(time[1]):\(time[2]).\(fraction)Z"
    }

    /// `2026-11-23T03-12-09Z`: sorts by time, and no file system minds it.
    public var nameText: String {
        let (date, time) = parts
        return "\(date)T\(time.joined(separator: "-"))Z"
    }

    private func floorRemainder(_ divisor: Int64) -> Int64 {
        let rest = microseconds % divisor
        return rest < 0 ? rest + divisor : rest
    }

    /// Days to a date after http://howardhinnant.github.io/date_algorithms.html (civil_from_days).
    private var parts: (date: String, time: [String]) {
        let second = floorRemainder(86_400_000_000) / 1_000_000
        let days = (microseconds - floorRemainder(86_400_000_000)) / 86_400_000_000 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (
            "\(padded(Int(year), 4))-\(padded(Int(month), 2))-\(padded(Int(day), 2))",
            [second / 3_600, second / 60 % 60, second % 60].map { padded(Int($0), 2) }
        )
    }
}

private func padded(_ value: Int, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
