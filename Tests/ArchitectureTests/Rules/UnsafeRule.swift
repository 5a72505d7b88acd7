/// Unsafe code outside tests that gives no reason.
///
/// The reason is a comment beginning `// SAFETY:`, above the line with the word `unsafe` (or
/// `@unchecked`, `@safe`, `nonisolated(unsafe)`). In a body it covers what follows in its block; between
/// declarations it covers the one that follows. So a run of unsafe lines may share a reason, and two functions
/// may not.
func unsafeWithoutReason(_ file: SourceFile) -> [Breach] {
  guard file.fileExtension == "swift", !file.path.hasPrefix("Tests/") else { return [] }
  let source = SourceText(file.text)
  var blocks = ReasonedBlocks()
  return source.code.indices.compactMap { index in
    if source.comments[index].hasPrefix("// SAFETY:") { blocks.giveReason() }
    let isBreach = isUnsafe(source.code[index]) && !blocks.haveReason
    blocks.enter(source.code[index])
    guard isBreach else { return nil }
    return Breach(path: file.path, line: index + 1, reason: "unsafe without a // SAFETY: above it")
  }
}

/// Whether a line uses the word other than to declare that its callers must.
private func isUnsafe(_ line: String) -> Bool {
  let words = line.replacing("@unsafe", with: "").identifiers
  return words.contains("unsafe") || words.contains("unchecked") || line.contains("@safe")
}

/// The blocks open at a line, and which of them have a reason.
private struct ReasonedBlocks {
  private struct Block {
    let holdsDeclarations: Bool
    var hasReason = false
  }

  private var blocks: [Block] = []
  private var parentheses = 0
  /// Blocks open around the declaration that a reason covers; `nil` outside of one.
  private var reasonedDeclaration: Int?

  /// Whether code here is covered.
  var haveReason: Bool { reasonedDeclaration != nil || blocks.contains { $0.hasReason } }

  /// A reason stands here.
  mutating func giveReason() {
    if let last = blocks.indices.last, !blocks[last].holdsDeclarations {
      blocks[last].hasReason = true
    } else {
      reasonedDeclaration = blocks.count
    }
  }

  /// Goes over a line of code.
  mutating func enter(_ line: String) {
    guard !line.trimmed.isEmpty else { return }
    let types: Set = ["struct", "class", "enum", "extension", "protocol", "actor"]
    var declaresType = line.identifiers.prefix(5).contains { types.contains($0) }
    for character in line {
      switch character {
      case "(", "[": parentheses += 1
      case ")", "]": parentheses -= 1
      case "{":
        blocks.append(Block(holdsDeclarations: declaresType))
        declaresType = false
      case "}": _ = blocks.popLast()
      default: break
      }
    }
    if reasonedDeclaration == blocks.count, parentheses == 0, !line.trimmed.hasPrefix("@") {
      reasonedDeclaration = nil
    }
  }
}
