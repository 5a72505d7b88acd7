/// A set of general-purpose registers, and the flags.
struct RegisterSet: OptionSet {
  let rawValue: UInt32

  static let rax = RegisterSet(rawValue: 1 << 0)
  static let rcx = RegisterSet(rawValue: 1 << 1)
  static let rdx = RegisterSet(rawValue: 1 << 2)
  static let rbx = RegisterSet(rawValue: 1 << 3)
  static let rsi = RegisterSet(rawValue: 1 << 6)
  static let rdi = RegisterSet(rawValue: 1 << 7)
  static let r8 = RegisterSet(rawValue: 1 << 8)
  static let r9 = RegisterSet(rawValue: 1 << 9)
  static let r10 = RegisterSet(rawValue: 1 << 10)
  static let r11 = RegisterSet(rawValue: 1 << 11)
  static let flags = RegisterSet(rawValue: 1 << 16)
  static let everything = RegisterSet(rawValue: 0x1ffff)

  /// What a called function may read.
  static let arguments: RegisterSet = [.rdi, .rsi, .rdx, .rcx, .r8, .r9, .rax, .r10]
  /// What may be read where a function returns or jumps to another: all that any calling convention keeps or returns,
  /// among them Swift's, Microsoft's and clang's `preserve_most`, whose caller expects all but r11 to be as before.
  static let beyond: RegisterSet = .everything.subtracting([.r11, .flags])

  /// The whole register that a name is a part of, and the part's bytes.
  static let named: [String: (set: RegisterSet, size: Int)] = {
    var named: [String: (set: RegisterSet, size: Int)] = [:]
    for (number, name) in ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"].enumerated() {
      let set = RegisterSet(rawValue: 1 << UInt32(number))
      named["r" + name] = (set, 8)
      named["e" + name] = (set, 4)
      named[name] = (set, 2)
      let low = name.hasSuffix("x") ? String(name.prefix(1)) : name
      named[low + "l"] = (set, 1)
      if number < 4 { named[low + "h"] = (set, 1) }
    }
    for number in 8..<16 {
      let set = RegisterSet(rawValue: 1 << UInt32(number))
      named["r\(number)"] = (set, 8)
      named["r\(number)d"] = (set, 4)
      named["r\(number)w"] = (set, 2)
      named["r\(number)b"] = (set, 1)
    }
    return named
  }()

  /// Names of 64 bits and of 32, in the order in which they are taken for our own purposes.
  static let scratch: [(set: RegisterSet, name: String, half: String)] = [
    (.r11, "r11", "r11d"), (.rax, "rax", "eax"), (.rcx, "rcx", "ecx"), (.rdx, "rdx", "edx"),
    (.rsi, "rsi", "esi"), (.rdi, "rdi", "edi"), (.r8, "r8", "r8d"), (.r9, "r9", "r9d"),
    (.r10, "r10", "r10d"),
  ]
}
