// The random part of a delay, from 64 bits to nanoseconds. Only +, -, *, / and square root are used,
// which IEEE 754 rounds the same everywhere: a run repeats on any machine and any C library.

extension Term {
    /// Nanoseconds that a packet waits which drew these bits; never below zero. `base` is the level.
    public func delay(_ bits: UInt64, base: Int64) -> Int64 {
        switch shape {
        case .constant, .burst:
            return base
        case .uniform:
            // From base-b to base+b, both included.
            let width = UInt64(b) * 2 + 1
            return max(0, base - b + Int64(bits.multipliedFullWidth(by: width).high))
        case .normal:
            return clamped(Double(base) + Double(b) * Quantile.normal(Quantile.unit(bits)))
        case .exponential:
            return clamped(Double(base) - Double(b) * Quantile.logarithm(Quantile.unit(bits)))
        case .pareto:
            // Lomax with exponent 4, whose mean is a third of its scale: b is the mean.
            let root = Quantile.unit(bits).squareRoot().squareRoot()
            return clamped(Double(base) + 3 * Double(b) * (1 / root - 1))
        }
    }

    /// The same for a packet whose wait depends on that of the packet before: the draws follow a first
    /// order autoregression of normal variables, z' = ρz + √(1-ρ²)ε, and z' is where in its distribution
    /// a wait lies. So the distribution stays what was asked for, which the weighted mean of two uniform
    /// draws (netem's way) does not: it grows narrower with ρ. `memory` holds z; `isFirst` begins anew.
    public func delay(_ bits: UInt64, base: Int64, memory: inout Int64, isFirst: Bool) -> Int64 {
        let rho = Double(chance) / 4_294_967_295
        var z = Quantile.normal(Quantile.unit(bits))
        if !isFirst {
            let last = Double(bitPattern: UInt64(bitPattern: memory))
            z = rho * last + (1 - rho * rho).squareRoot() * z
        }
        memory = Int64(bitPattern: z.bitPattern)
        switch shape {
        case .constant, .burst:
            return base
        case .uniform:
            return clamped(Double(base) + Double(b) * (2 * Quantile.share(below: z) - 1))
        case .normal:
            return clamped(Double(base) + Double(b) * z)
        case .exponential:
            return clamped(Double(base) - Double(b) * Quantile.logarithm(Quantile.share(below: -z)))
        case .pareto:
            let root = Quantile.share(below: -z).squareRoot().squareRoot()
            return clamped(Double(base) + 3 * Double(b) * (1 / root - 1))
        }
    }

    private func clamped(_ nanoseconds: Double) -> Int64 {
        nanoseconds <= 0 ? 0 : min(Self.longest, Int64(min(9e18, nanoseconds).rounded()))
    }
}

/// Quantile functions.
enum Quantile {
    /// A number inside (0, 1), neither end included, from the upper 52 bits.
    static func unit(_ bits: UInt64) -> Double {
        (Double(bits >> 12) + 0.5) * 0x1p-52
    }

    /// The natural logarithm of a positive normal number: the exponent, and the series of the area
    /// hyperbolic tangent for the rest, within a few units of the last place.
    static func logarithm(_ x: Double) -> Double {
        var exponent = Double(x.exponent)
        var significand = x.significand
        if significand > 1.414_213_562_373_095 {
            significand /= 2
            exponent += 1
        }
        let s = (significand - 1) / (significand + 1)
        let square = s * s
        var sum = 0.0
        var odd = 25.0
        while odd > 0 {
            sum = sum * square + 1 / odd
            odd -= 2
        }
        return 2 * s * sum + exponent * 0.693_147_180_559_945_3
    }

    /// e to the power of x, for x from -700 to 0: powers of two, and the series for the rest.
    static func exponential(_ x: Double) -> Double {
        let halvings = (x / 0.693_147_180_559_945_3).rounded()
        let rest = x - halvings * 0.693_147_180_559_945_3
        var sum = 1.0
        var factor = 18.0
        while factor > 0 {
            sum = sum * rest / factor + 1
            factor -= 1
        }
        return Double(sign: .plus, exponent: Int(halvings), significand: sum)
    }

