/// Several numbers a second, in two tiers: seconds, and parts of ten seconds (least, greatest, last).
struct Track: Sendable, Equatable {
    /// Numbers a second.
    let width: Int
    private var seconds: [Chunk] = []
    private var parts: [Chunk] = []

    /// Cells in a chunk: a minute of seconds, ten minutes of parts.
    static let cells = 60
    /// Chunks of seconds that are kept: ten minutes, and the minute that is being written.
    static let keptSeconds = 11
    /// Chunks of parts that are kept: two days.
    static let keptParts = 288

    /// A piece of the history. Copies share it until one of them writes.
    private struct Chunk: Sendable, Equatable {
        /// The first cell's number is `number` × `cells`.
        var number: Int
        /// Which cells were written, by bits.
        var written: UInt64 = 0
        var values: [Float]

        static func == (a: Chunk, b: Chunk) -> Bool {
            a.number == b.number && a.written == b.written
                && a.values.elementsEqual(b.values) { $0.isSame(as: $1) }
        }
    }

    /// No number yet.
    init(width: Int) { self.width = width }

    /// Whether nothing was written yet.
    var isEmpty: Bool { seconds.isEmpty && parts.isEmpty }

    mutating func set(_ second: Int, _ sample: Sample) {
        let memory = sample.memory == Sample.notTold ? Float.nan : Float(sample.memory)
        write(second) { values in
            values[0] = sample.lag
            values[1] = sample.requests
            values[2] = sample.errors
            values[3] = sample.p99
            values[4] = sample.cpu
            values[5] = memory
        }
    }

    mutating func set(_ second: Int, _ first: Float, _ next: Float, _ last: Float) {
        write(second) { values in
            values[0] = first
            values[1] = next
            values[2] = last
        }
    }

    @inline(__always)
    private mutating func write(
        _ second: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void
    ) {
        guard second >= 0 else { return }
        let width = width
        let cell = Track.open(&seconds, second, width: width, keeping: Track.keptSeconds)
        let part = Track.open(&parts, second / 10, width: 3 * width, keeping: Track.keptParts)
        guard let cell, let part else { return }
        seconds[seconds.count - 1].values.withUnsafeMutableBufferPointer { new in
            guard let new = new.baseAddress.map({ $0 + cell * width }) else { return }
            fill(new)
            parts[parts.count - 1].values.withUnsafeMutableBufferPointer { kept in
                guard let kept = kept.baseAddress.map({ $0 + part * 3 * width }) else { return }
                for index in 0..<width {
                    let value = new[index]
                    if value < kept[index] || kept[index].isNaN { kept[index] = value }
                    let most = kept[width + index]
                    if value > most || most.isNaN { kept[width + index] = value }
                    kept[2 * width + index] = value
                }
            }
        }
    }

    /// The place of a cell in the last chunk, which is made when it is not there; `nil` when the cell
    /// lies before it.
    @inline(__always)
    private static func open(
        _ chunks: inout [Chunk], _ cell: Int, width: Int, keeping most: Int
    ) -> Int? {
        let number = cell / cells
        if chunks.isEmpty || chunks[chunks.count - 1].number < number {
            chunks.append(
                Chunk(number: number, values: [Float](repeating: .nan, count: cells * width)))
            if chunks.count > most { chunks.removeFirst() }
        }
        let last = chunks.count - 1
        guard chunks[last].number == number else { return nil }
        chunks[last].written |= 1 << UInt64(cell % cells)
        return cell % cells
    }

    /// The value of a second; `nil` when nothing was told in it, NaN when it was told to be unknown.
    func value(second: Int, _ signal: Int) -> Float? {
        guard let (chunk, cell) = Track.find(seconds, second) else { return nil }
        return chunk.values[cell * width + signal]
    }

    /// Least, greatest and last value of ten seconds; `nil` when nothing was told in them.
    func part(_ part: Int, _ signal: Int) -> SeriesView.Span? {
        guard let (chunk, cell) = Track.find(parts, part) else { return nil }
        let base = cell * 3 * width + signal
        return SeriesView.Span(
            least: chunk.values[base], greatest: chunk.values[base + width],
            last: chunk.values[base + 2 * width])
    }

    /// Whether this second is still known by itself.
    func hasSeconds(from second: Int) -> Bool {
        guard let first = seconds.first, let coarse = parts.first else { return true }
        return second / Track.cells >= first.number
            || first.number * Track.cells <= coarse.number * 600
    }

    private static func find(_ chunks: [Chunk], _ cell: Int) -> (Chunk, Int)? {
        guard cell >= 0 else { return nil }
        let number = cell / cells
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if chunks[middle].number < number { low = middle + 1 } else { high = middle }
        }
        guard low < chunks.count, chunks[low].number == number,
            chunks[low].written & 1 << UInt64(cell % cells) != 0
        else { return nil }
        return (chunks[low], cell % cells)
    }
}
