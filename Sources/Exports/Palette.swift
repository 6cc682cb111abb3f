/// The 256 colours that terminals agree on, as `#rrggbb`: sixteen of old, a cube of six steps a side,
/// and a ramp of greys.
enum Palette {
    static func hex(_ index: Int16) -> String? {
        switch index {
        case 0..<16: old[Int(index)]
        case 16..<232:
            cube(Int(index) - 16)
        case 232..<256:
            hex(grey: 8 + 10 * (Int(index) - 232))
        default: nil
        }
    }

    private static let old = [
        "#1c1c1c", "#d75f5f", "#5faf5f", "#d7af5f", "#5f87d7", "#af87d7", "#5fafaf", "#d0d0d0",
        "#6c6c6c", "#ff8787", "#87d787", "#ffd787", "#87afff", "#d7afff", "#87d7d7", "#ffffff",
    ]

    private static func cube(_ index: Int) -> String {
        let steps = [0, 95, 135, 175, 215, 255]
        return "#" + [index / 36, index / 6 % 6, index % 6].map { byte(steps[$0]) }.joined()
    }

    private static func hex(grey: Int) -> String {
        "#" + byte(grey) + byte(grey) + byte(grey)
    }

    private static func byte(_ value: Int) -> String {
        let text = String(value, radix: 16)
        return value < 16 ? "0" + text : text
    }
}
