internal import Synchronization

/// What passes between the handle and the packet loop; `pointer` belongs to whoever took it out.
struct Message: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        case addPort
        case removePort
        case install
        case counters
        case log
        case tap
        case watch
        case stop
    }
    var kind: Kind
    var attachment: Port.Attachment.Code = .veth
    var node: UInt16 = 0
    var descriptor: Int32 = -1
    var address: UInt32 = 0
    var ticket: UInt64 = 0
    var pointer: UnsafeMutableRawPointer?
}

extension Port.Attachment {
    /// The attachment without its name.
    enum Code: UInt8, BitwiseCopyable {
        case veth
        case tun
        case message
        case frames
    }

    var code: Code {
        switch self {
        case .veth: .veth
        case .tun: .tun
        case .message: .message
        case .frames: .frames
        }
    }
}

/// A bounded queue from one thread to one other, without a lock.
///
/// Why it may be called Sendable: there is one producer and one consumer at any time (the handle
/// serialises posting under its mutex; the loop alone takes out; for the way back the loop alone posts
/// and the handle takes out under its mutex). `written` is stored by the producer only, `taken` by the
/// consumer only. A slot is written before the releasing store of `written` that publishes it, and read
/// after the acquiring load that saw it; it is written again only after an acquiring load of `taken`
/// has shown that it was read. So no slot is ever accessed by both at once, and the memory lives as
/// long as the ring, which both threads keep.
final class Ring: @unchecked Sendable {
    static let room: UInt64 = 4_096

    private let slots: UnsafeMutablePointer<Message>
    private let written: UnsafeMutablePointer<Atomic<UInt64>>
    private let taken: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        slots = .allocate(capacity: Int(Self.room))
        written = .allocate(capacity: 1)
        written.initialize(to: Atomic(0))
        taken = .allocate(capacity: 1)
        taken.initialize(to: Atomic(0))
    }

    deinit {
        slots.deallocate()
        written.deinitialize(count: 1)
        written.deallocate()
        taken.deinitialize(count: 1)
        taken.deallocate()
    }

    /// Producer only. False when it is full.
    func post(_ message: Message) -> Bool {
        let next = written.pointee.load(ordering: .relaxed)
        guard next - taken.pointee.load(ordering: .acquiring) < Self.room else { return false }
        (slots + Int(next % Self.room)).initialize(to: message)
        written.pointee.store(next + 1, ordering: .releasing)
        return true
    }

    /// Consumer only.
    func take() -> Message? {
        let next = taken.pointee.load(ordering: .relaxed)
        guard next != written.pointee.load(ordering: .acquiring) else { return nil }
        let message = slots[Int(next % Self.room)]
        taken.pointee.store(next + 1, ordering: .releasing)
        return message
    }

    /// A look that costs the loop one load a packet: how many were ever posted.
    var posted: UnsafePointer<Atomic<UInt64>> { UnsafePointer(written) }
}
