import PersistencyModel

extension ImageArguments {
  /// The stack of devices that the arguments describe; `nil` where they describe none.
  ///
  /// - Throws: `ToolFailure`, with the position in the description.
  func addressSpace() throws(ToolFailure) -> AddressSpace? {
    switch (devices, deviceTable) {
    case (nil, nil): return nil
    case (.some, .some): throw .usage("--devices and --device-table exclude one another")
    case (let text?, nil):
      do {
        return try AddressSpace(inline: text)
      } catch {
        throw .usage("--devices: \(error)")
      }
    case (nil, let path?):
      let file = try ImageFile(path: path)
      let text = String(decoding: try file.bytes(at: 0, count: Int(file.size)), as: UTF8.self)
      do {
        return try AddressSpace(table: text)
      } catch {
        throw .malformed("\(path): \(error)")
      }
    }
  }
}
