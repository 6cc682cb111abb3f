extension MachineError {
    /// A refusal of the kernel, with the rule behind it, as far as one is known.
    func withHelp() -> MachineError {
        guard case .failed(let call, let code) = self else { return self }
        return .refused(call: call, code: code, help: nil)
    }
}
