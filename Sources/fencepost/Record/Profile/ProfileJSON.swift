import Foundation

/// A profile for programs.
struct ProfileJSON: Encodable {
  struct Frame: Encodable {
    var module: String?
    /// Hexadecimal, as the module's debug information has it.
    var offset: String?
    /// Functions inlined there come before those that they are inlined into.
    var functions: [String]
  }

  struct Counts: Encodable {
    var calls: UInt64
    var bytes: UInt64
    var lines: UInt64
    var linesAgain: UInt64
    var fences: UInt64
    var idleFences: UInt64

    init(_ counts: ProfileCounts) {
      calls = counts.calls
      bytes = counts.bytes
      lines = counts.lines
      linesAgain = counts.again
      fences = counts.fences
      idleFences = counts.idle
    }
  }

  struct Row: Encodable {
    var function: String
    var stack: [Frame]
    var counts: Counts
  }

  struct Mapping: Encodable {
    var path: String
    var bytes: UInt64
    var isByLibpmem: Bool
    var isPersistentMemory: Bool
    var isSync: Bool
  }

  var profileVersion = 1
  /// There is no trace in it: nothing that could be checked.
  var isCheckable = false
  var limits = ProfileText.limits
  var programs: [String]
  var processes: UInt64
  var threads: UInt64
  var rows: [Row]
  var total: Counts
  var mappings: [Mapping]
  var unmappings: UInt64
  var unfencedLines: UInt64
  var callsInNoRow: UInt64

  init(_ profile: CallProfile) {
    programs = profile.programs
    processes = profile.processes
    threads = profile.threads
    rows = profile.rows.map { row in
      let stack = row.stack.map { frame in
        Frame(
          module: frame.place?.module,
          offset: frame.place.map { "0x" + String($0.offset, radix: 16) },
          functions: frame.frames
        )
      }
      return Row(function: row.function.name, stack: stack, counts: Counts(row.counts))
    }
    total = Counts(profile.total)
    mappings = profile.regions.map {
      Mapping(
        path: $0.path,
        bytes: $0.length,
        isByLibpmem: $0.isByLibpmem,
        isPersistentMemory: $0.isPmem || $0.isSync,
        isSync: $0.isSync
      )
    }
    unmappings = profile.unmaps
    unfencedLines = profile.unfenced
    callsInNoRow = profile.lostCalls
  }

  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }
}
