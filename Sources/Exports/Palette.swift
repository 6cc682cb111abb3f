internal import Dashboard

/// The colours of a theme as `#rrggbb`.
enum Palette {
    static func hex(_ index: Int16) -> String? {
        guard (0..<256).contains(index) else { return nil }
        let text = String(Theme.rgb(of: Int(index)), radix: 16)
        return "#" + String(repeating: "0", count: 6 - text.count) + text
    }
}
