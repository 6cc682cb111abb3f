// swift-tools-version: 6.2
import PackageDescription

/// Settings of every own Swift target: Swift 6 mode, honest imports, and no warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// The packet loop and what it calls are optimised in debug builds too: a newcomer's first cluster runs on one.
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = strict,
    exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources,
        swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "squall",
    products: [
        .executable(name: "squall", targets: ["squall"]),
        .executable(name: "squall-host", targets: ["squall-host"]),
        .executable(name: "squall-node", targets: ["squall-node"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C, no policy.
        .target(name: "CLinux"),
        .target(
            name: "CTerminal",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .executableTarget(name: "squall-host"),

        // Pure.
        room("Cluster", settings: hot),
        room("Topology", [yams, "Checkers"]),
        room("Faults", ["Cluster"], settings: hot),
        room("Chaos", ["Cluster", "Faults"]),
        room("Checkers", settings: hot),
        room("Journal", ["Cluster"], settings: hot),
        room("Dashboard", ["Cluster"]),

        // Acting.
        room("Supervisor", ["CLinux"]),
        room("Fabric", ["Cluster", "Faults", "CLinux", heap, deque], settings: hot),
        room("Probes", ["Cluster", nioCore, nioPosix, nioHTTP]),
        room("Workload", ["Cluster", nioCore, nioPosix, nioHTTP], settings: hot),
        room(
            "Lab",
            [
                "Cluster", "Faults", "Topology", "Chaos", "Journal", "Supervisor", "Fabric",
                "Probes",
                "Workload", "CLinux", nioCore, nioPosix,
            ]),

        room(
            "Bench",
            [
                "Cluster", "Dashboard", "Faults", "Journal", "Supervisor", "Fabric", "Workload",
                "CLinux",
            ]),

        // What people see.
        room("Exports", ["Cluster", "Dashboard", "Journal"]),
        room("Terminal", ["Cluster", "Dashboard", "CTerminal"]),
        room(
            "Commands",
            [
                argumentParser, "Bench", "Checkers", "Cluster", "Topology", "Chaos", "Journal",
                "Lab", "Dashboard", "Exports",
                "Terminal", "Supervisor", "Fabric", "Faults", "Probes", "Workload", "CLinux",
            ],
            exclude: ["Reference"],
            resources: [
                .embedInCode("Shipped/kv.yaml"), .embedInCode("Shipped/redis.yaml"),
                .embedInCode("Shipped/etcd.yaml"),
                .embedInCode("Shipped/redis-sentinel.yaml"),
                .embedInCode("Shipped/first-partition.yaml"),
                .embedInCode("Shipped/crash-and-recovery.yaml"),
                .embedInCode("Shipped/replication-lag.yaml"),
                .embedInCode("Shipped/split-brain.yaml"),
                .embedInCode("Shipped/latency-and-throughput.yaml"),
            ]),
        .executableTarget(
            name: "squall", dependencies: ["Commands", "CTerminal", "CLinux"],
            swiftSettings: strict),

        // The built-in systems; they know nothing of the tool but the environment.
        room("NodeKit", [hummingbird, grdb, nioCore, nioPosix, nioHTTP]),
        room("Systems", ["NodeKit", hummingbird, grdb]),
        .executableTarget(
            name: "squall-node", dependencies: ["Systems", argumentParser], swiftSettings: strict),

        // Rooms by themselves.
        tests("Cluster", ["Cluster"], exclude: ["LanguageGolden"]),
        tests("Topology", ["Topology"], exclude: ["Golden"]),
        tests("Faults", ["Cluster", "Faults"]),
        tests("Chaos", ["Cluster", "Chaos", "Topology"], exclude: ["Golden"]),
        tests("Checkers", ["Checkers"]),
        tests("Journal", ["Cluster", "Journal"]),
        tests("Dashboard", ["Cluster", "Dashboard"], exclude: ["Golden"]),
        tests("Supervisor", ["Supervisor", "CLinux"]),
        tests("Fabric", ["Cluster", "Faults", "Fabric", "CLinux"]),
        tests("Probes", ["Cluster", "Probes", nioCore, nioPosix, nioHTTP]),
        tests("Workload", ["Cluster", "Workload", nioCore, nioPosix, nioHTTP]),
        tests("NodeKit", ["NodeKit", nioCore, nioPosix, nioHTTP]),
        tests("Systems", ["NodeKit", "Systems"]),

        // What people see, and what the pages say.
        tests(
            "Exports", ["Chaos", "Cluster", "Dashboard", "Exports", "Journal"],
            exclude: ["Schema"]),
        tests(
            "Terminal", ["Cluster", "Dashboard", "Terminal", "CTerminal", "CLinux"],
            exclude: ["Probe"]),
        tests(
            "Reference",
            [
                "Chaos", "Checkers", "Cluster", "Commands", "Dashboard", "Fabric", "Journal",
                "Topology",
                argumentParser,
            ]),

        // Rooms together, on real machines.
        tests("Bench", ["Bench", "Cluster", "squall", "squall-host"]),
        tests("RealLink", ["Cluster", "Fabric", "Faults", "Supervisor", "CLinux", "squall-host"]),
        tests(
            "Lab",
            [
                "Chaos", "Checkers", "CLinux", "Cluster", "Journal", "Lab", "Topology", "squall",
                "squall-host", "squall-node",
            ]),
        tests("Commands", ["squall", "squall-host", "squall-node"]),
    ]
)

// The fuzzer needs everything built with its instruments: only .ci/fuzz asks for it.
if Context.environment["SQUALL_FUZZ"] != nil {
    package.products.append(.executable(name: "squall-fuzz", targets: ["squall-fuzz"]))
    package.targets += [
        .target(name: "CFuzz", path: "Tests/Fuzz/CFuzz"),
        .executableTarget(
            name: "squall-fuzz", dependencies: ["CFuzz", "CLinux", "Cluster", "Faults", "Fabric"],
            path: "Tests/Fuzz/Hostile", swiftSettings: strict),
    ]
}
