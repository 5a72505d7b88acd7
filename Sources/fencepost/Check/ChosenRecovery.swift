import ImageAssertions
import RecoveryRunner
import ReferenceCache
import TraceFormat

/// The recovery that a command line names, with what it needs.
enum ChosenRecovery {
  case assertions(AssertionFile)
  case writecache(CacheOptions, origin: [UInt8]?)
  case external(ExternalChecker, name: String)

  /// The content of the device under the cache, by digest, where it was given.
  var originRecord: [CertificateRecord.Image] {
    guard case .writecache(_, let origin?) = self else { return [] }
    return [CertificateRecord.Image(role: "origin", bytes: origin)]
  }
}

extension RecoveryArguments {
  /// What may be named as recovery.
  enum Kind: CaseIterable {
    case assertions, writecache, library, command
  }

  /// What is named, each once.
  var kinds: [Kind] {
    (assert == nil ? [] : [.assertions]) + (cache.recovery == nil ? [] : [.writecache])
      + (recoveryLibrary == nil ? [] : [.library]) + (checker.isEmpty ? [] : [.command])
  }

  /// The one that is named; reads the files that it needs.
  func chosen() throws -> ChosenRecovery {
    guard kinds.count == 1 else {
      throw ToolFailure.usage(
        "name one recovery: --assert FILE, --recovery writecache, "
          + "--recovery-library FILE.so:SYMBOL, or -- CHECKER {}"
      )
    }
    if let assert { return .assertions(try AssertionCheck.read(assert)) }
    if let options = try cache.options() {
      let image = try origin.map { path in
        try ToolFailure.translating { try DecodedFile.bytes(ofFile: path, limit: 8 << 30) }
      }
      return .writecache(options, origin: image)
    }
    if let recoveryLibrary { return try library(recoveryLibrary) }
    let command = CommandChecker(checker, usesForkServer: !noForkServer)
    return .external(.command(command), name: checker.joined(separator: " "))
  }

  private func library(_ name: String) throws -> ChosenRecovery {
    do throws(RecoveryRunnerError) {
      return .external(.library(try LibraryChecker(parsing: name)), name: name)
    } catch {
      throw ToolFailure.usage(error.description)
    }
  }
}
