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
    router(.firstDeviceOverrun, on: "linear:2816,1280"),
    router(.firstSegment, on: "linear:2816,1280"),
    router(.firstDevice, on: "linear:2560,1536"),
    router(.stackedAddress, on: "linear:2560,4096", strayLines),
    router(.startForgotten, on: "linear:4096+512", strayLines),
    router(.stripeRowLost, on: "striped:512:2048,2048", strayLines),
    router(.stripeSwapped, on: "striped:512:2048,2048"),
    router(.secondPieceOffset, on: "linear:2816,1280"),
    router(.wholeLinesOnly, on: "linear:4096"),
    router(.wholePagesOnly, on: "linear:4096"),
    router(.unalignedNothing, on: "linear:2560,1536"),
    router(.firstFlagGates, on: "linear:2560@eadr,1536"),
    router(.everyFlagGates, on: "linear:2560,1536@eadr"),
    router(.flagLost, on: "linear:4096"),
    disks,
  ]

  private static let delivery = "deliver the flush request"
  private static let strayLines = Expectation.equivalent(
    "every line that was asked for is written back; the router's write-backs of other lines stay, and a "
      + "line may always be written back earlier than anybody asks"
  )

  private static func router(
    _ router: Router,
    on space: String,
    _ expectation: Expectation = .omitted
  ) -> SeededOmission {
    var setup = NecessityWorkload.setup(.cachedWithFlushRequests, blocks: 3, originBlocks: 2)
    setup.router = router
    setup.space = Self.space(space)
    return SeededOmission(
      name: "\(router.number ?? "") \(router.name)",
      setup: setup,
      lives: [CacheProcesses.Life(steps: "write A, write B, flush, write B, flush")],
      suggestion: delivery,
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
      suggestion: delivery
    )
  }

  private static func space(_ text: String) -> AddressSpace {
    do throws(AddressSpaceError) {
      return try AddressSpace(inline: text)
    } catch { preconditionFailure("\(text) can be read: \(error.description)") }
  }
}
