extension Reader {
    /// Fills `{setting.WORD}` in and leaves all else as it stands: command lines keep their other
    /// braces for those who know them.
    /// Gives `nil` when one of them is unknown, which has been told then.
    mutating func fillingSettings(of passage: Passage) -> Passage? {
        let before = found.count
        guard passage.text.contains("{setting.") else { return passage }
        var result = Passage(from: passage.place)
        let scalars = Array(passage.text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            if scalars[index] == "{", let placeholder = Placeholder(in: scalars[index...]),
                let word = settingWord(placeholder)
            {
                let place = passage.place(atScalar: index)
                result.append(settingValue(word, placeholder, at: place), insteadOf: place)
                index += placeholder.length
            } else {
                result.append(scalars[index], at: passage.place(atScalar: index))
                index += 1
            }
        }
        return found.count == before ? result : nil
    }

    /// A text with placeholders, for a member of a group.
    mutating func template(_ passage: Passage, in group: Topology.Group) -> Template {
        template(Placeholder.pieces(passage.text), of: passage, in: group)
    }

    mutating func template(
        _ pieces: [Placeholder.Piece], of passage: Passage, in group: Topology.Group
    ) -> Template {
        var segments: [Template.Segment] = []
        var literal = String.UnicodeScalarView()
        for piece in pieces {
            switch piece {
            case .letter(let scalar, _): literal.append(scalar)
            case .placeholder(let placeholder):
                let place = passage.place(atScalar: placeholder.offset)
                if let word = settingWord(placeholder) {
                    let value = settingValue(word, placeholder, at: place)
                    literal.append(contentsOf: value.unicodeScalars)
                } else if let reference = reference(placeholder, at: place, in: group) {
                    if !literal.isEmpty { segments.append(.literal(String(literal))) }
                    literal = String.UnicodeScalarView()
                    segments.append(.reference(reference))
                }
            }
        }
        if !literal.isEmpty { segments.append(.literal(String(literal))) }
        return Template(segments)
    }

    private func settingWord(_ placeholder: Placeholder) -> String? {
        guard placeholder.separator == nil, placeholder.name.hasPrefix("setting.") else {
            return nil
        }
        return String(placeholder.name.dropFirst("setting.".count))
    }

    private mutating func settingValue(
        _ word: String, _ placeholder: Placeholder, at place: Place
    ) -> String {
        if let setting = topology.settings.first(where: { $0.name == word }) {
            return setting.value
        }
        let known = topology.settings.map(\.name)
        let hint =
            nearest(word, of: known).map { "did you mean {setting.\($0)}?" }
            ?? (known.isEmpty
                ? "there are no settings; add them at the top: settings: {\(word): …}"
                : "settings here: " + known.joined(separator: " "))
        complain(place, "no setting is called '\(word)'", "placeholder/unknown", hint)
        return ""
    }
}
