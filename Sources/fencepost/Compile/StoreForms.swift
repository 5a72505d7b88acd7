/// Tells how instructions store.
enum StoreForms {
  /// What an instruction does to memory; `data16` and `.byte 0x66` in front of it are prefixes.
  static func use(of statement: AssemblyStatement) -> MemoryUse {
    let name = statement.mnemonic
    if let form = ordering(name) ?? flush(statement) ?? string(statement) { return .form(form) }
    if name == "maskmovdqu" || name == "vmaskmovdqu" || name == "maskmovq" {
      return .form(maskedBytes(statement))
    }
    if name == "movdir64b", let to = statement.operands.last?.register {
      return .form(StoreForm(kind: .nonTemporalStore, size: 64, address: .register(to)))
    }
    let isExchange = name.hasPrefix("xchg")
    guard
      let place = isExchange
        ? statement.operands.firstIndex(where: \.isMemory)
        : statement.operands.indices.last.flatMap({ statement.operands[$0].isMemory ? $0 : nil }),
      !readers.contains(name), !isReader(name)
    else { return .nothing }
    // A label is no memory that anything is stored to.
    if name.hasPrefix("j") || name.hasPrefix("call") || name.hasPrefix("loop") { return .nothing }
    guard var form = general(statement) ?? VectorStores.form(of: statement) ?? fixed(name) else {
      return .unknown
    }
    if form.address == .none { form.address = .operand(place) }
    if statement.prefixes.contains("lock") || isExchange { form.kind = .lockedStore }
    return .form(form)
  }

  private static func ordering(_ name: String) -> StoreForm? {
    switch name {
    case "sfence": StoreForm(kind: .sfence)
    case "mfence": StoreForm(kind: .mfence)
    default: nil
    }
  }

  private static func flush(_ statement: AssemblyStatement) -> StoreForm? {
    let isWide = statement.prefixes.contains("data16")
    let kind: StoreForm.Kind? =
      switch statement.mnemonic {
      case "clwb": .clwb
      case "clflushopt": .clflushopt
      case "clflush": isWide ? .clflushopt : .clflush
      case "xsaveopt": isWide ? .clwb : nil
      default: nil
      }
    guard let kind, statement.operands.count == 1 else { return nil }
    return StoreForm(kind: kind, size: 64, address: .operand(0))
  }

  /// `stos` and `movs`; `movsd` and `movsl` with registers of vectors are others.
  private static func string(_ statement: AssemblyStatement) -> StoreForm? {
    let name = statement.mnemonic
    guard name.count == 5, name.hasPrefix("stos") || name.hasPrefix("movs"),
      let size = ["b": 1, "w": 2, "l": 4, "d": 4, "q": 8][name.suffix(1)],
      !statement.operands.contains(where: \.isVector),
      statement.operands.allSatisfy({
        $0.isMemory || $0.register?.hasSuffix("ax") == true || $0.register == "al"
      })
    else { return nil }
    let isRepeated = statement.prefixes.contains { $0.hasPrefix("rep") }
    return StoreForm(
      kind: .store,
      size: size,
      shape: isRepeated ? .repeated : .plain,
      address: .register("rdi")
    )
  }

  private static func maskedBytes(_ statement: AssemblyStatement) -> StoreForm {
    let mask = statement.operands.first?.register ?? ""
    let isMMX = mask.hasPrefix("mm")
    return StoreForm(
      kind: .nonTemporalStore,
      size: 1,
      shape: .masked(
        .signs(mask, by: statement.mnemonic.hasPrefix("v") ? "vpmovmskb" : "pmovmskb")
      ),
      address: .register("rdi"),
      count: isMMX ? 8 : 16
    )
  }

