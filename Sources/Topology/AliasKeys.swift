/// Finds aliases in the place of keys, before anything follows them. YAML allows them, nobody needs
/// them, and comparing keys that are nests of aliases would take for ever.
struct AliasKeys {
    /// Where they stand.
    private(set) var places: [Place] = []

    init(in source: SourceText) {
        let anchors = Set(source.lines.flatMap { AliasKeys.names(behind: "&", in: $0).map(\.name) })
        guard !anchors.isEmpty else { return }
        for (row, line) in source.lines.enumerated() {
            let isExplicit = line.first { $0 != " " } == "?"
            for (name, column) in AliasKeys.names(behind: "*", in: line)
            where anchors.contains(name) {
                let rest = line[(column + 1 + name.unicodeScalars.count)...]
                    .drop { $0 == " " || $0 == "]" || $0 == "}" }
                let next = rest.dropFirst().first
                guard isExplicit || rest.first == ":" && (next == nil || next == " ") else {
                    continue
                }
                places.append(Place(line: row + 1, column: column + 1))
            }
        }
    }

    /// `name` behind each `&` or `*` at the start of a value, with the sign's offset.
    private static func names(
        behind sign: Unicode.Scalar, in line: [Unicode.Scalar]
    ) -> [(name: String, offset: Int)] {
        line.indices.compactMap { index in
            guard line[index] == sign, index == 0 || " {[,".unicodeScalars.contains(line[index - 1])
            else { return nil }
            var name = String.UnicodeScalarView()
            name.append(
                contentsOf: line[(index + 1)...].prefix {
                    $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))
                        || $0 == "-" || $0 == "_"
                })
            return name.isEmpty ? nil : (String(name), index)
        }
    }
}
