/// What stands for a placeholder: known when the machines have their addresses.
public enum Reference: Hashable, Sendable {
    /// `{ip}`: the node's own address.
    case ip
    /// `{host}` and `{name}`: its name, which is its host name too.
    case host
    /// `{index}`: its number in its group, from 1.
    case index
    /// `{data}`: its data directory, which is its working directory.
    case data
    /// `{seed}`: the run's seed.
    case seed
    /// `{topology}`: the folder of the topology file.
    case folder
    /// `{port.WORD}`.
    case port(String)
    /// `{label.WORD}`.
    case label(String)
    /// `{list.WORD}`.
    case list(String)
    /// `{primary.host}`, `{kv-1.ip}`, `{primary.port.redis}`.
    case member(String, Facet)
    /// `{bank.addresses.http:,}`: of all members of a group, joined.
    case group(String, Facet, separator: String)

    /// What of a member is meant.
    public enum Facet: Hashable, Sendable {
        case host
        case ip
        case port(String)
        /// host:port
        case address(String)
    }
}

/// A text with placeholders, its settings already filled in.
public struct Template: Hashable, Sendable {
    /// A piece of the text.
    public enum Segment: Hashable, Sendable {
        case literal(String)
        case reference(Reference)
    }

    /// In order; two literals may stand side by side.
    public internal(set) var segments: [Segment]

    /// A text with its pieces in order.
    public init(_ segments: [Segment]) { self.segments = segments }

    /// The text, if nothing has to be filled in.
    public var literal: String? {
        var text = ""
        for segment in segments {
            guard case .literal(let piece) = segment else { return nil }
            text += piece
        }
        return text
    }
}
