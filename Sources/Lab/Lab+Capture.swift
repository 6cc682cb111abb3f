internal import Cluster
internal import Fabric
internal import Glibc
internal import Journal

/// Packets into the run's folder (`--capture`) and to those who look on (`squall tcpdump`).
extension Lab {
    /// The run's capture, with a file where the options ask for one: from the first packet on.
    static func capture(
        of plan: LabPlan, _ options: RunOptions, _ folder: RunFolder, _ fabric: Fabric,
        tell: @escaping @Sendable (Capture.News) -> Void
    ) throws(FabricError) -> Capture {
        let capture = Capture(
            fabric,
            interfaces: plan.machines.map {
                CaptureInterface(
                    node: $0.id, name: $0.name, about: $0.kind == .client ? "a client" : $0.group,
                    address: $0.address)
            },
            application: "squall \(options.version)",
            comment: "run \(options.run), topology \(options.topology), seed \(options.seed)",
            tell: tell)
        if let wanted = options.capture {
            try capture.record(
                to: folder.capture, limit: wanted.limit ?? Capture.usualLimit, snap: wanted.snap)
        }
        return capture
    }

    /// What happens stands in the captures, too.
    func markCapture(_ entry: Entry) {
        let at = clock.origin + entry.at.microseconds * 1_000
        switch entry.event {
        case .faultBegan(let fault):
            let label = ([fault.id.description] + (fault.name.map { [$0] } ?? [])).joined(
                separator: " ")
            capture.name(fault.id, label)
            capture.mark(at: at, "\(label) began: \(fault.text)")
        case .faultEnded(let id, let end):
            let fault = state.core.faults.first { $0.record.id == id }?.record
            let label = ([id.description] + (fault?.name.map { [$0] } ?? [])).joined(separator: " ")
            capture.mark(at: at, "\(label) ended: \(end.rawValue)")
        case .note(let text, let by) where by != "capture": capture.mark(at: at, "note: \(text)")
        default: break
        }
    }

    /// The capture is not all that it was to be.
    func captureTold(_ news: Capture.News) {
        switch news {
        case .lost(let count):
            record(.dropped(DropReport(what: "packets of the capture", count: count)))
        case .full(let limit):
            record(
                .note(
                    "the capture has its \(ByteCount(bytes: Int64(limit)).text): "
                        + "nothing more is captured", by: "capture"))
        case .failed(let why):
            record(.note("the capture cannot be written: \(why)", by: "capture"))
        }
    }

    /// `squall tcpdump NODE`: its packets go to the socket that came with the request, until that is
    /// shut down. The first argument is a filter or empty, the second bytes of each packet or empty.
    func show(_ request: ControlRequest, _ descriptors: [Int32]) -> ControlReply {
        let plan = plan.machines.first { $0.name == request.text }
        guard let plan, let socket = descriptors.first, descriptors.count == 1,
            request.arguments.count == 2
        else {
            for descriptor in descriptors { close(descriptor) }
            return ControlReply(
                ok: false,
                text: plan == nil
                    ? "no machine is called \(request.text)" : "tcpdump needs one socket")
        }
        do {
            let filter = request.arguments[0]
            try capture.show(
                plan.id, to: socket, snap: Int(request.arguments[1]),
                only: filter.isEmpty ? nil : Only(parsing: filter))
            return ControlReply(ok: true)
        } catch let error as ParseError {
            close(socket)
            return ControlReply(ok: false, text: error.description)
        } catch {
            return ControlReply(ok: false, text: "\(error)")
        }
    }
}
