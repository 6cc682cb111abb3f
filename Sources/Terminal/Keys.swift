internal import CTerminal
internal import Dashboard

extension Input {
    /// A key as the C side tells it; `nil` for one that means nothing here.
    init?(_ key: squall_key) {
        switch Int(key.kind) {
        case squall_key_character:
            guard let scalar = Unicode.Scalar(key.code) else { return nil }
            if key.code < 0x20 {
                guard (1...26).contains(key.code), let letter = Unicode.Scalar(key.code + 0x60)
                else { return nil }
                self = .control(letter)
            } else {
                self = .character(scalar)
            }
        case squall_key_named:
            guard let input = Input(named: key.code) else { return nil }
            self = input
        case squall_key_click:
            self = .click(Position(column: Int(key.column), row: Int(key.row)))
        case squall_key_release:
            self = .release(Position(column: Int(key.column), row: Int(key.row)))
        case squall_key_wheel_up: self = .wheelUp
        case squall_key_wheel_down: self = .wheelDown
        case squall_key_resized: self = .resized
        default: return nil
        }
    }

    private init?(named code: UInt32) {
        let f1 = squall_named_f1.rawValue
        if (f1..<(f1 + 12)).contains(code) {
            self = .function(Int(code - f1) + 1)
            return
        }
        guard let input = Input.named[code] else { return nil }
        self = input
    }

    private static let named: [UInt32: Input] = [
        squall_named_up.rawValue: .up, squall_named_down.rawValue: .down,
        squall_named_left.rawValue: .left, squall_named_right.rawValue: .right,
        squall_named_shift_left.rawValue: .shiftLeft,
        squall_named_shift_right.rawValue: .shiftRight, squall_named_home.rawValue: .home,
        squall_named_end.rawValue: .end, squall_named_page_up.rawValue: .pageUp,
        squall_named_page_down.rawValue: .pageDown, squall_named_enter.rawValue: .enter,
        squall_named_backspace.rawValue: .backspace, squall_named_delete.rawValue: .delete,
        squall_named_tab.rawValue: .tab, squall_named_back_tab.rawValue: .backTab,
        squall_named_escape.rawValue: .escape,
    ]
}
