internal import Cluster

extension Interaction.Language {
    /// The language as this build knows it.
    public static let plain = Interaction.Language(
        parse: { line in
            do throws(ParseError) {
                return .success(try Command(parsing: line))
            } catch {
                return .failure(error)
            }
        },
        complete: { _, _ in [] })
}
