/// Makes of a packet as a kernel hands it over the packets that would cross a wire: one for each
/// segment, checksums completed.
struct WirePackets {
    private let scratch: FramePointer

    init() {
        scratch = .allocate(capacity: Frame.room)
        scratch.initialize(repeating: 0, count: Frame.room)
    }

    /// Gives its memory back.
    func free() { scratch.deallocate() }

    /// Calls `body` with the bytes of each wire packet, IP header first. Changes the frame: it must be
    /// the caller's own copy.
    func each(_ packet: Packet, _ frame: FramePointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard packet.segments > 1 || frame[Frame.gsoType] != Frame.gsoNone else {
            Checksum.complete(frame, length: packet.length)
            body(UnsafeRawBufferPointer(start: frame + Frame.ip, count: packet.length))
            return
        }
        for segment in 0..<packet.segments {
            let wire = packet.copy(segment..<segment + 1, from: frame, into: scratch)
            Checksum.complete(scratch, length: wire.length)
            body(UnsafeRawBufferPointer(start: scratch + Frame.ip, count: wire.length))
        }
    }
}
