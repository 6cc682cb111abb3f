internal import Cluster
internal import Fabric
internal import Faults
internal import Glibc
internal import Supervisor

/// When a fault's questions are asked.
struct Rhythm: Sendable {
    var count: Int
    /// Between two.
    var every: Duration
    /// How long an answer is waited for.
    var patience: Duration

    init(count: Int, every: Duration, patience: Duration) {
        self.count = count
        self.every = every
        self.patience = patience
    }

    /// For a fault that lasts so many seconds, on a line with such a round trip in nanoseconds.
    init(_ expected: Expectation, usual: Double, lasts: Double, _ link: LinkFault) {
        count = expected.echoesWanted
        // Nobody needs to wait longer for what does not come back.
        let trip = Duration.nanoseconds(Int64(usual) + Int64(expected.gain))
        patience = min(.seconds(3), .seconds(1) + trip * 2)
        // Everything has to be asked while the fault lasts.
        var pause = min(0.02, max(0.001, lasts * 0.5 / Double(count)))
        if expected.overtaking > 0 {
            // Whoever is to be overtaken needs somebody behind.
            pause = max(0.001, min(pause, Double(expected.overtaking) / 4e9))
        }
        if expected.varies, let longest = link.parts.compactMap(\.course?.period).max() {
            // A level that changes is looked at for a while of its change.
            let span = min(5, longest.inSeconds, lasts * 0.5)
            count = max(count, 50)
            pause = max(0.001, span / Double(count))
        }
        every = .seconds(pause)
        if case .connect = expected.feeler {
            count = min(count, Self.mostConnections)
            // The kernel asks again after a second: a lost question must not be answered by that.
            if expected.gain == 0 { patience = .milliseconds(900) }
        }
    }

    /// Each is a socket made in a machine.
    private static let mostConnections = 100
}

/// Asking machines about each other.
extension Lab {
    /// How long faults that are only counted are looked at.
    private static let counting = Duration.seconds(1)

    func ask(_ pair: LinkID, _ feeler: Feeler, _ rhythm: Rhythm) async -> [Echoed] {
        await ask(
            pair, feeler, count: rhythm.count, every: rhythm.every, patience: rhythm.patience)
    }

    /// Asks one machine about another, in the way that feels the fault.
    func ask(
        _ pair: LinkID, _ feeler: Feeler, count: Int, every: Duration, patience: Duration
    ) async -> [Echoed] {
        switch feeler {
        case .echo(let bytes):
            return await echoes(pair, count, every, patience, bytes)
        case .train(let bytes, let cars):
            return await echoes(pair, cars, .zero, patience, bytes)
        case .connect(let port): return await connects(pair, port, count, every, patience)
        case .nothing:
            try? await Task.sleep(for: min(Self.counting, every * count + patience))
            return []
        }
    }

    private func echoes(
        _ pair: LinkID, _ count: Int, _ every: Duration, _ patience: Duration, _ bytes: Int
    ) async -> [Echoed] {
        let samples = await fabric.echo.burst(
            from: pair.from, to: pair.to, count: count, every: every, patience: patience,
            bytes: bytes, linger: .milliseconds(5))
        return samples.map {
            Echoed(
                sent: $0.sent, roundTrip: $0.roundTrip, answers: $0.answers,
                isAltered: $0.isAltered)
        }
    }

    private func connects(
        _ pair: LinkID, _ port: UInt16?, _ count: Int, _ every: Duration, _ patience: Duration
    ) async -> [Echoed] {
        guard let machine = machines[Int(pair.from.index)].machine else { return [] }
        let asked = machines[Int(pair.to.index)].plan
        var sockets: [Int32] = []
        while sockets.count < count {
            let socket = try? await machine.socket(
                domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
            guard let socket else { break }
            sockets.append(socket.release())
        }
        let samples = try? await Connects.burst(
            sockets, to: asked.address, port: port ?? asked.firstPort ?? Self.anyPort,
            every: every, patience: patience)
        return (samples ?? []).map {
            Echoed(sent: $0.sent, roundTrip: $0.roundTrip, isRefused: $0.isRefused)
        }
    }

    /// Discard: where nobody listens the machine's kernel answers.
    private static let anyPort: UInt16 = 9
}
