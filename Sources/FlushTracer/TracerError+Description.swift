internal import Glibc

extension TracerError: CustomStringConvertible {
  /// One sentence: file, reason, and what the system said.
  public var description: String {
    var text = path.map { "\($0): " } ?? ""
    text += reason.description
    if let errno { text += ": \(systemMessage(errno)) (errno \(errno))" }
    return text
  }
}

extension TracerError.Reason: CustomStringConvertible {
  /// What went wrong, without the file.
  public var description: String {
    switch self {
    case .cannotCreate: "the file cannot be created"
    case .cannotMap: "the file cannot be mapped"
    case .cannotWriteBack: "the file cannot be written back to its medium"
    case .sizeOutOfRange(let size): "no file can have \(size) bytes"
    case .notEnoughSpace(let needed, let free):
      "\(needed) bytes are needed, and the file system has \(free) free"
    case .deviceTooShort(let device, let needed, let size):
      "device \(device) needs \(needed) bytes, and the file has \(size)"
    case .wrongNumberOfFiles(let devices, let files):
      "the table has \(devices) devices, and \(files) files were given"
    case .unmappedAddress(let address): "the table maps nothing at address \(address)"
    case .unalignedTable(let number): "the table is not made of 64-byte lines: \(number) bytes"
    case .asynchronousDevice(let device):
      "device \(device) is asynchronous: it is durable only after a host flush request, "
        + "which no instruction makes"
    case .isADisk(let device): "device \(device) is a disk: it is not mapped"
    case .notADisk(let device): "device \(device) of the origin is no disk"
    case .cannotOpenDisk: "the disk's file cannot be opened"
    case .cannotReadDisk: "the disk's file cannot be read"
    case .cannotWriteDisk: "the disk's file cannot be written"
    case .cannotFlushDisk: "the disk's file cannot be flushed"
    case .tooManyThreads: "more than 4096 threads made events"
    case .mismatch(let mismatch): mismatch.description
    case .diskMismatch(let mismatch): mismatch.description
    case .sink(let error): "the recording cannot be written: \(error)"
    }
  }
}

extension ImageMismatch: CustomStringConvertible {
  /// One sentence: the place, both contents, and the number of bytes that differ.
  public var description: String {
    "initial image and events give \(hexadecimal(recorded)) at address \(address) "
      + "(byte \(offset) of device \(device)), but memory holds \(hexadecimal(found)); "
      + "\(count) bytes differ: something wrote past the recorder"
  }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

/// The system's words for an error number.
private func systemMessage(_ number: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  // SAFETY: the buffer is as long as is said, and the result lives no longer than it.
  return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress, unsafe strerror_r(number, base, buffer.count) == 0 else {
      return "error"
    }
    return unsafe String(cString: base)
  }
}
