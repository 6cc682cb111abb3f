internal import Hummingbird
internal import NodeKit

/// What clients may send, and nothing else.
enum Requests {
    static let longestKey = 128

    /// A request that is not as the contract says; nothing was done.
    struct Bad: Error, Equatable {
        var status: HTTPResponse.Status
        var message: String

        init(_ message: String, status: HTTPResponse.Status = .badRequest) {
            self.status = status
            self.message = message
        }
    }

    private struct Put: Decodable { var value: Scalar }

    private struct CompareAndSet: Decodable {
        enum CodingKeys: CodingKey { case expect, value }
        var expect: Scalar?
        var value: Scalar

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            // "expect" must be there, though it may be null.
            let absent = try container.decodeNil(forKey: .expect)
            expect = absent ? nil : try container.decode(Scalar.self, forKey: .expect)
            value = try container.decode(Scalar.self, forKey: .value)
        }
    }

    static func key(_ text: String?) throws(Bad) -> String {
        guard let text, (1...longestKey).contains(text.utf8.count), text.utf8.allSatisfy(allowed)
        else {
            throw Bad("a key is 1 to \(longestKey) of A-Z a-z 0-9 . _ - : ~")
        }
        return text
    }

    static func put(_ key: String, _ body: ByteBuffer) throws(Bad) -> Write {
        guard let put = try? JSON.read(Put.self, body) else {
            throw Bad(
                "the body must be {\"value\": V}, where V is a JSON string, number or boolean")
        }
        return .put(key: key, value: try checked(put.value))
    }

    static func compareAndSet(_ key: String, _ body: ByteBuffer) throws(Bad) -> Write {
        guard let cas = try? JSON.read(CompareAndSet.self, body) else {
            throw Bad(
                "the body must be {\"expect\": E, \"value\": V}, where V is a JSON string, number "
                    + "or boolean, and E is one too, or null for 'no such key'")
        }
        return .compareAndSet(key: key, expect: cas.expect, value: try checked(cas.value))
    }

    /// Collects the body, within bounds.
    static func body(of request: Request) async throws(Bad) -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: HTTPService.largestBody)
        } catch {
            throw Bad(
                "the body is larger than \(HTTPService.largestBody >> 10) KiB, or broke off",
                status: .contentTooLarge)
        }
    }

    private static func checked(_ value: Scalar) throws(Bad) -> Scalar {
        if case .string = value, value.bytes > Scalar.longestString {
            throw Bad(
                "a string may be \(Scalar.longestString) bytes long", status: .contentTooLarge)
        }
        return value
    }

    private static func allowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
