/// Instructions whose use of registers is known, by what they have in common.
enum InstructionGroups {
  /// What instructions have in common, beyond the registers that they name.
  struct Group {
    var reads: RegisterSet = []
    var overwrites: RegisterSet = []
    /// The last operand is overwritten without being read.
    var isMove = false
    /// The same register twice gives zero, whatever it held.
    var isZeroing = false
    /// By a register the flags may stay what they were.
    var isShift = false
  }

  /// Each mnemonic with each of its suffixes.
  static let known: [String: Group] = {
    var known: [String: Group] = [:]
    func add(_ names: String, suffixes: [String] = ["", "b", "w", "l", "q"], _ group: Group) {
      for name in names.split(separator: " ") {
        for suffix in suffixes { known[name + suffix] = group }
      }
    }
    add("mov lea movabs", Group(isMove: true))
    add(
      "movzbl movzbq movzbw movzwl movzwq movsbl movsbq movsbw movswl movswq movslq movzb movzw "
        + "rorx shlx sarx shrx pext pdep movsxd movzx movsx",
      Group(isMove: true)
    )
    add(
      "popcnt lzcnt tzcnt andn bextr blsr blsi blsmsk bzhi",
      Group(overwrites: .flags, isMove: true)
    )
    add("add and or cmp test neg", Group(overwrites: .flags))
    add("xor sub", Group(overwrites: .flags, isZeroing: true))
    add("shl sal shr sar", Group(overwrites: .flags, isShift: true))
    add("not inc dec rol ror bswap xchg bt bts btr btc bsf bsr movnti movbe", Group())
    add("pop push", Group())
    add("adc sbb rcl rcr", Group(reads: .flags))
    add("mul div idiv", Group(reads: [.rax, .rdx], overwrites: .flags))
    add("imul", Group(reads: [.rax, .rdx], overwrites: .flags))
    add("xadd", Group(overwrites: .flags))
    add("cmpxchg", Group(reads: .rax, overwrites: .flags))
    add("cmpxchg8b cmpxchg16b", suffixes: [""], Group(reads: [.rax, .rdx, .rbx, .rcx]))
    add("cltq cwtl cbtw cqto cltd cwtd", suffixes: [""], Group(reads: .rax))
    known["cqto"]?.overwrites = .rdx
    known["cltd"]?.overwrites = .rdx
    add("stos", Group(reads: [.rax, .rdi]))
    add("movs", Group(reads: [.rsi, .rdi]))
    add(
      "nop endbr64 pause lfence sfence mfence clflush clflushopt clwb cldemote prefetcht0 prefetcht1 "
        + "prefetcht2 prefetchnta prefetchw emms vzeroupper vzeroall ud2 int3 leave leaveq",
      Group()
    )
    for condition in conditions {
      add("set\(condition)", suffixes: ["", "b"], Group(reads: .flags))
      add("cmov\(condition)", suffixes: ["", "w", "l", "q"], Group(reads: .flags))
    }
    for name in x87 { known[name] = Group() }
    return known
  }()

  private static let conditions = [
    "a", "ae", "b", "be", "c", "e", "g", "ge", "l", "le", "na", "nae", "nb", "nbe", "nc", "ne",
    "ng",
    "nge", "nl", "nle", "no", "np", "ns", "nz", "o", "p", "pe", "po", "s", "z",
  ]

  private static let x87 = [
    "fld", "flds", "fldl", "fldt", "fild", "filds", "fildl", "fildll", "fildq", "fst", "fsts",
    "fstl",
    "fstp", "fstps", "fstpl", "fstpt", "fist", "fists", "fistl", "fistp", "fistps", "fistpl",
    "fistpll", "fistpq", "fisttps", "fisttpl", "fisttpll", "fld1", "fldz", "fldpi", "fxch", "fchs",
    "fabs", "faddp", "fmulp", "fsubp", "fsubrp", "fdivp", "fdivrp", "fnstcw", "fldcw", "fnstsw",
    "fxsave", "fxsave64", "stmxcsr", "ldmxcsr", "vstmxcsr", "vldmxcsr",
  ]
}
