/// How the page looks: quiet, large enough for the last row, in two colour schemes. What a colour
/// says is always said by a glyph, a letter or a pattern too; paper has the light one. The timeline's
/// colours stay apart for colour-blind eyes: they follow Okabe and Ito, https://jfly.uni-koeln.de/color.
enum PageStyle {
    private static let light = """
        --paper: #fbfbf9; --ink: #1f2328; --quiet: #57606a; --line: #d0d7de; --shade: #f0f0ec;
        --good: #1a7f37; --bad: #b42318; --odd: #9a6700; --leader: #0b62c4; --follower: #9ec1ea;
        --down: #b34700; --unready: #e69f00; --coming: #d8d8d2; --plain: #8fc9b8;
        --fault: #b34700; --on-strong: #ffffff; --available: #009e73; --rate: #0072b2; --p99: #9a6700; --lag: #a8457e;
        """

    private static let dark = """
        --paper: #0f1419; --ink: #d8dee4; --quiet: #9aa4af; --line: #30363d; --shade: #1a2027;
        --good: #56d364; --bad: #ff7b72; --odd: #e3b341; --leader: #58a6ff; --follower: #23456e;
        --down: #d55e00; --unready: #b97f00; --coming: #30363d; --plain: #1f5a4a;
        --fault: #ff8a4c; --on-strong: #0f1419; --available: #2fbf95; --rate: #56b4e9; --p99: #e69f00; --lag: #e08bbb;
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
        svg .on-strong { fill: var(--on-strong); } svg .band { fill: var(--fault); opacity: .10; }
        svg .bar { fill: var(--fault); opacity: .30; stroke: var(--fault); }
        svg .well { stroke: var(--good); stroke-dasharray: 4 4; }
        svg .available { fill: var(--available); opacity: .55; } svg .rate { fill: var(--rate); opacity: .45; }
        svg .p99 { stroke: var(--p99); } svg .lag { stroke: var(--lag); }
        svg .p99, svg .lag { fill: none; stroke-width: 2; }
        svg .cursor { stroke: var(--ink); stroke-width: 1.5; display: none; pointer-events: none; }
        svg .band, svg .well { pointer-events: none; } svg a { cursor: pointer; }
        .gap { color: var(--quiet); font-size: .9rem; margin: .3rem 0; }
        .course nav ol { list-style: none; margin: 0; padding: 0; font-size: .9rem; }
        .course nav a { display: block; padding: .15rem .4rem; color: inherit; text-decoration: none; }
        .course nav a:hover, .course nav a:focus { background: var(--shade); }
        .course nav time { font-variant-numeric: tabular-nums; color: var(--quiet); }
        #controls:not([hidden]) { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
        #controls p, #controls ul { flex: 1 0 100%; margin: 0; } #controls .grow { flex: 1; display: flex; }
        #moment { flex: 1; } #now { min-height: 3em; font-variant-numeric: tabular-nums; }
        #record:empty { display: none; } button, select { font: inherit; padding: .15rem .7rem; }
        @media (min-width: 84rem) { body:has(.course) { max-width: 110rem; }
          .course { display: grid; grid-template-columns: minmax(0, 1fr) 22rem; gap: 1.5rem; }
          .course nav ol { max-height: 46rem; overflow-y: auto; } }
        @media print { body { max-width: none; padding: 0; font-size: 11pt; } a { color: inherit; }
          section { break-before: page; } section:first-child { break-before: auto; }
          table, figure, pre { break-inside: avoid; } details > * { display: block; }
          svg { min-width: 0; } #controls { display: none; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }

        """
}
