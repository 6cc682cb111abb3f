/// Good and bad answers in a row, and what they make of a node; pure.
struct Health: Equatable, Sendable {
    /// Whether the node counts as ready.
    private(set) var isReady = false
    private let healthyAfter: Int
    private let unhealthyAfter: Int
    private var row = 0

    /// Thresholds below 1 count as 1.
    init(healthyAfter: Int, unhealthyAfter: Int) {
        self.healthyAfter = max(healthyAfter, 1)
        self.unhealthyAfter = max(unhealthyAfter, 1)
    }

    /// Takes in an answer. Only answers against the present state count towards a change.
    mutating func note(good: Bool) {
        guard good != isReady else {
            row = 0
            return
        }
        row += 1
        guard row >= (isReady ? unhealthyAfter : healthyAfter) else { return }
        isReady.toggle()
        row = 0
    }
}
