// NodeKit
