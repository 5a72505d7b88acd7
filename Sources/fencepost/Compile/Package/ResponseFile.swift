import Foundation

/// Words that are in a file, since they are too many for a command line: `@FILE`.
struct ResponseFile {
  /// The words to call a program with: those given, or the name of a file that holds them.
  let words: [String]
  private let file: ScratchFile?

  /// What fits on any command line.
  private static let limit = 100_000

  /// Writes a file where the words are too many; the first, which says what is called, stays.
  init(_ words: [String]) throws {
    guard words.reduce(0, { $0 + $1.utf8.count + 1 }) > Self.limit else {
      (self.words, file) = (words, nil)
      return
    }
    let text = words.dropFirst().map(Self.quoted).joined(separator: "\n") + "\n"
    let file = try ScratchFile(suffix: ".resp", Array(text.utf8))
    (self.words, self.file) = ([words[0], "@\(file.path)"], file)
  }

  func remove() { file?.remove() }

  private static func quoted(_ word: String) -> String {
    "\"" + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// The words with those of the files that they name; a file that cannot be read stays a word.
  static func expanded(_ words: [String]) -> [String] {
    words.flatMap { word in
      guard word.hasPrefix("@"),
        let data = FileManager.default.contents(atPath: String(word.dropFirst()))
      else { return [word] }
      return expanded(split(String(decoding: data, as: UTF8.self)))
    }
  }

  /// The words of a text, by the rules of a shell as far as compilers know them: quotes and backslashes.
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        (word, isEscaped) = (word ?? "", true)
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        (word, quote) = (word ?? "", character)
      } else if character.isWhitespace {
        if let ended = word { words.append(ended) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// The lines of a list of files.
  static func lines(of path: String) throws -> [String] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ToolFailure.inputOutput("\(path): cannot be read")
    }
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  /// Writes a list of files.
  static func write(_ lines: [String], to path: String) throws {
    let text = lines.map { $0 + "\n" }.joined()
    guard (try? Data(text.utf8).write(to: URL(filePath: path))) != nil else {
      throw ToolFailure.inputOutput("\(path): cannot be written")
    }
  }
}
