import Cluster

/// Every fault that has a key: what the menu lists, what the forms ask, what the help explains.
enum FaultMenu {
    /// A line of the menu.
    struct Item: Sendable {
        /// In the menu; elsewhere some keys mean the same.
        var key: Unicode.Scalar
        var verb: String
        /// In a few words.
        var about: String
        var kind: Kind
    }

    /// What a fault needs to be told.
    enum Kind: Sendable {
        /// Machines and how long.
        case process
        /// Groups.
        case partition
        /// A path, and how much.
        case link(Amount?)
        /// Machines, a word or two, and how long.
        case machine([String])
    }

    /// A value of a link effect.
    struct Amount: Sendable {
        var label: String
        var prefix: String
        var choices: [String]
        var index: Int
        /// A second, optional one.
        var extra: Extra?

        struct Extra: Sendable {
            var label: String
            var choices: [String]
        }
    }

    /// Those that this version can inject, with the fields that it knows.
    static let items: [Item] = all.compactMap { item in
        if isSupported(item) { return item }
        guard case .link(var amount?) = item.kind, amount.extra != nil else { return nil }
        amount.extra = nil
        var simpler = item
        simpler.kind = .link(amount)
        return isSupported(simpler) ? simpler : nil
    }

    /// Whether a fault is among them.
    static func has(_ verb: String) -> Bool { items.contains { $0.verb == verb } }

    /// Every optional field filled in.
    private static func isSupported(_ item: Item) -> Bool {
        let form = form(for: item, nodes: "a", paths: ["between a and b"])
        guard let command = try? Command(parsing: form.fullest) else { return false }
        return command.unsupported == nil
    }

    private static let all: [Item] = [
        Item(key: "c", verb: "crash", about: "every process of it dies at once", kind: .process),
        Item(key: "k", verb: "kill", about: "its main process dies", kind: .process),
        Item(key: "s", verb: "stop", about: "it is asked to end, then made to", kind: .process),
        Item(
            key: "w", verb: "pause", about: "it stands still, its kernel still answers",
            kind: .process),
        Item(
            key: "z", verb: "freeze", about: "it stands still and hears nothing", kind: .process),
        Item(key: "0", verb: "poweroff", about: "silence: the machine is gone", kind: .process),
        Item(
            key: "p", verb: "partition", about: "two sides that do not hear each other",
            kind: .partition),
        Item(
            key: "i", verb: "isolate", about: "alone among its peers, clients reach it",
            kind: .process),
        Item(key: "a", verb: "unplug", about: "nobody reaches it", kind: .process),
        Item(key: "x", verb: "cut", about: "no packet passes", kind: .link(nil)),
        Item(
            key: "d", verb: "delay", about: "packets take longer",
            kind: .link(
                Amount(
                    label: "by", prefix: "by",
                    choices: ["10ms", "50ms", "100ms", "200ms", "500ms", "1s", "2s"], index: 2,
                    extra: Amount.Extra(label: "jitter", choices: ["", "5ms", "20ms", "50ms"])))),
        Item(
            key: "o", verb: "loss", about: "packets get lost",
            kind: .link(
                Amount(
                    label: "share", prefix: "", choices: ["1%", "5%", "10%", "25%", "50%", "90%"],
                    index: 2, extra: Amount.Extra(label: "burst", choices: ["", "5", "10"])))),
        Item(
            key: "b", verb: "limit", about: "little fits through",
            kind: .link(
                Amount(
                    label: "to", prefix: "", choices: ["10kB/s", "100kB/s", "1MB/s", "10MB/s"],
                    index: 2, extra: nil))),
        Item(
            key: "r", verb: "reorder", about: "packets overtake each other",
            kind: .link(
                Amount(
                    label: "share", prefix: "", choices: ["5%", "10%", "25%", "50%"], index: 1,
                    extra: Amount.Extra(label: "within", choices: ["", "10ms", "50ms"])))),
        Item(
            key: "u", verb: "duplicate", about: "packets arrive twice",
            kind: .link(
                Amount(
                    label: "share", prefix: "", choices: ["5%", "10%", "25%", "50%"], index: 1,
                    extra: nil))),
        Item(
            key: "e", verb: "corrupt", about: "bits flip on the way",
            kind: .link(
                Amount(
                    label: "share", prefix: "", choices: ["0.1%", "1%", "5%", "10%"], index: 1,
                    extra: Amount.Extra(label: "checksum", choices: ["", "wrong", "right"])))),
        Item(
            key: "m", verb: "memory", about: "little memory is left",
            kind: .machine(["32MB", "64MB", "128MB", "256MB"])),
        Item(
            key: "t", verb: "cpu", about: "little time on the processor",
            kind: .machine(["5%", "10%", "25%", "50%"])),
    ]

    /// How long a fault lasts unless told otherwise.
    static func lasting(_ index: Int) -> Form.Field {
        Form.Field(
            "for", prefix: "for", ["10s", "30s", "60s", "5m", ""], index: index,
            otherwise: "until healed")
    }

    /// The form of a fault on some machines; `others` are the ones that it may be about on the other
    /// side of a link, `paths` the ways to name it.
    static func form(for item: Item, nodes: String, paths: [String]) -> Form {
        switch item.kind {
        case .process:
            return Form(
                verb: item.verb,
                fields: [Form.Field("who", [nodes]), lasting(item.verb == "crash" ? 0 : 1)],
                active: 1)
        case .partition:
            return Form(
                verb: item.verb,
                fields: [Form.Field("sides", [nodes + " / rest"]), lasting(1)], active: 1)
        case .machine(let values):
            return Form(
                verb: item.verb,
                fields: [
                    Form.Field("who", [nodes]), Form.Field("to", values, index: 1), lasting(1),
                ],
                active: 1)
        case .link(let amount):
            var fields = [Form.Field("path", paths)]
            if let amount {
                fields.append(
                    Form.Field(
                        amount.label, prefix: amount.prefix, amount.choices, index: amount.index))
                if let extra = amount.extra {
                    fields.append(Form.Field(extra.label, prefix: extra.label, extra.choices))
                }
            }
            fields.append(lasting(amount == nil ? 1 : 2))
            return Form(verb: item.verb, fields: fields, active: amount == nil ? 0 : 1)
        }
    }
}
