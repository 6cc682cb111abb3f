/// The productions of the command language, as data. The hand-written parser is the language; this
/// table is what the palette completes from, what "expected …" in messages comes from, what the
/// reference page prints, and what random commands are drawn from. The tests hold both together:
/// every random line of the table parses, and every line that parses is one of the table's.
enum Grammar {
    /// The productions, in the order of the reference page.
    enum Name: String, Sendable, CaseIterable {
        case command, process, split, group, shape, link, path, bell, level, only, machine, ending
        case heal, traffic, client, lab, nodes, term, clause, expr, conj, neg, relation, signal
        case argument, window, value
        /// Only a place to begin at: a time alone.
        case time
    }

    /// One right-hand side.
    indirect enum Rule: Sendable {
        case terminal(Terminal)
        case sequence([Rule])
        case choice([Rule])
        case optional(Rule)
        case repeated(Rule)
        /// Another production; the unit is that of the `value`s in it, where the verb knows it.
        case production(Name, Unit? = nil)
    }

    /// What the text itself is made of.
    enum Terminal: Hashable, Sendable {
        case word(String)
        case mark(String)
        case unit(Unit)
        /// A number without decimals.
        case whole
        case name(NameKind)
        case glob
        case label
        case signalName
        /// Quoted, or up to the next blank.
        case key
        case text
        case file
        /// Quoted, or the rest of the line.
        case lastText
        case urlPath
        case restOfLine
        case operandWord
        case quoted
    }

    /// What a name is the name of: what the palette proposes.
    enum NameKind: Hashable, Sendable {
        case node
        case group
        case newFault
        case fault
        case signal
        case argument
        case scenario
    }

    static func rule(_ name: Name) -> Rule {
        switch name {
        case .command:
            .choice([.process, .machine, .split, .link, .heal, .traffic, .client, .lab])
        case .process:
            .choice([
                [.choice(["start", "resume", "poweron"]), .nodes],
                ["restart", .nodes, .optional("rolling")],
                [
                    .choice(["stop", "kill", "crash", "pause", "freeze", "poweroff"]), .nodes,
                    .optional(.ending),
                ],
                ["signal", .nodes, .terminal(.signalName)],
            ])
        case .split:
            .choice([
                [
                    "partition", .choice([[.group, .repeated(["/", .group])], .shape]),
                    .optional(.ending),
                ],
                [.choice(["isolate", "unplug"]), .nodes, .optional(.ending)],
            ])
        case .group: .choice([.nodes, "rest"])
        case .shape:
            [.choice(["halves", "ring", "bridge", "thirds"]), .optional(["of", .nodes])]
        case .link: link
        case .path:
            .choice([
                ["from", .nodes, .optional(["to", .nodes])], ["to", .nodes],
                ["between", .nodes, "and", .nodes],
            ])
        case .bell: .choice(["uniform", "normal", "pareto", "exponential"])
        case .level:
            .choice([
                .production(.value),
                ["ramp", .production(.value), "to", .production(.value), "over", .time],
                [
                    .choice(["sine", "square"]), .production(.value), "to", .production(.value),
                    "every", .time,
                ],
                ["trace", .terminal(.file)],
            ])
        case .only:
            .choice([
                [
                    "only", .choice(["tcp", "udp", "icmp"]),
                    .optional(["port", .terminal(.whole)]),
                ],
                ["only", "port", .terminal(.whole)],
            ])
        case .machine: machine
        case .ending:
            [.optional(["for", .time]), .optional(["as", .terminal(.name(.newFault))])]
        case .heal:
            [
                "heal",
                .choice(["all", "weather", ["on", .nodes], .terminal(.name(.fault))]),
            ]
        case .traffic:
            ["traffic", .choice(["start", "stop", .production(.level, .frequency)])]
        case .client: client
        case .lab: lab
        case .nodes, .term: nodes(name)
        default: expression(name)
        }
    }

    private static let link: Rule = .choice([
        [
            .choice(["cut", "reset", "refuse", "hold"]), .path, .optional(.only),
            .optional(.ending),
        ],
        [
            "delay", .path, "by", .production(.level, .time), .optional(["jitter", .time]),
            .optional(.bell), .optional(["correlation", .terminal(.unit(.share))]),
            .optional(.only), .optional(.ending),
        ],
        [
            "loss", .path, .production(.level, .share),
            .optional(["burst", .terminal(.unit(.number))]), .optional(.only), .optional(.ending),
        ],
        [
            "duplicate", .path, .production(.level, .share), .optional(.only), .optional(.ending),
        ],
        [
            "reorder", .path, .production(.level, .share), .optional(["within", .time]),
            .optional(.only), .optional(.ending),
        ],
        [
            "corrupt", .path, .production(.level, .share),
            .optional(["checksum", .choice(["wrong", "right"])]), .optional(.only),
            .optional(.ending),
        ],
        [
            "limit", .path, .production(.level, .bandwidth),
            .optional(["burst", .terminal(.unit(.size))]), .optional(["queue", .time]),
            .optional(.only), .optional(.ending),
        ],
        ["mtu", .path, .terminal(.whole), .optional("silent"), .optional(.ending)],
        ["profile", .path, .choice(["region", "continent", "ocean"]), .optional(.ending)],
    ])

