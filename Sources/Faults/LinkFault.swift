public import Cluster

/// An active fault as the links see it: effects and where they apply. The selectors have been looked
/// up already.
public struct LinkFault: Hashable, Sendable {
    /// Who it is; its decisions are keyed by it.
    public let id: FaultID
    /// What it does where. The order is part of the fault: it tells its random draws apart.
    public let parts: [Part]
    /// When it began, monotonic nanoseconds: where levels that change start.
    public let began: Int64

    /// One effect on a set of links.
    public struct Part: Hashable, Sendable {
        /// What happens there.
        public let effect: Effect
        /// Only to these packets; to all when `nil`.
        public let only: Only?
        /// Sorted, each once.
        public let links: [LinkID]
        /// How its level changes; `nil` when it does not.
        public let course: Course?

        /// An effect on links, in any order.
        public init(
            _ effect: Effect, on links: [LinkID], only: Only? = nil, course: Course? = nil
        ) {
            self.effect = effect
            self.only = only
            self.links = Set(links).sorted()
            self.course = course
        }
    }

    /// A fault of one or more parts; more than 256 is a mistake of the program. Throws
    /// `EffectError.unfilterable` for a mute with a filter.
    public init(_ id: FaultID, _ parts: [Part], began: Int64 = 0) throws(EffectError) {
        for part in parts where part.only != nil && part.effect == .mute {
            throw .unfilterable("poweroff")
        }
        precondition(parts.count <= 256, "a fault has at most 256 parts")
        self.id = id
        self.parts = parts
        self.began = began
    }

    /// A link effect of the command language on links.
    public init(
        _ id: FaultID, _ effect: LinkEffect, on links: [LinkID], only: Only? = nil,
        began: Int64 = 0
    ) throws(EffectError) {
        let parts = try Meaning(of: effect).parts
        try self.init(
            id, parts.map { Part($0.effect, on: links, only: only, course: $0.course) },
            began: began)
    }

    /// A cut of links, for partitions, isolations and pulled cables.
    public static func cut(_ id: FaultID, _ links: [LinkID]) -> LinkFault {
        LinkFault(whole: id, .cut, links)
    }

    /// A held port (`freeze`): nothing goes in or out until it is taken away.
    public static func hold(
        _ id: FaultID, ports nodes: [NodeID], among machines: [NodeID]
    ) -> LinkFault {
        LinkFault(whole: id, .hold, Links.ports(of: nodes, among: machines))
    }

    /// A silent port (`poweroff`): nothing goes in or out, what was held for it or from it is lost.
    public static func mute(
        _ id: FaultID, ports nodes: [NodeID], among machines: [NodeID]
    ) -> LinkFault {
        LinkFault(whole: id, .mute, Links.ports(of: nodes, among: machines))
    }

    private init(whole id: FaultID, _ effect: Effect, _ links: [LinkID]) {
        self.id = id
        parts = [Part(effect, on: links)]
        began = 0
    }

    /// The same fault, begun at another time.
    public func beginning(at began: Int64) -> LinkFault {
        LinkFault(self, began: began)
    }

    private init(_ fault: LinkFault, began: Int64) {
        id = fault.id
        parts = fault.parts
        self.began = began
    }

    /// All links that it touches, sorted, each once.
    public var links: [LinkID] { Set(parts.flatMap(\.links)).sorted() }
}
