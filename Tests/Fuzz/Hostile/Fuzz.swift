import CFuzz
import Foundation

/// Hostile packets through the splitter and the switch, found by libFuzzer. Built by .ci/fuzz only.
///
///     squall-fuzz --seeds FOLDER                  writes packets to begin with
///     squall-fuzz FOLDER -max_total_time=60 …     the options of libFuzzer
@main
enum Fuzz {
    /// Made once: the switch under attack keeps its links and memory, as a real one does.
    nonisolated(unsafe) private static let target = Target()

    static func main() throws {
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
            return try Seeds.write(to: CommandLine.arguments[2])
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { data, size in
                Fuzz.target.attack(UnsafeBufferPointer(start: data, count: size))
                return 0
            })
    }
}
