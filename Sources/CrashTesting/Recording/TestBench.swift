import FlushTracer
import Foundation
import PersistencyModel

/// Mapped files on which one workload after the other is recorded.
final class TestBench {
  let stack: DeviceStack
  private let memory: TestMemory

  /// Maps a new file for each device; the files are without a name from then on.
  init(_ memory: TestMemory) throws(TracerError) {
    self.memory = memory
    var regions: [MappedRegion] = []
    for device in memory.space.devices {
      let path = Self.temporaryPath()
      regions.append(try MappedRegion.create(path, size: device.start + device.size))
      try? FileManager.default.removeItem(atPath: path)
    }
    stack = try DeviceStack(memory.space, over: regions)
  }

  /// An image of zeros.
  var blank: MemoryImage { MemoryImage(bytes: [UInt8](repeating: 0, count: stack.size)) }

  /// Sets memory and begins a recording.
  func recorder(on image: MemoryImage, into sink: any ChunkSink) -> Recorder {
    for piece in memory.space.split(0..<UInt64(stack.size)) {
      let device = memory.space.devices[piece.device]
      let first = Int(piece.address - image.base)
      stack.regions[piece.device].overwrite(
        at: Int(device.start + piece.bytes.lowerBound),
        with: Array(image.bytes[first..<(first + piece.bytes.count)])
      )
    }
    return Recorder(stack, router: memory.router, sink: sink)
  }

  private static func temporaryPath() -> String {
    let directory = FileManager.default.temporaryDirectory
    return directory.appending(path: "fencepost-\(UUID().uuidString).pmem").path
  }
}
