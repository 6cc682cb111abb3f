internal import Lab

/// The command line that repeats a run.
enum Again {
    /// The same seed, the same settings; a run by hand is begun again.
    static func line(_ options: RunOptions) -> String {
        // A shipped topology has no folder, and is called by its name.
        let topology = options.sourceFolder.isEmpty ? options.topology : options.file
        var words = ["squall"]
        if let scenario = options.scenario {
            words += ["run", topology, scenario]
        } else {
            words += ["up", topology]
        }
        words += ["--seed", "\(options.seed)"]
        for (word, value) in options.settings.sorted(by: { $0.key < $1.key }) {
            words += ["--set", "\(word)=\(value)"]
        }
        if options.strict == true { words.append("--strict") }
        if let data = options.data { words += ["--data", data] }
        return words.map(quoted).joined(separator: " ")
    }

    /// A word as a shell reads it back.
    static func quoted(_ word: String) -> String {
        let plain = word.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,@+%".contains($0))
        }
        if plain, !word.isEmpty { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
