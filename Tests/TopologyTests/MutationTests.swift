import Glibc
import Testing
import Topology

@Suite struct MutationTests {
    /// Ten thousand by default; the seed is printed, and `SEED=n` repeats it.
    @Test("ten thousand mutated files are each accepted or located, and none crashes")
    func mutations() throws {
        let seed =
            getenv("SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0...(.max))
        print("mutated topology files: SEED=\(seed)")
        var random = SplitMix(state: seed)
        var originals = try ["kv", "redis", "etcd"].map {
            try readText(checkout("topologies/\($0).yaml"))
        }
        for name in ["yaml.txt", "values.txt", "names.txt", "scenarios.txt", "design.txt"] {
            originals += try GoldenFile(name).cases.map(\.input)
        }
        var accepted = 0
        for number in 0..<10_000 {
            var text = Array((originals.randomElement(using: &random) ?? "").unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&text, &random) }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: text)
            let reading = Topology.read(String(view), file: "t.yaml")
            if reading.mistakes.isEmpty {
                accepted += 1
                let topology = try #require(reading.topology)
                let surroundings = Topology.Surroundings(
                    addresses: [:], data: "/d", folder: "/t", seed: 1)
                for member in topology.members.prefix(3) {
                    #expect(!topology.render(member, in: surroundings).argv.isEmpty)
                }
            }
            let lines = SourceText(String(view), file: "t.yaml")
            for mistake in reading.mistakes.items {
                let length = lines.line(mistake.place.line).unicodeScalars.count
                let inside =
                    mistake.place.line >= 1 && mistake.place.column >= 1
                    && mistake.place.column <= length + 1
                #expect(inside, "SEED=\(seed), file \(number): \(mistake)")
                #expect(!mistake.description.isEmpty)
            }
        }
        #expect(accepted > 100)
        #expect(accepted < 9_000)
    }

    private func mutate(_ text: inout [Unicode.Scalar], _ random: inout SplitMix) {
        let tokens = [
            "{", "}", "[", "]", ":", ": ", "- ", "#", " #", "\"", "'", "&a ", "*a", "!", "|", ">",
            "\n", "  ", "\t", "{ip}", "{x}", ",", "0", "-1", "s", "é", "\u{1F600}", "\u{0}", "\r\n",
            "\u{85}", "\u{2028}", "? ", "<<: *a\n", "---\n", "%", "@", "\\", "\u{FEFF}", "...",
        ]
        let at = text.isEmpty ? 0 : Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where !text.isEmpty: text.remove(at: at)
        case 1, 2:
            text.insert(
                contentsOf: (tokens.randomElement(using: &random) ?? "").unicodeScalars, at: at)
        case 3 where !text.isEmpty:
            let end = min(text.count, at + Int.random(in: 1...40, using: &random))
            text.removeSubrange(at..<end)
        case 4 where !text.isEmpty:
            let end = min(text.count, at + Int.random(in: 1...60, using: &random))
            let piece = Array(text[at..<end])
            text.insert(contentsOf: piece, at: Int.random(in: 0...text.count, using: &random))
        case 5 where !text.isEmpty:
            text.swapAt(at, Int.random(in: 0..<text.count, using: &random))
        default:
            if !text.isEmpty {
                let token = (tokens.randomElement(using: &random) ?? "").unicodeScalars
                text.replaceSubrange(at...at, with: token)
            }
        }
    }
}

/// Sebastiano Vigna's SplitMix64: the same sequence for the same seed, everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
