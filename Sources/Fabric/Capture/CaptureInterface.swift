public import Cluster

/// A machine's port, as captures name it.
public struct CaptureInterface: Hashable, Sendable {
    /// The machine.
    public var node: NodeID
    /// Its name.
    public var name: String
    /// A few words more; may be empty.
    public var about: String
    /// Its address.
    public var address: IPv4Address

    /// A machine's port.
    public init(node: NodeID, name: String, about: String = "", address: IPv4Address) {
        self.node = node
        self.name = name
        self.about = about
        self.address = address
    }
}
