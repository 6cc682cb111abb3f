import Chaos
import Cluster
import Testing

@Suite("Weather")
struct WeatherTests {
    private let machines = ["a-1", "a-2", "b"].map {
        NodeDescription(name: $0, group: $0.hasPrefix("a") ? "a" : "b", address: "10.66.0.2")
    }

    private func check(_ lines: String...) -> (commands: [Command], complaints: [Complaint]) {
        Script.weather(lines.map { Line($0) }, for: machines)
    }

    @Test("faults of links and machines can stand, by names, groups and draws")
    func fine() {
        let lines = [
            "delay between a and b by 20ms jitter 2ms", "profile from b to any ocean as sea",
            "limit to 1 of a 1MB/s", "cut between a-1 and a-2", "partition a / b as split",
            "isolate a-1",
        ]
        let (commands, complaints) = Script.weather(lines.map { Line($0) }, for: machines)
        #expect(complaints.isEmpty, "\(complaints)")
        #expect(commands.map(\.text) == lines)
    }

    @Test(
        "what is no weather is told, each with its reason",
        arguments: [
            ("delay between a and b by 20ms for 5s", "weather/end"),
            ("crash b", "weather/process"), ("wait 5s", "weather/command"),
            ("cut between leader and b", "weather/role"),
            ("loss to minority of followers 5%", "weather/role"),
            ("cut between a and nobody", "name/unknown"),
            ("loss between a and b 90% burst 2", "fault/impossible"),
            ("delay between a and b", "command/syntax"),
            ("loss between a and b trace x.txt", "version/not-yet"),
        ])
    func wrong(line: String, code: String) {
        let (commands, complaints) = check("cut between a-1 and b", line)
        #expect(commands.isEmpty)
        #expect(complaints.map(\.code) == [code], "\(complaints)")
    }

    @Test("steps may end the weather, and name its faults, only where there is some")
    func heal() {
        let text = ScenarioText(
            name: "s", steps: [.line(Line("heal weather")), .line(Line("heal sea"))])
        #expect(
            Script.check(text, for: machines).complaints.map(\.code) == [
                "heal/weather", "fault/unknown",
            ])
        let weather = [Line("profile between a and b ocean as sea")]
        #expect(Script.check(text, for: machines, weather: weather).complaints.isEmpty)
    }
}