    /// The share of a standard normal variable below z: G. West, "Better approximations to cumulative
    /// normal functions", Wilmott (2005), after J. F. Hart (1968). Never 0 for z above -37.
    static func share(below z: Double) -> Double {
        let x = min(37, z.magnitude)
        let bell = exponential(-x * x / 2)
        let tail: Double
        if x < 7.071_067_811_865_47 {
            let above =
                (((((3.526_249_659_989_11e-2 * x + 0.700_383_064_443_688) * x
                    + 6.373_962_203_531_65) * x + 33.912_866_078_383) * x + 112.079_291_497_871) * x
                    + 221.213_596_169_931) * x + 220.206_867_912_376
            let below =
                ((((((8.838_834_764_831_84e-2 * x + 1.755_667_163_182_64) * x
                    + 16.064_177_579_207) * x + 86.780_732_202_946_1) * x + 296.564_248_779_674) * x
                    + 637.333_633_378_831) * x + 793.826_512_519_948) * x + 440.413_735_824_752
            tail = bell * above / below
        } else {
            let fraction = x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))
            tail = bell / fraction / 2.506_628_274_631
        }
        return z > 0 ? 1 - tail : tail
    }

    /// The quantile of the standard normal distribution: M. J. Wichura, "Algorithm AS 241: the
    /// percentage points of the normal distribution", Applied Statistics 37 (1988), routine PPND16.
    static func normal(_ p: Double) -> Double {
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * polynomial(r, centre.0) / polynomial(r, centre.1)
        }
        let tail = q < 0 ? p : 1 - p
        var r = (-logarithm(tail)).squareRoot()
        let value: Double
        if r <= 5 {
            r -= 1.6
            value = polynomial(r, middle.0) / polynomial(r, middle.1)
        } else {
            r -= 5
            value = polynomial(r, far.0) / polynomial(r, far.1)
        }
        return q < 0 ? -value : value
    }

    /// Eight coefficients, of the lowest power first.
    private typealias Coefficients = (
        Double, Double, Double, Double, Double, Double, Double, Double
    )

    private static func polynomial(_ x: Double, _ c: Coefficients) -> Double {
        ((((((c.7 * x + c.6) * x + c.5) * x + c.4) * x + c.3) * x + c.2) * x + c.1) * x + c.0
    }

    private static let centre: (Coefficients, Coefficients) = (
        (
            3.387_132_872_796_366_608_0, 1.331_416_678_917_843_774_5e2,
            1.971_590_950_306_551_442_7e3, 1.373_169_376_550_946_112_5e4,
            4.592_195_393_154_987_145_7e4, 6.726_577_092_700_870_085_3e4,
            3.343_057_558_358_812_810_5e4, 2.509_080_928_730_122_672_7e3
        ),
        (
            1, 4.231_333_070_160_091_125_2e1, 6.871_870_074_920_579_083_0e2,
            5.394_196_021_424_751_107_7e3, 2.121_379_430_158_659_586_7e4,
            3.930_789_580_009_271_061_0e4, 2.872_908_573_572_194_267_4e4,
            5.226_495_278_852_854_561_0e3
        )
    )

    private static let middle: (Coefficients, Coefficients) = (
        (
            1.423_437_110_749_683_577_34, 4.630_337_846_156_545_295_90,
            5.769_497_221_460_691_405_50, 3.647_848_324_763_204_605_04,
            1.270_458_252_452_368_382_58, 2.417_807_251_774_506_117_70e-1,
            2.272_384_498_926_918_458_33e-2, 7.745_450_142_783_414_076_40e-4
        ),
        (
            1, 2.053_191_626_637_758_821_87, 1.676_384_830_183_803_849_40,
            6.897_673_349_851_000_045_50e-1, 1.481_039_764_274_800_745_90e-1,
            1.519_866_656_361_645_719_66e-2, 5.475_938_084_995_344_946_00e-4,
            1.050_750_071_644_416_843_24e-9
        )
    )

    private static let far: (Coefficients, Coefficients) = (
        (
            6.657_904_643_501_103_777_20, 5.463_784_911_164_114_369_90,
            1.784_826_539_917_291_335_80, 2.965_605_718_285_048_912_30e-1,
            2.653_218_952_657_612_309_30e-2, 1.242_660_947_388_078_438_60e-3,
            2.711_555_568_743_487_578_15e-5, 2.010_334_399_292_288_132_65e-7
        ),
        (
            1, 5.998_322_065_558_879_376_90e-1, 1.369_298_809_227_358_053_10e-1,
            1.487_536_129_085_061_485_25e-2, 7.868_691_311_456_132_591_00e-4,
            1.846_318_317_510_054_681_80e-5, 1.421_511_758_316_445_888_70e-7,
            2.044_263_103_389_939_785_64e-15
        )
    )
}