  /// Instructions of general-purpose registers, whose suffix or register tells the size.
  private static func general(_ statement: AssemblyStatement) -> StoreForm? {
    let name = statement.mnemonic
    if name.hasPrefix("set"), InstructionGroups.known[name] != nil {
      return StoreForm(kind: .store, size: 1)
    }
    let register = statement.operands.dropLast(statement.operands.last?.isMemory == true ? 1 : 0)
      .compactMap(\.register).last
    let own = register.flatMap { RegisterSet.named[$0]?.size }
    var base = name
    var size = modifying.contains(name) ? own : nil
    if size == nil, let suffixed = ["b": 1, "w": 2, "l": 4, "q": 8][name.suffix(1)] {
      base = String(name.dropLast())
      size = modifying.contains(base) ? suffixed : nil
    }
    guard let size, !statement.operands.contains(where: \.isVector) || base.hasPrefix("sh") else {
      return nil
    }
    if base == "pop", size != 8 { return nil }
    var form = StoreForm(kind: base == "movnti" ? .nonTemporalStore : .store, size: size)
    if base == "movnti", let register, statement.stackPointer == nil {
      form.shape = .value(register)
    }
    if base == "cmpxchg" { form.shape = .compareAndSwap }
    if ["bts", "btr", "btc"].contains(base), let register, statement.operands.count == 2 {
      form.address = .bits(1, register: register, size: size)
    }
    return form
  }

  private static let modifying: Set = [
    "mov", "movabs", "add", "sub", "and", "or", "xor", "adc", "sbb", "xadd", "xchg", "cmpxchg",
    "inc",
    "dec", "neg", "not", "shl", "sal", "shr", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd",
    "bts", "btr", "btc", "pop", "movbe", "movnti",
  ]

  private static func fixed(_ name: String) -> StoreForm? {
    if name == "cmpxchg8b" { return StoreForm(kind: .store, size: 8, shape: .compareAndSwap) }
    if name == "cmpxchg16b" { return StoreForm(kind: .store, size: 16, shape: .compareAndSwap) }
    if name == "movdiri" { return StoreForm(kind: .nonTemporalStore, size: 8) }
    if name == "movdiril" { return StoreForm(kind: .nonTemporalStore, size: 4) }
    if name == "movdiriq" { return StoreForm(kind: .nonTemporalStore, size: 8) }
    return fixedSizes[name].map { StoreForm(kind: .store, size: $0) }
  }

  /// Instructions that always store as many bytes.
  private static let fixedSizes: [String: Int] = [
    "fst": 4, "fsts": 4, "fstl": 8, "fstp": 4, "fstps": 4, "fstpl": 8, "fstpt": 10, "fists": 2,
    "fistl": 4, "fistps": 2, "fistpl": 4, "fistpll": 8, "fistpq": 8, "fisttps": 2, "fisttpl": 4,
    "fisttpll": 8, "fbstp": 10, "fnstcw": 2, "fstcw": 2, "fnstsw": 2, "fstsw": 2, "fnstenv": 28,
    "fnsave": 108, "fxsave": 512, "fxsaveq": 512, "fxsave64": 512, "stmxcsr": 4, "vstmxcsr": 4,
    "sgdt": 10, "sidt": 10, "sldt": 2, "str": 2, "smsw": 2,
  ]

  /// Instructions whose last operand is memory that they read.
  private static func isReader(_ name: String) -> Bool {
    readerStems.contains { name.hasPrefix($0) }
      || ["b", "w", "l", "q"].contains {
        name.hasSuffix($0) && readers.contains(String(name.dropLast()))
      }
  }

  private static let readers: Set = [
    "cmp", "test", "push", "call", "jmp", "mul", "imul", "div", "idiv", "bt", "fldcw", "fldenv",
    "frstor", "fxrstor", "fxrstor64", "ldmxcsr", "vldmxcsr", "fbld", "lgdt", "lidt", "lldt", "ltr",
    "lmsw", "verr", "verw", "cldemote", "invlpg", "ptwrite", "xbegin", "ud1", "lcall", "ljmp",
  ]

  private static let readerStems = [
    "nop", "prefetch", "fld", "fild", "fadd", "fiadd", "fsub", "fisub", "fmul", "fimul", "fdiv",
    "fidiv", "fcom", "ficom", "xrstor", "cmps", "scas", "lods", "outs", "vgatherpf", "vscatterpf",
  ]
}
