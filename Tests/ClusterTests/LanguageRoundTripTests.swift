import Testing

@testable import Cluster

@Suite struct LanguageRoundTripTests {
    @Test(
        "every command of the shipped files parses, and its canonical text is the same command",
        arguments: LanguageLines.commands)
    func commands(_ line: String) throws {
        let command = try Command(parsing: line)
        #expect(try Command(parsing: command.text) == command, "printed as \(command.text)")
        #expect(GrammarWalk(Array(line.utf8), as: .command).isComplete)
    }

    @Test(
        "every clause of the shipped files parses, and its canonical text is the same clause",
        arguments: LanguageLines.clauses)
    func clauses(_ line: String) throws {
        let clause = try Clause(parsing: line)
        #expect(try Clause(parsing: clause.text) == clause, "printed as \(clause.text)")
        #expect(GrammarWalk(Array(line.utf8), as: .clause).isComplete)
    }

    @Test(
        "every expression of the lessons parses, and its canonical text is the same expression",
        arguments: LanguageLines.expressions)
    func expressions(_ line: String) throws {
        let expression = try Expression(parsing: line)
        #expect(
            try Expression(parsing: expression.text) == expression,
            "printed as \(expression.text)")
        #expect(GrammarWalk(Array(line.utf8), as: .expr).isComplete)
    }
}
