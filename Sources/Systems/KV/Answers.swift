internal import Hummingbird
internal import NodeKit

/// What clients get, in JSON.
enum Answers {
    /// What a client may conclude from an error of a write.
    enum Outcome: String, Codable, Sendable {
        /// It did not happen and will not.
        case refused
        /// It may have happened.
        case unknown
    }

    private struct Written: Encodable { var position: UInt64 }

    private struct Mismatch: Encodable {
        var error: String
        var position: UInt64?
        var value: Scalar?
    }

    private struct Problem: Encodable {
        var error: String
        var outcome: Outcome?
    }

    static func read(_ key: String, _ pair: Store.Pair?) throws -> Response {
        guard let pair else {
            return try JSON.answer(.notFound, Problem(error: "no key '\(key)' here", outcome: nil))
        }
        return try JSON.answer(.ok, pair)
    }

    static func written(_ result: WriteResult) throws -> Response {
        switch result {
        case .done(let position):
            return try JSON.answer(.ok, Written(position: position))
        case .mismatch(let found):
            let error = found == nil ? "there is no such key" : "the value is another one"
            return try JSON.answer(
                .conflict, Mismatch(error: error, position: found?.position, value: found?.value))
        case .full(let why):
            return try problem(
                .init(code: 507, reasonPhrase: "Insufficient Storage"), why, .refused)
        case .busy:
            return try problem(
                .serviceUnavailable, "\(Leader.mostWaiting) writes wait for the disk already",
                .refused)
        case .unknown(let why):
            return try problem(.serviceUnavailable, why, .unknown)
        }
    }

    /// What the leader said of a write that was handed on.
    static func outcome(of answer: PeerAnswer) -> Outcome? {
        struct Said: Decodable { var outcome: Outcome }
        if answer.status < 400 || answer.status == 409 { return nil }
        return (try? JSON.read(Said.self, answer.body))?.outcome ?? .unknown
    }

    static func unreachable(_ error: PeerError) throws -> Response {
        switch error {
        case .notSent(let why): try problem(.serviceUnavailable, why, .refused)
        case .noAnswer(let why): try problem(.serviceUnavailable, why, .unknown)
        }
    }

    static func problem(
        _ status: HTTPResponse.Status, _ error: String, _ outcome: Outcome?
    ) throws -> Response {
        try JSON.answer(status, Problem(error: error, outcome: outcome))
    }
}
