// Chaos
