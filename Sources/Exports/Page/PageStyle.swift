/// How the page looks: quiet, large enough for the last row, in two colour schemes. What a colour
/// says is always said by a glyph, a letter or a pattern too; paper has the light one.
enum PageStyle {
    private static let light = """
        --paper: #fbfbf9; --ink: #1f2328; --quiet: #57606a; --line: #d0d7de; --shade: #f0f0ec;
        --good: #1a7f37; --bad: #b42318; --odd: #9a6700; --leader: #0b62c4; --follower: #9ec1ea;
        --down: #b42318; --unready: #e0a100; --coming: #d8d8d2; --plain: #a9c7a9;
        --fault: #b42318; --rate: #0b62c4; --lag: #8250df;
        """

    private static let dark = """
        --paper: #0f1419; --ink: #d8dee4; --quiet: #9aa4af; --line: #30363d; --shade: #1a2027;
        --good: #56d364; --bad: #ff7b72; --odd: #e3b341; --leader: #58a6ff; --follower: #23456e;
        --down: #da3633; --unready: #bb8009; --coming: #30363d; --plain: #2b4b34;
        --fault: #ff7b72; --rate: #58a6ff; --lag: #bc8cff;
        """

    static let sheet = """
        :root { \(light) }
        @media (prefers-color-scheme: dark) { :root { \(dark) } }
        @media print { :root { \(light) } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem; max-width: 84rem; background: var(--paper);
          color: var(--ink); font: 17px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.9rem; margin: 0 0 .5rem; } h2 { font-size: 1.45rem; margin: 2.5rem 0 .5rem; }
        h3 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
        .title { color: var(--ink); font-weight: 400; }
        .good { color: var(--good); } .bad { color: var(--bad); } .odd { color: var(--odd); }
        .tally { margin: .2rem 0; font-size: 1.15rem; }
        .reasons { margin: .4rem 0; padding-left: 1.2rem; font-size: 1.1rem; }
        code, pre { font: .95em/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
        pre { background: var(--shade); border: 1px solid var(--line); border-radius: 6px;
          padding: .7rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        .wide { overflow-x: auto; } figure { margin: 0; overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
          border-bottom: 1px solid var(--line); }
        th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
        .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        summary { cursor: pointer; font-weight: 600; margin-top: 1.2rem; }
        a { color: var(--leader); } footer { color: var(--quiet); margin-top: 3rem; }
        figcaption { color: var(--quiet); font-size: .9rem; }
        svg { display: block; width: 100%; min-width: 50rem; height: auto; }
        svg text { fill: var(--ink); font-size: 14px; } svg .quiet { fill: var(--quiet); }
        svg .in { font-size: 12px; font-weight: 700; } svg .grid { stroke: var(--line); }
        svg .lane-leader { fill: var(--leader); } svg .lane-follower { fill: var(--follower); }
        svg .lane-candidate, svg .lane-unready { fill: var(--unready); }
        svg .lane-observer, svg .lane-ready { fill: var(--plain); }
        svg .lane-coming { fill: var(--coming); } svg .lane-down, svg .lane-off { fill: var(--down); }
        svg .on-strong { fill: #fff; } svg .band { fill: var(--fault); opacity: .10; }
        svg .bar { fill: var(--fault); opacity: .30; stroke: var(--fault); }
        svg .well { stroke: var(--good); stroke-dasharray: 4 4; }
        svg .available { fill: var(--good); opacity: .55; } svg .rate { fill: var(--rate); opacity: .45; }
        svg .p99 { stroke: var(--unready); } svg .lag { stroke: var(--lag); }
        svg .p99, svg .lag { fill: none; stroke-width: 2; }
        @media print { body { max-width: none; padding: 0; font-size: 11pt; } a { color: inherit; }
          section { break-before: page; } section:first-child { break-before: auto; }
          table, figure, pre { break-inside: avoid; } details > * { display: block; }
          svg { min-width: 0; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }

        """
}
