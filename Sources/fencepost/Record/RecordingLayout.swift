import PersistencyModel

/// Where the recorded files are in the trace: a device each, one after the other from address 0.
struct RecordingLayout {
  let space: AddressSpace
  /// First address of each file of the recording.
  let begins: [UInt64]
  /// Bytes of each file, whole lines.
  let sizes: [UInt64]

  private static let alignment: UInt64 = 4096

  /// Lays the files out.
  ///
  /// Devices are called as the files, with a number where several have one name.
  init(_ files: [RecordingText.File]) {
    var devices: [Device] = []
    var segments: [Segment] = []
    var begins: [UInt64] = []
    var names: Set<String> = []
    var next: UInt64 = 0
    for file in files {
      begins.append(next)
      let size = (file.size + Self.alignment - 1) / Self.alignment * Self.alignment
      guard size > 0 else { continue }
      let name = Self.unused(Self.name(ofPath: file.path), in: &names)
      let extent = DeviceExtent(device: devices.count)
      segments.append(Segment(begin: next, length: size, mapping: .linear(extent)))
      devices.append(Device(name: name, size: size))
      next += size
    }
    space = AddressSpace(devices: devices, segments: segments)
    self.begins = begins
    sizes = files.map { ($0.size + Self.alignment - 1) / Self.alignment * Self.alignment }
  }

  /// The name of the device that a file is.
  func deviceName(ofFile file: Int) -> String? {
    space.locate(begins[file]).map { space.devices[$0.device].name }
  }

  /// What is written of a path in options and names of files: its last part, without strange characters.
  private static func name(ofPath path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? "memory"
    return String(
      last.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-+@".contains($0)) ? $0 : "_" }
    )
  }

  private static func unused(_ name: String, in names: inout Set<String>) -> String {
    var candidate = name
    var number = 2
    while !names.insert(candidate).inserted {
      candidate = "\(name)-\(number)"
      number += 1
    }
    return candidate
  }
}
