/// A list that grows at the end and is forgotten from the front, in pieces that copies share: a
/// checkpoint of an hour costs as much as what changed since the one before.
public struct Chunked<Element: Sendable & Equatable>: RandomAccessCollection, Sendable, Equatable {
    /// All but the last are full.
    private var chunks: [[Element]] = []
    /// Elements in a full piece.
    private static var size: Int { 64 }

    /// An empty list.
    public init() {}

    /// How many elements there are.
    public var count: Int {
        guard let last = chunks.last else { return 0 }
        return (chunks.count - 1) * Self.size + last.count
    }
    /// Always 0.
    public var startIndex: Int { 0 }
    /// Behind the last element.
    public var endIndex: Int { count }

    /// The element at a place; the newest may be changed in place.
    public subscript(index: Int) -> Element {
        _read { yield chunks[index / Self.size][index % Self.size] }
        _modify { yield &chunks[index / Self.size][index % Self.size] }
    }

    /// Adds one at the end; forgets from the front so that there are at most `most`.
    mutating func append(_ element: Element, keeping most: Int) {
        if let last = chunks.indices.last, chunks[last].count < Self.size {
            chunks[last].append(element)
        } else {
            var chunk: [Element] = []
            chunk.reserveCapacity(Self.size)
            chunk.append(element)
            chunks.append(chunk)
        }
        if count > most { chunks.removeFirst() }
    }
}

extension Array {
    /// Adds one at the end; when there would be more than `most`, an eighth is forgotten from the
    /// front, so that forgetting does not cost at every step.
    mutating func append(_ element: Element, keeping most: Int) {
        if count >= most { removeFirst(Swift.max(1, count - most + 1 + most / 8)) }
        append(element)
    }
}
