extension Stamp {
    /// A moment as people write it: `3:41`, `03:41.2`, `1:04:11`, or seconds as `221`, `221.5`, `46s`. `nil`
    /// when it is none of these; microseconds are the finest.
    public init?(clock text: some StringProtocol) {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1, parts[0].last == "s" { parts[0] = parts[0].dropLast() }
        guard (1...3).contains(parts.count), let last = parts.popLast() else { return nil }
        guard var total = Self.micros(last, isAlone: parts.isEmpty) else { return nil }
        var unit: Int64 = 60_000_000
        for (place, part) in parts.reversed().enumerated() {
            let isFirst = place == parts.count - 1
            guard let number = Self.whole(part), isFirst || number < 60, number < 1_000_000 else {
                return nil
            }
            total += number * unit
            unit *= 60
        }
        self.init(microseconds: total)
    }

    /// Seconds with a fraction, in microseconds; below a minute behind a colon.
    private static func micros(_ text: some StringProtocol, isAlone: Bool) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let seconds = whole(parts[0]) else { return nil }
        guard seconds < (isAlone ? 1_000_000_000 : 60) else { return nil }
        guard parts.count == 2 else { return seconds * 1_000_000 }
        guard whole(parts[1]) != nil else { return nil }
        let digits = parts[1].prefix(6)
        let padded = digits + String(repeating: "0", count: 6 - digits.count)
        return whole(padded).map { seconds * 1_000_000 + $0 }
    }

    /// Digits and nothing else.
    private static func whole(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }
}
