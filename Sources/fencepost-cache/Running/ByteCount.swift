import ArgumentParser

/// A size on the command line: bytes, or with K, M, G for powers of 1024.
struct ByteCount: ExpressibleByArgument {
  let bytes: UInt64

  init?(argument: String) {
    let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = argument.last.flatMap { units[$0] }
    let digits = unit == nil ? argument[...] : argument.dropLast()
    guard !digits.isEmpty, digits.allSatisfy(\.isASCII), digits.allSatisfy(\.isNumber),
      let number = UInt64(digits)
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    // Sizes of files are signed 64-bit numbers.
    guard !overflow, bytes > 0, bytes <= UInt64(Int64.max) else { return nil }
    self.bytes = bytes
  }
}
