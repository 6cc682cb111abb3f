extension Theme {
    /// The 256 colours that terminals agree on, 8 bits each of red, green and blue: sixteen of old, a cube of
    /// six steps a side, and a ramp of greys. 0 for a number that is none of them.
    public static func rgb(of index: Int) -> UInt32 {
        switch index {
        case 0..<16: return old[index]
        case 16..<232:
            let steps: [UInt32] = [0, 95, 135, 175, 215, 255]
            let place = index - 16
            return steps[place / 36] << 16 | steps[place / 6 % 6] << 8 | steps[place % 6]
        case 232..<256: return UInt32(8 + 10 * (index - 232)) * 0x010101
        default: return 0
        }
    }

    private static let old: [UInt32] = [
        0x1C1C1C, 0xD75F5F, 0x5FAF5F, 0xD7AF5F, 0x5F87D7, 0xAF87D7, 0x5FAFAF, 0xD0D0D0,
        0x6C6C6C, 0xFF8787, 0x87D787, 0xFFD787, 0x87AFFF, 0xD7AFFF, 0x87D7D7, 0xFFFFFF,
    ]
}
