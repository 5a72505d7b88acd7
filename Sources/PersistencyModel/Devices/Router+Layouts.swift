/// Two layouts of one small stack: one on which a faulty router does harm, one on which it cannot.
///
/// Both are in the inline form of `AddressSpace`, and have memory at addresses 0 to 4,095. What a program keeps
/// from address 2,048 on (2,560 on for blocks of 512 bytes) is enough to tell them apart; see each fault.
public struct RouterLayouts: Hashable, Sendable {
  /// Where the fault does harm.
  public let exposing: String
  /// Where it cannot matter.
  public let harmless: String
  /// What the harmless layout has, or lacks, so that the fault cannot matter.
  public let reason: String

  fileprivate init(_ exposing: String, harmless: String, _ reason: String) {
    self.exposing = exposing
    self.harmless = harmless
    self.reason = reason
  }
}

extension Router {
  /// Where the fault of this router shows and where it cannot; `nil` for a router without a known fault.
  public var layouts: RouterLayouts? { Self.layouts[name] }

  private static let layouts: [String: RouterLayouts] = [
    "first-device-overrun": acrossDevices,
    "first-segment": acrossDevices,
    "first-device": RouterLayouts(
      "linear:2560,1536",
      harmless: "linear:2560,1536@eadr",
      "only device 0 needs write-backs"
    ),
    "stacked-address": RouterLayouts(
      "linear:2560,1536",
      harmless: "linear:4K",
      "the one segment begins at address 0"
    ),
    "start-forgotten": RouterLayouts(
      "linear:2560,1536+4K",
      harmless: "linear:2560,1536",
      "every device is used from its first byte on"
    ),
    "stripe-row-lost": RouterLayouts(
      "striped:512:2K,2K",
      harmless: "striped:2K:2K,2K",
      "there is one round of stripes"
    ),
    "stripe-swapped": RouterLayouts(
      "striped:512:2K,2K",
      harmless: "linear:2560,1536",
      "nothing is striped"
    ),
    "second-piece-offset": acrossDevices,
    "whole-lines-only": RouterLayouts(
      "linear:4K",
      harmless: "linear:4K@eadr",
      "no device needs write-backs"
    ),
    "whole-pages-only": RouterLayouts(
      "linear:4K",
      harmless: "linear:4K@eadr",
      "no device needs write-backs"
    ),
    "unaligned-nothing": RouterLayouts(
      "linear:2560,1536",
      harmless: "linear:4K",
      "pages of the device are pages of the stack"
    ),
    "first-flag-gates": RouterLayouts(
      "linear:2560@eadr,1536",
      harmless: "linear:2560,1536@eadr",
      "device 0 has a write cache"
    ),
    "every-flag-gates": RouterLayouts(
      "linear:2560,1536@eadr",
      harmless: "linear:2560,1536",
      "every device has a write cache"
    ),
    "flag-lost": RouterLayouts(
      "linear:4K",
      harmless: "linear:4K@eadr",
      "no device needs write-backs"
    ),
    "deep-first-region": RouterLayouts(
      "linear:2560@wpq,1536@wpq",
      harmless: "linear:4K@wpq",
      "there is one region"
    ),
    "first-disk": RouterLayouts(
      "linear:4K,1s@disk,1s@disk",
      harmless: "linear:4K,2s@disk",
      "there is one disk"
    ),
  ]

  /// The boundary is inside the block at addresses 2,560 to 3,071.
  private static let acrossDevices = RouterLayouts(
    "linear:2816,1280",
    harmless: "linear:2560,1536",
    "no block crosses from one device to another"
  )
}
