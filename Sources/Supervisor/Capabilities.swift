internal import Glibc

/// What this machine allows, found by trying: for `squall doctor`, and before a lab is made.
public struct Capabilities: Sendable {
    /// What became of one thing that was tried.
    public struct Finding: Equatable, Sendable {
        /// What was tried, in a few words.
        public var subject: String
        /// Whether it works.
        public var isGood: Bool
        /// What was found: a figure, a loss, or the refusal with the line that helps.
        public var detail: String

        /// A finding.
        public init(subject: String, isGood: Bool, detail: String) {
            self.subject = subject
            self.isGood = isGood
            self.detail = detail
        }
    }

    /// In the order in which they were tried.
    public var findings: [Finding]
    /// The attachments that work, the preferred one first; empty where no lab can run.
    public var attachments: [Attachment]
    /// Who the nodes would be.
    public var identity: Identity?

    /// Makes a host, a machine in each attachment and a process in each, and takes them away again.
    /// Takes some ten milliseconds; never throws: what fails is a finding.
    public static func probe(executable: String? = nil, user: String? = nil) async -> Capabilities {
        var probed = Capabilities(findings: [], attachments: [], identity: nil)
        do throws(MachineError) {
            let identity = try Identity.ofThisProcess(user: user)
            probed.identity = identity
            probed.add("nodes run as", identity.description)
            let host = try await MachineHost.start(
                .init(executable: executable, identity: identity, onEvent: { _ in }))
            probed.add("namespaces", "may be made")
            for attachment in Attachment.allCases { await probed.tryMachine(attachment, host) }
            await host.end()
        } catch {
            probed.findings.append(
                Finding(subject: "namespaces", isGood: false, detail: "\(error)"))
        }
        return probed
    }

    private mutating func tryMachine(_ attachment: Attachment, _ host: MachineHost) async {
        let subject = "machine (\(attachment.rawValue))"
        do throws(MachineError) {
            let clock = ContinuousClock()
            let began = clock.now
            let machine = try await host.make(
                MachineSpec(
                    name: "doctor", address: 0x0A42_0002, attachment: attachment,
                    hosts: "127.0.0.1 localhost\n"))
            let took = began.duration(to: clock.now)
            _ = try await machine.start(
                ProcessSpec(arguments: ["/bin/true"], environment: []), streams: StandardStreams())
            attachments.append(attachment)
            add(subject, "made in \(took / .milliseconds(1)) ms")
            for loss in machine.losses {
                findings.append(Finding(subject: subject, isGood: false, detail: loss))
            }
            try await machine.powerOff()
        } catch {
            findings.append(Finding(subject: subject, isGood: false, detail: "\(error)"))
        }
    }

    private mutating func add(_ subject: String, _ detail: String) {
        findings.append(Finding(subject: subject, isGood: true, detail: detail))
    }
}

extension Identity: CustomStringConvertible {
    /// `uid 4242 (you)`, for people.
    public var description: String {
        let why =
            switch origin {
            case .operatorOwn: "you"
            case .sudo: "who called sudo"
            case .named(let name): "--user \(name)"
            case .free: "a free id; root's nodes are never root"
            }
        return "uid \(userID), gid \(groupID): \(why)"
    }
}
