import Lab
import Testing

@Suite struct KeepaliveTests {
    @Test func `a dashboard that quits ends its lab at once`() {
        var rule = Keepalive(mode: .dashboard)
        #expect(rule.on(.attached(1)) == .none)
        #expect(rule.on(.quit) == .end("quit"))
    }

    @Test func `a dashboard that dies leaves a minute in which somebody may attach`() {
        var rule = Keepalive(mode: .dashboard)
        _ = rule.on(.attached(1))
        #expect(rule.on(.lost(1)) == .arm(2, Keepalive.patience))
        #expect(rule.on(.attached(2)) == .none)
        #expect(rule.on(.elapsed(2)) == .none)
        guard case .arm(let number, _) = rule.on(.lost(2)) else {
            Issue.record("the second one's death was not noticed")
            return
        }
        #expect(rule.on(.elapsed(number)) == .end("nobody attached within a minute"))
    }

    @Test func `of several painters the last one counts`() {
        var rule = Keepalive(mode: .dashboard)
        _ = rule.on(.attached(1))
        _ = rule.on(.attached(2))
        #expect(rule.on(.lost(1)) == .none)
        #expect(rule.on(.lost(1)) == .none)
        #expect(rule.on(.lost(2)) != .none)
    }

    @Test func `a timer of an earlier death does not end a lab whose painter died again`() {
        var rule = Keepalive(mode: .dashboard)
        _ = rule.on(.attached(1))
        _ = rule.on(.lost(1))
        _ = rule.on(.attached(2))
        _ = rule.on(.lost(2))
        #expect(rule.on(.elapsed(2)) == .none)
    }

    @Test func `a lab that nobody ever attaches to ends, unless it was detached`() {
        var rule = Keepalive(mode: .command)
        #expect(rule.on(.began) == .arm(1, Keepalive.patience))
        #expect(rule.on(.elapsed(1)) == .end("nobody attached within a minute"))
        var taken = Keepalive(mode: .dashboard)
        _ = taken.on(.began)
        _ = taken.on(.attached(1))
        #expect(taken.on(.elapsed(1)) == .none)
        var quick = Keepalive(mode: .dashboard)
        _ = quick.on(.attached(1))
        #expect(quick.on(.began) == .none)
        var alone = Keepalive(mode: .detached)
        #expect(alone.on(.began) == .none)
    }

    @Test func `a lab that was left on purpose goes on without anybody`() {
        var rule = Keepalive(mode: .dashboard)
        _ = rule.on(.attached(1))
        #expect(rule.on(.detached) == .none)
        #expect(rule.on(.lost(1)) == .none)
        var late = Keepalive(mode: .dashboard)
        _ = late.on(.attached(1))
        guard case .arm(let number, _) = late.on(.lost(1)) else {
            Issue.record("the painter's death was not noticed")
            return
        }
        _ = late.on(.detached)
        #expect(late.on(.elapsed(number)) == .none)
        #expect(late.on(.quit) == .end("quit"))
    }

    @Test func `a lab of a command ends with it`() {
        var rule = Keepalive(mode: .command)
        _ = rule.on(.attached(1))
        #expect(rule.on(.lost(7)) == .none)
        #expect(rule.on(.lost(1)) == .end("its command is gone"))
    }

    @Test func `a detached lab ends only when it is asked to`() {
        var rule = Keepalive(mode: .detached)
        _ = rule.on(.attached(1))
        #expect(rule.on(.lost(1)) == .none)
        #expect(rule.on(.elapsed(1)) == .none)
        #expect(rule.on(.quit) == .end("quit"))
    }
}
