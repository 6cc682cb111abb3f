internal import Foundation
public import HTTPTypes
public import Hummingbird
public import NIOCore

/// JSON in and out of buffers and answers.
public enum JSON {
    /// A value as JSON text, keys sorted so that the same value is the same text.
    public static func text(_ value: some Encodable) throws -> String {
        String(decoding: try data(value), as: UTF8.self)
    }

    /// Reads JSON text.
    public static func read<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// Reads a body.
    public static func read<T: Decodable>(_ type: T.Type, _ body: ByteBuffer) throws -> T {
        try JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }

    /// An answer whose body is `value`.
    public static func answer(
        _ status: HTTPResponse.Status = .ok, _ value: some Encodable
    ) throws -> Response {
        answer(status, ByteBuffer(bytes: try data(value)))
    }

    /// An answer whose body is JSON already.
    public static func answer(_ status: HTTPResponse.Status, _ body: ByteBuffer) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: body))
    }

    private static func data(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}
