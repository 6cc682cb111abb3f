/// A key, a click or a change of size, whatever terminal it comes from.
public enum Input: Hashable, Sendable {
    /// A character that is typed; never a control character.
    case character(Unicode.Scalar)
    /// Ctrl and a lower-case letter.
    case control(Unicode.Scalar)
    case enter
    case escape
    case tab
    case backTab
    case backspace
    case delete
    case up
    case down
    case left
    case right
    case shiftLeft
    case shiftRight
    case home
    case end
    case pageUp
    case pageDown
    /// F1 is 1.
    case function(Int)
    /// The left button.
    case click(Position)
    /// The left button is let go: elsewhere than where it was pressed, it drew.
    case release(Position)
    case wheelUp
    case wheelDown
    /// The size of the terminal changed; what it is now comes with the next frame.
    case resized
}
