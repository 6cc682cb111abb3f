/// Reads one line of a page of metrics, in place: it must not outlive the bytes of the page.
struct PrometheusScanner {
    private let line: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ line: UnsafeBufferPointer<UInt8>) { self.line = line }

    /// A name with labels as a topology writes it; `nil` when it is none.
    static func selector(
        _ text: String
    ) -> (name: String, labels: [PrometheusSeries.Label])? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = PrometheusScanner(bytes)
            let selector = scanner.selector()
            scanner.skipBlanks()
            return scanner.isAtEnd ? selector : nil
        }
    }

    var isAtEnd: Bool { index == line.count }

    private var byte: UInt8? { isAtEnd ? nil : line[index] }

    mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        index += 1
        return true
    }

    mutating func skipBlanks() {
        while let byte, byte == 32 || byte == 9 { index += 1 }
    }

    /// What follows a `#`: `TYPE name type`, if it is that.
    mutating func type() -> (name: String, type: String)? {
        guard token() == "TYPE" else { return nil }
        skipBlanks()
        guard let name = byte == UInt8(ascii: "\"") ? quoted() : token() else { return nil }
        return token().map { (name, $0) }
    }

    /// `name{label="value",…} value [timestamp] [# exemplar]`.
    mutating func series() -> PrometheusSeries? {
        guard let (name, labels) = selector() else { return nil }
        guard let text = token(), let value = Double(text) else { return nil }
        skipBlanks()
        if !isAtEnd, byte != UInt8(ascii: "#") {
            guard let stamp = token(), Double(stamp) != nil else { return nil }
            skipBlanks()
            guard isAtEnd || byte == UInt8(ascii: "#") else { return nil }
        }
        return PrometheusSeries(name: name, labels: labels, value: value)
    }

    /// `name`, `name{label="value"}`, or with the name in quotes among the labels.
    private mutating func selector() -> (name: String, labels: [PrometheusSeries.Label])? {
        skipBlanks()
        var name = word()
        var labels: [PrometheusSeries.Label] = []
        skipBlanks()
        if take(UInt8(ascii: "{")) {
            while true {
                skipBlanks()
                if take(UInt8(ascii: "}")) { break }
                guard let key = byte == UInt8(ascii: "\"") ? quoted() : word() else { return nil }
                skipBlanks()
                if take(UInt8(ascii: "=")) {
                    skipBlanks()
                    guard byte == UInt8(ascii: "\""), let value = quoted() else { return nil }
                    labels.append(.init(name: key, value: value))
                } else {
                    guard name == nil else { return nil }
                    name = key
                }
                skipBlanks()
                guard take(UInt8(ascii: ",")) || byte == UInt8(ascii: "}") else { return nil }
            }
        }
        return name.map { ($0, labels) }
    }

    /// A name of letters, digits, `_` and `:` that begins with no digit.
    private mutating func word() -> String? {
        let first = index
        while let byte {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"), UInt8(ascii: ":"):
                index += 1
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9") where index > first:
                index += 1
                continue
            default: break
            }
            break
        }
        return index > first ? text(from: first) : nil
    }

    /// Text in quotes with `\\`, `\"` and `\n`.
    private mutating func quoted() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var text: [UInt8] = []
        while let byte {
            index += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard let escaped = self.byte else { return nil }
            index += 1
            switch escaped {
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): text.append(escaped)
            default: text += [byte, escaped]
            }
        }
        return nil
    }

    /// What stands up to the next blank.
    private mutating func token() -> String? {
        skipBlanks()
        let first = index
        while let byte, byte != 32, byte != 9 { index += 1 }
        return index > first ? text(from: first) : nil
    }

    private func text(from first: Int) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: line[first..<index]), as: UTF8.self)
    }
}
