import Cluster
import Foundation
import Glibc

/// The programs that were built with these tests.
enum Programs {
    /// `squall-host` lies beside the test bundle; `squall` too, which the agents are.
    static let host: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().path + "/squall-host"
    }()

    /// The attachments that this machine allows: TUN needs a device file that some keep for root.
    static let attachments =
        access("/dev/net/tun", R_OK | W_OK) == 0 ? ["veth", "tun"] : ["veth"]
}

/// Histograms of a few times.
enum LatencyHistogramForTests {
    static func make(_ microseconds: [Int64]) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for time in microseconds { histogram.record(microseconds: time) }
        return histogram
    }
}
