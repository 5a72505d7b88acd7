import PersistencyModel
import ReferenceCache

@testable import fencepost

// Routers under a cache of three blocks, from byte 2,048 of its devices to byte 4,096: superblock and entries
// first, then from byte 2,560 on three blocks of 512 bytes.
extension SeededOmission {
  /// Every router that leaves behind a part of what a flush request, or a flush of the origin, asks for.
  ///
  /// RT12 is not among them: the cache asks for no deep flush.
  static let routers: [SeededOmission] = [
    router(.firstDeviceOverrun, on: "linear:2816,1280", oneRequest),
    router(.firstSegment, on: "linear:2816,1280", oneRequest),
    router(.firstDevice, on: "linear:2560,1536", oneRequest),
    router(.stackedAddress, on: "linear:2560,4096", oneRequest, strayLines),
    router(.startForgotten, on: "linear:4096+512", everyRequest, strayLines),
    router(.stripeRowLost, on: "striped:512:2048,2048", everyRequest, strayLines),
    router(.stripeSwapped, on: "striped:512:2048,2048", everyRequest),
    router(.secondPieceOffset, on: "linear:2816,1280", oneRequest),
    router(.wholeLinesOnly, on: "linear:4096", everyRequest),
    router(.wholePagesOnly, on: "linear:4096", everyRequest),
    router(.unalignedNothing, on: "linear:2560,1536", oneRequest),
    router(.firstFlagGates, on: "linear:2560@eadr,1536", oneRequest),
    router(.everyFlagGates, on: "linear:2560,1536@eadr", everyRequest),
    router(.flagLost, on: "linear:4096", everyRequest),
    disks,
  ]

  private static let oneRequest = "deliver the flush request at Cache.store"
  private static let everyRequest = "deliver the flush request at every flush request"
  private static let strayLines = Expectation.equivalent(
    "every line that was asked for is written back; the router's write-backs of other lines stay, and a "
      + "line may always be written back earlier than anybody asks"
  )

  private static func router(
    _ router: Router,
    on space: String,
    _ suggestion: String,
    _ expectation: Expectation = .omitted
  ) -> SeededOmission {
    var setup = NecessityWorkload.setup(.cachedWithFlushRequests, blocks: 3, originBlocks: 2)
    setup.router = router
    setup.space = Self.space(space)
    return SeededOmission(
      name: "\(router.number ?? "") \(router.name)",
      setup: setup,
      lives: [CacheProcesses.Life(steps: "write A, write B, flush, write B, flush")],
      suggestion: suggestion,
      expectation: expectation
    )
  }

  /// RT13: of two disks the second keeps in its cache what write-back takes for durable.
  private static var disks: SeededOmission {
    var setup = NecessityWorkload.setup(.nonTemporal, blocks: 3, originBlocks: 2)
    setup.router = .firstDisk
    setup.origin = Self.space("linear:1s@disk,1s@disk")
    return SeededOmission(
      name: "RT13 first-disk",
      setup: setup,
      lives: [
        CacheProcesses.Life(
          steps: "write A, write B, flush, write back",
          forcesOriginWrites: false
        )
      ],
      suggestion: "deliver the flush request at Cache.flushOrigin"
    )
  }

  private static func space(_ text: String) -> AddressSpace {
    do throws(AddressSpaceError) {
      return try AddressSpace(inline: text)
    } catch { preconditionFailure("\(text) can be read: \(error.description)") }
  }
}
