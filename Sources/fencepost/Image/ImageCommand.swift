import ArgumentParser
import Checker
import PersistencyModel
import ReferenceCache
import TraceFormat

/// `fencepost image`: rebuilds one crash image, byte for byte.
struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Write the image that one crash state leaves.",
    discussion: """
      --keep says what survives: "all" or "none" (the default) for the lines not named, then for
      each line by number (address divided by 64) LINE:n, its first n pending pieces, or LINE:{a,b}.
      What no crash can leave is refused.

      A finding about a crash during recovery names that crash as well: the cache recovers from the image
      up to there (--interrupt), and what that crash leaves is written.

      Several devices are written joined, in order of addresses; or each by -o DEV=FILE. A disk is
      written by -o DEV=FILE only, as its 512-byte sectors; what was not written is from --initial.

      Example:
        fencepost image run.fpt --crash-point 3127 --keep all,0:0 -o crash.img
        fencepost image run.fpt --crash-point 90 --keep all --recovery writecache \
          --interrupt 12:none -o crash.img
      """
  )

  @OptionGroup var input: TraceArguments

  @Option(help: "Events complete when power is lost; with + the next one is under way.")
  var crashPoint: String

  @Option(help: "What survives.")
  var keep = "none"

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write.", valueName: "[DEV=]FILE"))
  var output: [String]

  @OptionGroup var cache: CacheArguments

  @Option(
    help: ArgumentHelp(
      "Power is lost again while the cache recovers; repeated, in each recovery after the one before.",
      discussion:
        "EVENTS of recovery are complete (as for --crash-point), and of the rest KEEP survives.",
      valueName: "events:keep"
    )
  )
  var interrupt: [String] = []

  func run() throws {
    let interruptions = try interruptions()
    let recovering = try cache.options()
    guard interruptions.isEmpty == cache.reproduction.isEmpty,
      interruptions.isEmpty == (recovering == nil)
    else {
      throw ToolFailure.usage(
        "--interrupt goes with --recovery writecache and its options, and they with it"
      )
    }
    let input = try CheckInput(input)
    guard let told = CrashPoint(crashPoint), told.events <= (input.numbered.numbers.last ?? 0)
    else {
      throw ToolFailure.usage(
        "--crash-point \(crashPoint): expected a number from 0 to \(input.numbered.numbers.last ?? 0)"
      )
    }
    var memory = try crashMemory(input, at: input.numbered.point(told))
    if let recovering {
      memory = try interrupted(memory, interruptions, recovering, input)
    }
    let disks = DiskImages(input.numbered.trace, input.memory)
    for target in output { try write(memory, disks, to: target) }
  }

  private func interruptions() throws -> [RecoveryInterruption] {
    try interrupt.map { text in
      do throws(KeepSpec.Failure) {
        return try RecoveryInterruption(parsing: text)
      } catch {
        throw ToolFailure.usage("--interrupt \(text): \(error.reason)")
      }
    }
  }

  private func crashMemory(_ input: CheckInput, at point: CrashPoint) throws -> MemoryImage {
    let trace = input.numbered.trace
    do throws(KeepSpec.Failure) {
      let crash = RecoveryInterruption(at: point, keep: try KeepSpec(parsing: keep))
      return try CrashMemory(header: trace.header, options: input.options)
        .after(crash, in: trace, on: input.memory.stack)
    } catch {
      throw ToolFailure.usage("--crash-point \(crashPoint) --keep \(keep): \(error.reason)")
    }
  }

  private func interrupted(
    _ memory: MemoryImage,
    _ interruptions: [RecoveryInterruption],
    _ recovering: CacheOptions,
    _ input: CheckInput
  ) throws -> MemoryImage {
    try WritecacheCheck.requireRoom(for: recovering, in: memory.bytes.count)
    let crashes = CrashMemory(header: input.numbered.trace.header, options: input.options)
    return try interruptions.reduce(memory) { memory, crash in
      do throws(KeepSpec.Failure) {
        return try crashes.after(crash, recovering: recovering, from: memory)
      } catch {
        throw ToolFailure.usage("--interrupt \(crash.description): \(error.reason)")
      }
    }
  }

  private func write(_ memory: MemoryImage, _ disks: DiskImages, to target: String) throws {
    let space = disks.space
    var bytes = Array(memory.bytes.prefix(Int(space.memoryEnd - memory.base)))
    var path = target
    if let equals = target.firstIndex(of: "="),
      let device = space.devices.firstIndex(where: { $0.name == target[..<equals] })
    {
      path = String(target[target.index(after: equals)...])
      bytes =
        space.devices[device].domain == .disk
        ? disks.bytes(ofDisk: device, in: memory) : deviceBytes(device, of: memory, space)
    }
    try ToolFailure.translating {
      let file = try OutputFile(path: path)
      try file.append(bytes)
      try file.finish()
    }
  }

  private func deviceBytes(
    _ device: Int,
    of memory: MemoryImage,
    _ space: AddressSpace
  ) -> [UInt8] {
    let description = space.devices[device]
    return (0..<(description.start + description.size)).map { byte in
      guard byte >= description.start,
        let address = space.address(of: byte - description.start, onDevice: device)
      else { return 0 }
      return memory.bytes[Int(address - memory.base)]
    }
  }
}
