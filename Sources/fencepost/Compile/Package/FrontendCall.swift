import Foundation
import Synchronization

/// The words with which the compiler proper of Swift is called.
struct FrontendCall {
  /// The words, those of response files among them.
  private let words: [String]
  /// Positions of words that are the compiler's own, not the value of an option for another tool.
  private let own: [Int]

  init(_ words: [String]) {
    let all = ResponseFile.expanded(words)
    self.words = all
    own = all.indices.filter { $0 == 0 || !Self.forOthers.contains(all[$0 - 1]) }
  }

  private static let forOthers: Set = ["-Xcc", "-Xllvm", "-Xclang-linker", "-Xlinker"]

  private func has(_ word: String) -> Bool { own.contains { words[$0] == word } }

  /// Whether objects come out of it whose stores are to be told.
  ///
  /// A manifest is a program that only SwiftPM runs.
  var isRecorded: Bool {
    words.first == "-frontend" && has("-c") && !has("-package-description-version")
  }

  /// Why such a program could not be recorded.
  var refusal: String? {
    guard words.first == "-frontend", has("-emit-bc") else { return nil }
    return "-emit-bc: what the linker compiles is not seen; leave out what asks for it"
  }

  /// Whether an index is written that is to name the objects, by which SwiftPM looks tests up.
  private var isIndexed: Bool {
    has("-index-store-path")
      && !has("-index-unit-output-path") && !has("-index-unit-output-path-filelist")
  }

  /// The call that writes assembly texts in place of objects.
  ///
  /// - Throws: where a list of files cannot be read or written.
  func compilation() throws -> FrontendCompilation {
    var result = FrontendCompilation(words: words)
    for index in own {
      switch words[index] {
      case "-c": result.words[index] = "-emit-assembly"
      case "-o":
        let object = words[index + 1]
        result.words[index + 1] = result.text(for: object)
        if isIndexed { result.words += ["-index-unit-output-path", object] }
      case "-output-filelist":
        let list = words[index + 1]
        let texts = try ResponseFile.lines(of: list).map { result.text(for: $0) }
        result.words[index + 1] = try result.list(of: texts, for: list)
        if isIndexed { result.words += ["-index-unit-output-path-filelist", list] }
      default: break
      }
    }
    return result
  }
}

/// A call of the compiler that writes assembly texts, and what becomes of them.
struct FrontendCompilation {
  var words: [String]
  /// Files to remove.
  fileprivate(set) var scratch: [String] = []
  private var objects: [String] = []

  fileprivate static let suffix = ".fencepost.s"

  fileprivate init(words: [String]) { self.words = words }

  /// The text from which an object is assembled.
  fileprivate mutating func text(for object: String) -> String {
    objects.append(object)
    scratch.append(object + Self.suffix)
    return object + Self.suffix
  }

  /// Writes the list of the texts beside that of the objects.
  fileprivate mutating func list(of texts: [String], for list: String) throws -> String {
    let path = list + Self.suffix
    scratch.append(path)
    try ResponseFile.write(texts, to: path)
    return path
  }

  func removeTexts() {
    for path in scratch { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Rewrites each text and assembles it, on all processors.
  ///
  /// - Throws: the first failure, in the order of the objects.
  func assemble(with assembler: String, _ environment: [String: String]) throws {
    let failures = Mutex<[Int: any Error]>([:])
    DispatchQueue.concurrentPerform(iterations: objects.count) { index in
      do {
        try assemble(objects[index], assembler, environment)
      } catch {
        failures.withLock { $0[index] = error }
      }
    }
    if let first = failures.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
  }

  private func assemble(
    _ object: String,
    _ assembler: String,
    _ environment: [String: String]
  ) throws {
    let path = object + Self.suffix
    guard let text = FileManager.default.contents(atPath: path) else {
      throw ToolFailure.inputOutput("\(path): cannot be read")
    }
    let rewritten = try AssembleCommand.rewritten([UInt8](text), named: object, environment)
    guard (try? Data(rewritten).write(to: URL(filePath: path))) != nil else {
      throw ToolFailure.inputOutput("\(path): cannot be written")
    }
    let status = try AssembleCommand.run([assembler, "-c", "-x", "assembler", path, "-o", object])
    guard status == 0 else {
      throw ToolFailure.internalError("\(object): what was rewritten cannot be assembled")
    }
  }
}
