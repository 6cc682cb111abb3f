/// Keys of a recording; they come before those of the screens.
extension Interaction {
    func playback(_ input: Input) -> Outcome.Playback? {
        switch input {
        case .character(" "): .toggle
        case .left: .step(seconds: -1)
        case .right: .step(seconds: 1)
        case .shiftLeft: .step(seconds: -10)
        case .shiftRight: .step(seconds: 10)
        case .character("+"), .character("="): .faster
        case .character("-"): .slower
        case .character("}"): .nextEvent
        case .character("{"): .previousEvent
        case .home: .seek(0)
        case .end: .seek(1)
        default: nil
        }
    }
}
