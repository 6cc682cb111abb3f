import Glibc
import Testing

@testable import Faults

@Suite("Quantile functions")
struct QuantileTests {
    @Test("the normal quantile undoes the normal distribution, tails included")
    func normal() {
        for exponent in stride(from: -36.0, through: -0.01, by: 0.01) {
            let p = exp(exponent)
            let z = Quantile.normal(p)
            let back = 0.5 * erfc(-z / 2.0.squareRoot())
            #expect(abs(back - p) <= 1e-12 * p, "p \(p): \(z) gives \(back)")
            guard p < 0.5, p > 1e-9 else { continue }
            #expect(abs(Quantile.normal(1 - p) + z) < 1e-5)
        }
    }

    @Test("the normal distribution agrees with the C library's, and its quantile undoes it")
    func share() {
        for step in -3_600...3_600 {
            let z = Double(step) / 100
            let wanted = 0.5 * erfc(-z / 2.0.squareRoot())
            #expect(abs(Quantile.share(below: z) - wanted) <= 1e-13 + 1e-9 * wanted, "z \(z)")
            if abs(z) < 5 {
                #expect(abs(Quantile.normal(Quantile.share(below: z)) - z) < 1e-7, "z \(z)")
            }
        }
    }

    @Test("the exponential agrees with the C library's")
    func exponential() {
        for step in 0...7_000 {
            let x = -Double(step) / 10
            #expect(abs(Quantile.exponential(x) - exp(x)) <= 4e-13 * exp(x), "e^\(x)")
        }
    }

    @Test("the logarithm agrees with the C library's to a few units of the last place")
    func logarithm() {
        for step in 1...10_000 {
            for x in [Double(step) / 10_000, Double(step) * 0x1p-52] {
                let difference = abs(Quantile.logarithm(x) - log(x))
                #expect(difference <= 4e-16 * max(1, abs(log(x))), "log \(x)")
            }
        }
    }
}
