/// The candidate that a typing mistake may have meant; `nil` when none is near enough.
func nearest(_ word: String, of candidates: some Sequence<String>) -> String? {
    let allowed = max(1, min(3, word.count / 3))
    var best: (word: String, distance: Int)?
    for candidate in candidates where abs(candidate.count - word.count) <= allowed {
        let distance = editDistance(word.lowercased(), candidate.lowercased())
        // Where every letter would have to change, nothing was meant.
        guard distance <= allowed, distance < max(1, word.count) else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    if let best { return best.word }
    // A word that was cut off or has an ending too many: `port` for `ports`, `env_vars` for `env`.
    return candidates.filter { $0.count > 2 && word.count > 2 }
        .first { $0.hasPrefix(word) || word.hasPrefix($0) }
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i]
        row.reserveCapacity(b.count + 1)
        for j in 1...b.count {
            var cost = min(
                last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                cost = min(cost, beforeLast[j - 2] + 1)
            }
            row.append(cost)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
