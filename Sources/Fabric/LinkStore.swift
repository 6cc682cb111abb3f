/// What the switch keeps for one direction between two machines.
struct LinkState: BitwiseCopyable {
    var from: UInt16
    var to: UInt16
    /// First and last packet of its queue.
    var head = Slab.none
    var tail = Slab.none
    /// The last that came of the packets that wait outside of the queue.
    var strays = Slab.none
    /// Wire packets and slot bytes in its queue and outside of it.
    var heldPackets: UInt32 = 0
    var heldBytes: Int = 0
    /// The deadline of its last packet; no later one leaves earlier.
    var lastDeadline: Int64 = 0
    /// Its queue stands still until a hold is taken away.
    var paused = false
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var dropped: UInt64 = 0
    var queueFull: UInt64 = 0
    var connections: UInt64 = 0
}

/// All links, made on first use: a row of numbers for each sender, the states in pieces that never
/// move, so that pointers to them stay good.
struct LinkStore: ~Copyable {
    private static let pieceShift = 10

    private(set) var count = 0
    private var rows: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>
    private var width: Int
    private var pieces: UnsafeMutablePointer<UnsafeMutablePointer<LinkState>>
    private var pieceCount = 0
    private var pieceRoom = 16

    init() {
        width = 16
        rows = .allocate(capacity: width)
        rows.initialize(repeating: nil, count: width)
        pieces = .allocate(capacity: pieceRoom)
    }

    deinit {
        for row in 0..<width { rows[row]?.deallocate() }
        rows.deallocate()
        for piece in 0..<pieceCount { pieces[piece].deallocate() }
        pieces.deallocate()
    }

    /// The state of a link by number, below `count`.
    func state(_ number: Int) -> UnsafeMutablePointer<LinkState> {
        pieces[number >> Self.pieceShift] + (number & (1 << Self.pieceShift - 1))
    }

    /// The number of a link; makes it when it is new.
    mutating func number(_ from: UInt16, _ to: UInt16) -> Int {
        if Int(from) < width, Int(to) < width, let row = rows[Int(from)], row[Int(to)] != 0 {
            return Int(row[Int(to)]) - 1
        }
        return make(from, to)
    }

    private mutating func make(_ from: UInt16, _ to: UInt16) -> Int {
        while max(Int(from), Int(to)) >= width { widen() }
        let row: UnsafeMutablePointer<UInt32>
        if let old = rows[Int(from)] {
            row = old
        } else {
            row = .allocate(capacity: width)
            row.initialize(repeating: 0, count: width)
            rows[Int(from)] = row
        }
        if count == pieceCount << Self.pieceShift { addPiece() }
        state(count).initialize(to: LinkState(from: from, to: to))
        count += 1
        row[Int(to)] = UInt32(count)
        return count - 1
    }

    private mutating func widen() {
        let more = UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>.allocate(capacity: width * 2)
        more.initialize(repeating: nil, count: width * 2)
        for sender in 0..<width {
            guard let old = rows[sender] else { continue }
            let row = UnsafeMutablePointer<UInt32>.allocate(capacity: width * 2)
            row.initialize(repeating: 0, count: width * 2)
            row.update(from: old, count: width)
            old.deallocate()
            more[sender] = row
        }
        rows.deallocate()
        rows = more
        width *= 2
    }

    private mutating func addPiece() {
        if pieceCount == pieceRoom {
            let more = UnsafeMutablePointer<UnsafeMutablePointer<LinkState>>
                .allocate(capacity: pieceRoom * 2)
            more.update(from: pieces, count: pieceCount)
            pieces.deallocate()
            pieces = more
            pieceRoom *= 2
        }
        pieces[pieceCount] = .allocate(capacity: 1 << Self.pieceShift)
        pieceCount += 1
    }
}
