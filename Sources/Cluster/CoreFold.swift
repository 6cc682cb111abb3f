extension Core {
    /// Folds one entry.
    mutating func apply(_ entry: Entry) {}
}
