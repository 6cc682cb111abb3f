import Cluster
import Foundation

/// Where machines stand on a map of the network: zones side by side, in each of them its machines around a
/// middle. Pure geometry in cells.
struct MapPlan {
    /// A machine and where its name is written.
    struct Spot: Equatable {
        var node: NodeID
        /// What is written: a letter for its role, and its name.
        var text: String
        /// Where that begins.
        var place: Position
        /// Where lines to it end.
        var middle: Position
    }

    /// Machines that belong together.
    struct Zone: Equatable {
        var name: String
        var columns: Range<Int>
        var rows: Range<Int>
    }

    private(set) var zones: [Zone] = []
    private(set) var spots: [Spot] = []

    /// `nil` where there is not room for all of them.
    init?(_ machines: [NodeState], columns: Int, rows: Int) {
        var names: [String] = []
        var members: [String: [NodeState]] = [:]
        for machine in machines {
            let name = MapPlan.zone(of: machine)
            if members[name] == nil { names.append(name) }
            members[name, default: []].append(machine)
        }
        guard !names.isEmpty, machines.count <= 40 else { return nil }
        // As many zones beside each other as there is width for.
        let across = max(1, min(names.count, columns / 26))
        let down = (names.count + across - 1) / across
        let width = columns / across
        let height = rows / down
        for (place, name) in names.enumerated() {
            let left = place % across * width
            let top = place / across * height
            let zone = Zone(
                name: name, columns: (left + 1)..<(left + width - 1), rows: top..<(top + height - 1)
            )
            zones.append(zone)
            let inside = members[name] ?? []
            let longest = inside.map { Width.columns($0.name) + 2 }.max() ?? 0
            let room = (
                columns: zone.columns.count - longest - 4, rows: zone.rows.count - 3
            )
            guard room.columns >= 0, room.rows >= 0, inside.count <= max(1, room.rows + 1) * 2
            else {
                return nil
            }
            for (index, machine) in inside.enumerated() {
                let share = MapPlan.share(index, of: inside.count, turned: place)
                let text = MapPlan.letter(of: machine) + " " + machine.name
                let spot = Position(
                    column: zone.columns.lowerBound + 2
                        + Int((share.x * Double(room.columns)).rounded()),
                    row: zone.rows.lowerBound + 1 + Int((share.y * Double(room.rows)).rounded()))
                let half = Width.columns(text) / 2
                spots.append(
                    Spot(
                        node: machine.id, text: text, place: spot,
                        middle: Position(column: spot.column + half, row: spot.row)))
            }
        }
        // Names that would lie over each other are no map.
        let taken = spots.flatMap { spot in
            (0..<Width.columns(spot.text)).map {
                Position(column: spot.place.column + $0, row: spot.place.row)
            }
        }
        guard Set(taken).count == taken.count else { return nil }
    }

    /// Its label `zone`, else its group.
    static func zone(of machine: NodeState) -> String {
        let labels = machine.description.labels
        if let zone = labels.first(where: { $0.key == "zone" }) { return zone.value }
        return machine.isClient ? "clients" : machine.description.group
    }

    /// Around a middle, the first at the top; shares of the room. Each zone is turned against the one before,
    /// so that lines from zone to zone do not lie on each other.
    private static func share(_ index: Int, of count: Int, turned: Int) -> (x: Double, y: Double) {
        if count == 1 { return (0.5, [0.35, 0.65, 0.5][turned % 3]) }
        let angle =
            Double(index) / Double(count) * 2 * .pi - .pi / 2 + Double(turned % 3) * 0.5
        return (0.5 + cos(angle) / 2, 0.5 + sin(angle) / 2)
    }

    private static func letter(of machine: NodeState) -> String {
        switch machine.role.role {
        case .leader: "L"
        case .follower: "F"
        case .candidate: "C"
        default: machine.isClient ? "c" : "o"
        }
    }
}
