/// How a line was found once its fault was over: the last third of a proof.
public enum Afterwards {
    /// "afterwards 0.05 ms as before", told of the pair of machines that is worst off. Pairs that were
    /// not asked again have no answer.
    public static func words(_ pairs: [(before: EchoFigures, after: EchoFigures?)]) -> String {
        var worst: (felt: Double, usual: Double)?
        for (before, after) in pairs {
            guard let after else { continue }
            guard let felt = after.median else { return "afterwards no echo came back" }
            let usual = before.median ?? felt
            if felt - usual > worst.map({ $0.felt - $0.usual }) ?? -.infinity {
                worst = (felt, usual)
            }
        }
        guard let worst else { return "afterwards nobody could be asked" }
        let felt = "afterwards \(Figures.milliseconds(worst.felt))"
        return isAlike(worst.felt, worst.usual)
            ? felt + " as before" : felt + ", before it \(Figures.milliseconds(worst.usual))"
    }

    /// Within what a busy machine adds: twice as long and a millisecond.
    private static func isAlike(_ a: Double, _ b: Double) -> Bool {
        max(a, b) <= min(a, b) * 2 + 1_000_000
    }
}
