public import Hummingbird

/// Turns every error into `{"error": "…"}`, so that a caller reads one format whatever went wrong.
public struct PlainErrors<Context: RequestContext>: RouterMiddleware {
    private struct Body: Encodable { var error: String }

    private let log: NodeLog

    /// Errors that nobody foresaw go to `log` as well.
    public init(log: NodeLog) {
        self.log = log
    }

    /// Answers for what follows when it throws.
    public func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            let text = error.body ?? "\(error.status.reasonPhrase): \(request.uri.path)"
            return try JSON.answer(error.status, Body(error: text))
        } catch {
            log.warning("\(request.method) \(request.uri.path) failed: \(error)")
            return try JSON.answer(.internalServerError, Body(error: "\(error)"))
        }
    }
}
