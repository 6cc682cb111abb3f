internal import ArgumentParser
internal import Foundation

/// `squall init --ci github|gitlab`: a file that runs scenarios in a CI.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write the file with which a CI runs every scenario and keeps the reports.",
        discussion: """
            Writes .github/workflows/squall.yml or .gitlab-ci.yml, never over a file that is there.
            The job builds squall from its repository: --from says where that is.
            """)

    @Option(help: "Whose CI: github or gitlab.")
    var ci: CI

    @Option(
        help: "The git repository of squall; the CI's variable SQUALL_REPOSITORY when left out.")
    var from: String?

    @Option(name: .shortAndLong, help: "The file; - prints it.")
    var output: String?

    @Argument(help: "Topologies, as they are called in the repository.")
    var topologies: [String]

    /// The CIs that it can write for.
    enum CI: String, ExpressibleByArgument, CaseIterable {
        case github
        case gitlab

        /// Where it looks for its file.
        var file: String {
            switch self {
            case .github: ".github/workflows/squall.yml"
            case .gitlab: ".gitlab-ci.yml"
            }
        }
    }

    func run() throws {
        for topology in topologies { _ = try TopologySource(topology).read() }
        let text = Workflow(ci: ci, topologies: topologies, repository: from).text
        if output == "-" { return print(text, terminator: "") }
        let path = output ?? ci.file
        guard !FileManager.default.fileExists(atPath: path) else {
            throw failure("\(path) is there already; --output - prints the file", code: Code.usage)
        }
        do {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw failure(
                "cannot write \(path): \(error.localizedDescription)", code: Code.unavailable)
        }
        print("wrote \(path)")
        if from == nil {
            print("set the CI's variable SQUALL_REPOSITORY to the git repository of squall")
        }
    }
}

/// A CI's file. One job that builds squall once, runs every scenario of every topology, and keeps the
/// reports and the failed runs whatever the verdict was.
struct Workflow {
    let ci: Init.CI
    let topologies: [String]
    let repository: String?

    /// The image that squall is built and run in; namespaces need a privileged container.
    static let image = "swift:6.2-noble"

    var text: String {
        switch ci {
        case .github: github
        case .gitlab: gitlab
        }
    }

    /// Each line of the job; `failed` is the first code that was not 0.
    private func runs(_ options: String) -> [String] {
        ["failed=0"]
            + topologies.map { topology in
                let name = URL(fileURLWithPath: topology).deletingPathExtension().lastPathComponent
                return
                    "squall run \(Again.quoted(topology)) --all --timeout 10m --runs squall-runs "
                    + "--report \(Again.quoted("squall-report/\(name)"))\(options) || failed=$?"
            } + ["exit $failed"]
    }

    private static let packages =
        "apt-get update && apt-get install -y git libncurses-dev libsqlite3-dev iproute2 procps"

    private static let install = [
        "git clone --depth 1 \"$SQUALL_REPOSITORY\" /tmp/squall",
        "swift build --package-path /tmp/squall --product squall",
        "swift build --package-path /tmp/squall --product squall-host",
        "swift build --package-path /tmp/squall --product squall-node",
        "ln -sf /tmp/squall/.build/debug/squall /usr/local/bin/squall",
        "squall doctor",
    ]

    private func block(_ lines: [String], indent: Int) -> String {
        lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
    }

    private func list(_ lines: [String]) -> String {
        lines.map { "    - " + quoted($0) }.joined(separator: "\n")
    }

    /// A scalar of YAML in single quotes.
    private func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    private var github: String {
        """
        # Runs every scenario; written by `squall init --ci github`.
        name: squall
        on: [push, pull_request]
        permissions:
          contents: read
        jobs:
          scenarios:
            runs-on: ubuntu-latest
            timeout-minutes: 60
            container:
              image: \(Self.image)
              # Machines of their own are namespaces, which a container may make only so.
              options: --privileged
            env:
              SQUALL_REPOSITORY: \(repository.map(quoted) ?? "${{ vars.SQUALL_REPOSITORY }}")
            steps:
              - uses: actions/checkout@v4
              # Add what your topologies need, e.g. redis-server.
              - run: \(Self.packages)
              - name: build squall
                run: |
        \(block(Self.install, indent: 10))
              - name: run scenarios
                shell: bash
                run: |
        \(block(["set +e"] + runs(" --github"), indent: 10))
              - uses: actions/upload-artifact@v4
                if: always()
                with:
                  name: squall
                  path: |
                    squall-report
                    squall-runs

        """
    }

    private var gitlab: String {
        let variables =
            repository.map { "\n  variables:\n    SQUALL_REPOSITORY: \(quoted($0))" } ?? ""
        return """
            # Runs every scenario; written by `squall init --ci gitlab`. Needs a privileged runner: machines
            # of their own are namespaces, which a container may make only so.
            squall:
              image: \(Self.image)
              timeout: 60 minutes\(variables)
              before_script:
                # Add what your topologies need, e.g. redis-server.
                - \(quoted(Self.packages))
            \(list(Self.install))
              script:
            \(list([runs("").joined(separator: "; ")]))
              artifacts:
                when: always
                paths: [squall-report, squall-runs]
                reports:
                  junit: squall-report/*/junit.xml

            """
    }
}
