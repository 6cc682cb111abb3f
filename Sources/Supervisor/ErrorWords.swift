internal import Glibc

/// The C library's words for an errno, and its number.
func words(ofError code: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 128)
    let result = buffer.withUnsafeMutableBytes { (bytes) -> Int32 in
        guard let start = bytes.baseAddress else { return ERANGE }
        return strerror_r(code, start, bytes.count)
    }
    guard result == 0 else { return "error \(code)" }
    return "\(String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)) (errno \(code))"
}
