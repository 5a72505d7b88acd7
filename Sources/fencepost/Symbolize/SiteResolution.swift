import Foundation
import PersistencyModel

/// Gives sites of which only modules and offsets are known their functions and lines.
struct SiteResolution {
  /// Frames that have lines now, by place.
  private var frames: [CodePlace: [String]]
  /// Functions of places that have no line, as what the compiler made by itself.
  private var functions: [CodePlace: String] = [:]
  private let modules: ModuleBook
  /// Whether the innermost frame is where a call returns to: the call itself is before that.
  private let isReturnAddress: Bool
  /// Places that were resolved to lines.
  private(set) var resolved = 0
  /// Places that were not, by module.
  private(set) var unresolved: [ModuleBook.Module: Int] = [:]

  /// Resolves the frames of sites.
  ///
  /// - Parameters:
  ///   - sites: all that are to be asked for at once.
  ///   - modules: what the trace says of the modules.
  ///   - symbolizer: what knows functions and lines.
  ///   - isReturnAddress: whether frames are return addresses, as those of `FlushTracer` are.
  init(
    _ sites: [Site],
    modules: ModuleBook,
    symbolizer: Symbolizer,
    isReturnAddress: Bool = false
  ) {
    self.modules = modules
    self.isReturnAddress = isReturnAddress
    frames = [:]
    let places = Set(sites.flatMap(\.frames).compactMap(place))
    for (place, texts) in symbolizer.frames(of: Array(places)) {
      if texts.contains(where: Self.hasLine) {
        frames[place] = texts
      } else if let innermost = texts.first, innermost != place.text {
        functions[place] = innermost
      }
    }
    resolved = frames.count
    for place in places where frames[place] == nil {
      unresolved[ModuleBook.Module(path: place.module, buildID: place.buildID), default: 0] += 1
    }
  }

  /// The site with what is known; a frame becomes several where functions are inlined.
  func applied(to site: Site) -> Site {
    Site(
      frames: site.frames.flatMap { frame -> [SiteFrame] in
        guard let place = place(of: frame) else { return [frame] }
        guard let texts = frames[place] else { return [named(frame, functions[place])] }
        return texts.map { SiteFrame(address: frame.address, text: $0) }
      }
    )
  }

  /// The frame with the name of its function, where it has none; it can still be resolved later.
  private func named(_ frame: SiteFrame, _ function: String?) -> SiteFrame {
    guard let function, !frame.text.hasSuffix(")") else { return frame }
    return SiteFrame(address: frame.address, text: "\(function) (\(frame.text))")
  }

  private func place(of frame: SiteFrame) -> CodePlace? {
    guard let frame = UnresolvedFrame(frame) else { return nil }
    let module = modules.module(frame.module)
    return CodePlace(
      module: module.path,
      buildID: module.buildID,
      offset: isReturnAddress ? frame.offset &- 1 : frame.offset
    )
  }

  private static func hasLine(_ text: String) -> Bool {
    text.contains(/:[0-9]+\)?$/)
  }
}
