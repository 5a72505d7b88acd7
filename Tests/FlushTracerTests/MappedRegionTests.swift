import FlushTracer
import Foundation
import PersistencyModel
import Testing

@Test(arguments: ["/dev/shm", FileManager.default.temporaryDirectory.path])
func aCreatedFileHasItsSizeAndZeros(parent: String) throws {
  let directory = try ScratchDirectory(in: parent)
  let region = try MappedRegion.create(directory.file("a"), size: 10_000)
  #expect(region.size == 10_000)
  #expect(region.bytes(0..<10_000) == [UInt8](repeating: 0, count: 10_000))
  region.overwrite(at: 9_999, with: [5])
  #expect(try MappedRegion.open(directory.file("a")).bytes(9_998..<10_000) == [0, 5])
}

@Test func anExistingFileIsNotCreatedAgain() throws {
  let directory = try ScratchDirectory()
  try Data([1, 2, 3]).write(to: URL(fileURLWithPath: directory.file("a")))
  let error = tracerError { _ = try MappedRegion.create(directory.file("a"), size: 64) }
  #expect(error?.description.contains("cannot be created") == true && error?.errno == EEXIST)
  #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file("a"))) == Data([1, 2, 3]))
}

@Test func anErrorNamesTheFileAndTheSystemsReason() throws {
  let error = tracerError { _ = try MappedRegion.open("/no such directory/a") }
  #expect(error?.description.contains("cannot be mapped") == true && error?.errno == ENOENT)
  #expect(
    error?.description
      == "/no such directory/a: the file cannot be mapped: No such file or directory (errno 2)"
  )
}

@Test func aDirectoryThatIsNotThereRefusesAFile() {
  let error = tracerError { _ = try MappedRegion.create("/no such directory/a", size: 64) }
  #expect(error?.description.contains("cannot be created") == true && error?.errno == ENOENT)
}

@Test func aPlaceThatTakesNoFilesRefusesOne() {
  let error = tracerError { _ = try MappedRegion.create("/proc/a", size: 64) }
  #expect(error?.path == "/proc/a" && error?.errno != nil)
}

@Test func anAbsurdSizeIsRefusedAndLeavesNoFile() throws {
  let directory = try ScratchDirectory()
  for size: UInt64 in [0, 10 << 60, 1 << 62, .max] {
    let error = tracerError { _ = try MappedRegion.create(directory.file("a"), size: size) }
    let text = error?.description ?? ""
    #expect(text.contains("no file can have") || text.contains("free"))
    #expect(!FileManager.default.fileExists(atPath: directory.file("a")))
  }
}

@Test func anEmptyFileCannotBeMapped() throws {
  let directory = try ScratchDirectory()
  try Data().write(to: URL(fileURLWithPath: directory.file("a")))
  let error = tracerError { _ = try MappedRegion.open(directory.file("a")) }
  #expect(error?.description.contains("cannot be mapped") == true)
}

@Test func aFileShorterThanItsDeviceIsRefusedByName() throws {
  let directory = try ScratchDirectory()
  let region = try MappedRegion.create(directory.file("a"), size: 4096)
  let space = try AddressSpace(inline: "linear:4K+512")
  let error = tracerError { _ = try DeviceStack(space, over: [region]) }
  #expect(
    error?.description
      == "\(directory.file("a")): device D0 needs 4608 bytes, and the file has 4096"
  )
}

@Test func aTableThatDoesNotFitItsFilesIsRefused() throws {
  let directory = try ScratchDirectory()
  let region = try MappedRegion.create(directory.file("a"), size: 4096)
  func refuses(_ space: AddressSpace, _ regions: [MappedRegion], _ words: String) -> Bool {
    tracerError { _ = try DeviceStack(space, over: regions) }?.description.contains(words) == true
  }
  let linear = SegmentMapping.linear(DeviceExtent(device: 0))
  let device = Device(name: "a", size: 4096)
  func space(_ segments: Segment...) -> AddressSpace {
    AddressSpace(devices: [device], segments: segments)
  }
  #expect(refuses(try AddressSpace(inline: "linear:64,64"), [region], "2 devices, and 1 files"))
  #expect(refuses(space(), [region], "maps nothing at address 0"))
  #expect(
    refuses(
      space(Segment(begin: 64, length: 64, mapping: linear)),
      [region],
      "maps nothing at address 0"
    )
  )
  #expect(
    refuses(space(Segment(begin: 0, length: 100, mapping: linear)), [region], "64-byte lines")
  )
  #expect(
    refuses(space(Segment(begin: 0, length: 8192, mapping: linear)), [region], "needs 8192 bytes")
  )
  let asynchronous = AddressSpace(single: "a", size: 64, domain: .asynchronous)
  #expect(refuses(asynchronous, [region], "host flush request"))
}