    private static let machine: Rule = .choice([
        [
            "clock", .nodes,
            .choice([
                [.choice(["ahead", "behind"]), .time], ["speed", .terminal(.unit(.number))],
            ]), .optional(.ending),
        ],
        [
            "disk", .nodes,
            .choice(["full", ["slow", .time], ["failing", .terminal(.unit(.share))]]),
            .optional(.ending),
        ],
        ["cpu", .nodes, .terminal(.unit(.share)), .optional(.ending)],
        ["memory", .nodes, .terminal(.unit(.size)), .optional(.ending)],
        ["files", .nodes, .terminal(.whole), .optional(.ending)],
        [
            "attack", .nodes, "with",
            .choice([
                "impersonation", "expired-certificate", "forged-token", "replayed-token",
                "unknown-caller",
            ]), .optional(.ending),
        ],
    ])

    private static let client: Rule = .choice([
        ["put", .terminal(.key), .terminal(.text), "at", .nodes],
        ["get", .terminal(.key), "at", .nodes],
        [
            "call", .nodes, .choice(["GET", "POST"]), .terminal(.urlPath),
            .optional(.terminal(.lastText)),
        ],
    ])

    private static let lab: Rule = .choice([
        ["scale", .terminal(.name(.group)), "to", .terminal(.whole)],
        ["note", .terminal(.lastText)],
        ["wait", .choice([.time, ["until", .expr, .optional(["within", .time])]])],
        ["expect", .production(.clause)],
        ["exec", .nodes, .terminal(.restOfLine)],
        [
            "scenario",
            .choice([
                ["run", .terminal(.name(.scenario))],
                ["step", .optional(.terminal(.name(.scenario)))], "pause", "resume", "stop",
            ]),
        ],
    ])

    private static func nodes(_ name: Name) -> Rule {
        guard name == .term else {
            return [
                .production(.term), .repeated([",", .production(.term)]),
                .optional(["except", .production(.term), .repeated([",", .production(.term)])]),
            ]
        }
        return .choice([
            .terminal(.name(.node)), .terminal(.glob), .terminal(.label),
            [.terminal(.whole), "of", .production(.term)],
            [.choice(["minority", "majority"]), .optional(["of", .production(.term)])],
            "all", "any", "leader", "followers", "clients",
        ])
    }

    private static func expression(_ name: Name) -> Rule {
        switch name {
        case .clause:
            [
                .expr,
                .optional(
                    .choice([
                        ["within", .time, .optional(["after", .terminal(.name(.fault))])],
                        ["tolerate", .time],
                    ])),
            ]
        case .expr: [.production(.conj), .repeated(["or", .production(.conj)])]
        case .conj: [.production(.neg), .repeated(["and", .production(.neg)])]
        case .neg:
            [
                .optional("not"),
                .choice([
                    ["(", .expr, ")"],
                    [
                        .production(.signal), .optional(.production(.window)),
                        .optional([
                            .production(.relation),
                            .choice([.production(.signal), .production(.value)]),
                        ]),
                    ],
                ]),
            ]
        case .relation: .choice(["==", "!=", "<", "<=", ">", ">="])
        case .signal:
            .choice([
                [
                    .terminal(.name(.signal)), .optional(["(", .production(.argument), ")"]),
                ], ["any", "(", .expr, ")"],
            ])
        case .argument:
            .choice([
                .path, .nodes, [.terminal(.name(.argument)), .optional([",", .nodes])],
            ])
        case .window: [.choice(["before", "during", "after"]), .terminal(.name(.fault))]
        case .time: .terminal(.unit(.time))
        default:
            .choice(
                Unit.allCases.map { .terminal(.unit($0)) } + [
                    .terminal(.operandWord), .terminal(.quoted),
                ])
        }
    }
}

extension Grammar.Rule: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    init(stringLiteral text: String) {
        let isWord = text.utf8.first.map(Parser.isLetter) ?? false
        self = .terminal(isWord ? .word(text) : .mark(text))
    }

    init(arrayLiteral rules: Grammar.Rule...) { self = .sequence(rules) }

    static let process = Self.production(.process)
    static let machine = Self.production(.machine)
    static let split = Self.production(.split)
    static let group = Self.production(.group)
    static let shape = Self.production(.shape)
    static let link = Self.production(.link)
    static let path = Self.production(.path)
    static let bell = Self.production(.bell)
    static let only = Self.production(.only)
    static let ending = Self.production(.ending)
    static let heal = Self.production(.heal)
    static let traffic = Self.production(.traffic)
    static let client = Self.production(.client)
    static let lab = Self.production(.lab)
    static let nodes = Self.production(.nodes)
    static let expr = Self.production(.expr)
    static let time = Self.terminal(.unit(.time))
}
