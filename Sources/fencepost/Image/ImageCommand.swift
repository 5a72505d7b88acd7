import ArgumentParser
import PersistencyModel
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

      Several devices are written joined, in order of addresses; or each by -o DEV=FILE. A disk is
      written by -o DEV=FILE only, as its 512-byte sectors; what was not written is from --initial.

      Example:
        fencepost image run.fpt --crash-point 3127 --keep all,0:0 -o crash.img
      """
  )

  @OptionGroup var input: TraceArguments

  @Option(help: "Events complete when power is lost; with + the next one is under way.")
  var crashPoint: String

  @Option(help: "What survives.")
  var keep = "none"

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write.", valueName: "[DEV=]FILE"))
  var output: [String]

  func run() throws {
    let input = try CheckInput(input)
    guard let told = CrashPoint(crashPoint), told.events <= (input.numbered.numbers.last ?? 0)
    else {
      throw ToolFailure.usage(
        "--crash-point \(crashPoint): expected a number from 0 to \(input.numbered.numbers.last ?? 0)"
      )
    }
    let memory = try crashMemory(input, at: input.numbered.point(told))
    let disks = DiskImages(input.numbered.trace, input.memory)
    for target in output { try write(memory, disks, to: target) }
  }

  private func crashMemory(_ input: CheckInput, at point: CrashPoint) throws -> MemoryImage {
    let trace = input.numbered.trace
    var machine = CheckSubjectFactory.machine(input)
    for index in 0..<point.events {
      machine.apply(trace.events[index], at: index, of: trace) { _, _ in }
    }
    var inside: PersistencyMachine?
    if point.isInsideNext, point.events < trace.events.count {
      machine.apply(trace.events[point.events], at: point.events, of: trace) { machine, reached in
        if reached.isInsideNext { inside = machine }
      }
      guard inside != nil else {
        throw ToolFailure.usage(
          "--crash-point \(crashPoint): no crash inside that event is special"
        )
      }
    }
    do throws(KeepSpec.Failure) {
      var memory = input.memory.stack
      let spec = try KeepSpec(parsing: keep)
      for (line, content) in try spec.contents(in: inside ?? machine) { memory[line] = content }
      return memory
    } catch {
      throw ToolFailure.usage("--keep \(keep): \(error.reason)")
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
