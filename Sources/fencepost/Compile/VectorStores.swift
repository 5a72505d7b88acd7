/// Stores of vector registers.
enum VectorStores {
  /// The form of a store from a vector or mask register; `nil` for other instructions.
  static func form(of statement: AssemblyStatement) -> StoreForm? {
    guard let target = statement.operands.last,
      let source = statement.operands.dropLast().compactMap(\.register).last,
      let width = width(of: source)
    else { return nil }
    let name = statement.mnemonic
    let plain = name.hasPrefix("v") ? String(name.dropFirst()) : name
    if let masked = conditional(plain, statement, width) { return masked }
    if let scattered = scattered(plain, statement, width) { return scattered }
    guard let size = size(plain, width) else { return nil }
    let kind: StoreForm.Kind = plain.hasPrefix("movnt") ? .nonTemporalStore : .store
    if plain.hasPrefix("pcompress") || plain.hasPrefix("compress") {
      guard let element = element(plain) else { return nil }
      guard let mask = target.mask else { return StoreForm(kind: kind, size: width) }
      return StoreForm(
        kind: kind,
        size: element,
        shape: .compressed(.register(mask)),
        count: width / element
      )
    }
    guard let mask = target.mask else {
      let isDirect = kind == .nonTemporalStore && whole.contains(plain)
      return StoreForm(kind: kind, size: size, shape: isDirect ? .value(source) : .plain)
    }
    guard let element = element(plain) else { return nil }
    return StoreForm(
      kind: kind,
      size: element,
      shape: .masked(.register(mask)),
      count: size / element
    )
  }

  private static func width(of register: String) -> Int? {
    if register.hasPrefix("xmm") { return 16 }
    if register.hasPrefix("ymm") { return 32 }
    if register.hasPrefix("zmm") { return 64 }
    if register.hasPrefix("mm") || register.hasPrefix("k") { return 8 }
    return nil
  }

  /// `vmaskmovps` and its kin, whose mask is in a vector.
  private static func conditional(
    _ name: String,
    _ statement: AssemblyStatement,
    _ width: Int
  ) -> StoreForm? {
    guard let element = ["maskmovps": 4, "maskmovpd": 8, "pmaskmovd": 4, "pmaskmovq": 8][name],
      statement.operands.count == 3, let mask = statement.operands[1].register
    else { return nil }
    return StoreForm(
      kind: .store,
      size: element,
      shape: .masked(.signs(mask, by: element == 4 ? "vmovmskps" : "vmovmskpd")),
      count: width / element
    )
  }

  /// `vpscatterdd` and its kin: the letters are of the index and of the element.
  private static func scattered(
    _ name: String,
    _ statement: AssemblyStatement,
    _ width: Int
  ) -> StoreForm? {
    guard
      let (indexSize, element) = [
        "pscatterdd": (4, 4), "pscatterdq": (4, 8), "pscatterqd": (8, 4), "pscatterqq": (8, 8),
        "scatterdps": (4, 4), "scatterdpd": (4, 8), "scatterqps": (8, 4), "scatterqpd": (8, 8),
      ][name],
      statement.operands.count == 2, let values = statement.operands[0].register,
      let target = statement.operands.last, let mask = target.mask, target.segment == nil,
      let place = target.indexed, let indices = Self.width(of: place.index)
    else { return nil }
    return StoreForm(
      kind: .store,
      size: element,
      shape: .scattered(
        StoreForm.Scatter(
          mask: mask,
          values: values,
          indices: place.index,
          indexSize: indexSize,
          scale: place.scale,
          base: place.base
        )
      ),
      count: min(width / element, indices / indexSize)
    )
  }

  private static func size(_ name: String, _ width: Int) -> Int? {
    if whole.contains(name) || name.contains("compress") { return width }
    if let size = fixed[name] { return size }
    if name == "cvtps2ph" { return width / 2 }
    return narrowing[name].map { width / $0 }
  }

  private static let whole: Set = [
    "movaps", "movups", "movapd", "movupd", "movdqa", "movdqu", "movdqa32", "movdqa64", "movdqu8",
    "movdqu16", "movdqu32", "movdqu64", "movntps", "movntpd", "movntdq", "lddqu",
  ]

  private static let fixed: [String: Int] = [
    "movss": 4, "movsd": 8, "movsh": 2, "movd": 4, "movq": 8, "movw": 2, "movlps": 8, "movhps": 8,
    "movlpd": 8, "movhpd": 8, "movntq": 8, "movntss": 4, "movntsd": 8, "pextrb": 1, "pextrw": 2,
    "pextrd": 4, "pextrq": 8, "extractps": 4, "extractf128": 16, "extracti128": 16,
    "extractf32x4": 16, "extracti32x4": 16, "extractf64x2": 16, "extracti64x2": 16,
    "extractf32x8": 32, "extracti32x8": 32, "extractf64x4": 32, "extracti64x4": 32,
    "kmovb": 1, "kmovw": 2, "kmovd": 4, "kmovq": 8,
  ]

  private static let narrowing: [String: Int] = {
    var all: [String: Int] = [:]
    for (pair, parts) in ["qb": 8, "qw": 4, "qd": 2, "db": 4, "dw": 2, "wb": 2] {
      for sign in ["", "s", "us"] { all["pmov\(sign)\(pair)"] = parts }
    }
    return all
  }()

  /// Bytes of what one bit of a mask stands for.
  private static func element(_ name: String) -> Int? {
    if name.hasPrefix("pmov") { return ["b": 1, "w": 2, "d": 4][name.suffix(1)] }
    if name == "cvtps2ph" { return 2 }
    // Its end looks like that of a scalar of 8 bytes.
    if name == "pcompressd" { return 4 }
    if name.contains("32x") { return 4 }
    if name.contains("64x") { return 8 }
    let ends = [
      ("u8", 1), ("u16", 2), ("32", 4), ("64", 8), ("ps", 4), ("pd", 8), ("ss", 4), ("sd", 8),
      ("d", 4),
      ("q", 8), ("b", 1), ("w", 2),
    ]
    return ends.first { name.hasSuffix($0.0) }?.1
  }
}
