/// A counter that is looked at now and then, and how fast it grew between two looks; pure.
///
/// A counter that has become smaller belongs to a process that began again from 0 (as Prometheus
/// reads it): what it shows then has all grown since.
struct Rate: Equatable, Sendable {
    /// Growth a second between the last two looks; `nil` before there were two values.
    private(set) var perSecond: Double?
    private var value: Double
    private var at: Int64
    /// Growth since the last look, and when that was.
    private var grown = 0.0
    private var lookedAt: Int64

    /// A counter with its first value.
    init(_ value: Double, at moment: Int64) {
        self.value = value
        at = moment
        lookedAt = moment
    }

    /// Takes in a later value. What is no finite number is passed over.
    mutating func add(_ next: Double, at moment: Int64) {
        guard next.isFinite, next >= 0, moment > at else { return }
        grown += next >= value ? next - value : next
        value = next
        at = moment
    }

    /// Looks: what came in since the last look becomes the rate. Without anything new the old rate
    /// stays.
    mutating func look() {
        guard at > lookedAt else { return }
        perSecond = grown / (Double(at - lookedAt) / 1e9)
        grown = 0
        lookedAt = at
    }
}
