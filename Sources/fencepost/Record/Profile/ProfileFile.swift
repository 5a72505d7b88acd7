import Foundation

/// The counts of one program, as the preloaded library left them; `recorder/profile/profile.h` has the form.
struct ProfileFile {
  /// Where a call came from.
  struct Site {
    var function: ProfiledFunction
    /// Callers, the nearest first; an address of no module has none.
    var frames: [(module: String?, offset: UInt64)]
    var counts: ProfileCounts
  }

  /// A file that was mapped.
  struct Region: Hashable {
    var path: String
    var length: UInt64
    var isByLibpmem: Bool
    var isPmem: Bool
    var isSync: Bool
  }

  private(set) var program = ""
  private(set) var forks: UInt64 = 0
  private(set) var threads: UInt64 = 0
  private(set) var lostCalls: UInt64 = 0
  private(set) var lostRegions: UInt64 = 0
  private(set) var unmaps: UInt64 = 0
  private(set) var unfenced: UInt64 = 0
  private(set) var sites: [Site] = []
  private(set) var regions: [Region] = []

  /// Bytes and numbers of the parts, as the compiler of C lays them out.
  private enum Form {
    static let version: UInt64 = 1
    static let pathRoom = 1000
    static let program = 72
    static let sites = (offset: 1072, size: 128, room: 8192)
    static let modules = (offset: sites.offset + sites.size * sites.room, size: 1008, room: 256)
    static let regions = (
      offset: modules.offset + modules.size * modules.room, size: 1016, room: 256
    )
    static let size = regions.offset + regions.size * regions.room
    static let ready: UInt64 = 2
    static let frames = 4
  }

  /// Reads a file.
  ///
  /// - Throws: where it cannot be read or is not such a file.
  init(path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ToolFailure.inputOutput("\(path): cannot be read: \(error.localizedDescription)")
    }
    let bytes = ProfileBytes(data)
    guard data.count == Form.size, bytes.text(0, room: 8) == "FPPROFIL",
      bytes.number(8, 4) == Form.version
    else { throw ToolFailure.malformed("\(path): is not a profile of this version") }
    forks = bytes.number(16, 8)
    threads = bytes.number(24, 8)
    lostCalls = bytes.number(32, 8)
    lostRegions = bytes.number(40, 8)
    unmaps = bytes.number(48, 8)
    unfenced = bytes.number(56, 8)
    program = bytes.text(Form.program, room: Form.pathRoom)
    let modules = Self.modules(bytes)
    sites = (0..<Form.sites.room).compactMap { Self.site($0, bytes, modules) }
    regions = (0..<Form.regions.room).compactMap { Self.region($0, bytes) }
  }

  private static func modules(_ bytes: ProfileBytes) -> [String?] {
    (0..<Form.modules.room).map { index in
      let begin = Form.modules.offset + index * Form.modules.size
      guard bytes.number(begin, 4) == Form.ready else { return nil }
      return bytes.text(begin + 8, room: Form.pathRoom)
    }
  }

  private static func site(_ index: Int, _ bytes: ProfileBytes, _ modules: [String?]) -> Site? {
    let begin = Form.sites.offset + index * Form.sites.size
    guard bytes.number(begin + 8, 4) == Form.ready,
      let function = ProfiledFunction(rawValue: UInt16(bytes.number(begin + 12, 2)))
    else { return nil }
    let count = min(Int(bytes.number(begin + 14, 2)), Form.frames)
    let frames = (0..<count).map { frame -> (module: String?, offset: UInt64) in
      let at = begin + 64 + frame * 16
      let module = Int(exactly: bytes.number(at + 8, 8)).flatMap {
        modules.indices.contains($0) ? modules[$0] : nil
      }
      return (module, bytes.number(at, 8))
    }
    return Site(function: function, frames: frames, counts: counts(begin + 16, bytes))
  }

  private static func counts(_ begin: Int, _ bytes: ProfileBytes) -> ProfileCounts {
    ProfileCounts(
      calls: bytes.number(begin, 8),
      bytes: bytes.number(begin + 8, 8),
      lines: bytes.number(begin + 16, 8),
      again: bytes.number(begin + 24, 8),
      fences: bytes.number(begin + 32, 8),
      idle: bytes.number(begin + 40, 8)
    )
  }

  private static func region(_ index: Int, _ bytes: ProfileBytes) -> Region? {
    let begin = Form.regions.offset + index * Form.regions.size
    guard bytes.number(begin, 4) == Form.ready else { return nil }
    let flags = bytes.number(begin + 4, 4)
    return Region(
      path: bytes.text(begin + 16, room: Form.pathRoom),
      length: bytes.number(begin + 8, 8),
      isByLibpmem: flags & 1 != 0,
      isPmem: flags & 2 != 0,
      isSync: flags & 4 != 0
    )
  }
}

/// Numbers and texts in the bytes of a file.
private struct ProfileBytes {
  private let bytes: [UInt8]

  init(_ data: Data) { bytes = Array(data) }

  /// A little-endian number.
  func number(_ begin: Int, _ size: Int) -> UInt64 {
    bytes[begin..<(begin + size)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A text that ends with a zero or with its room.
  func text(_ begin: Int, room: Int) -> String {
    String(
      decoding: bytes[begin..<min(begin + room, bytes.count)].prefix { $0 != 0 },
      as: UTF8.self
    )
  }
}
