/// Routers that ask the right devices for the wrong bytes, or the wrong devices.
extension Router {
  /// Takes the stacked address for an address in the segment.
  public static let stackedAddress = Router(
    name: "stacked-address",
    number: "RT4",
    summary:
      "The stacked address is used as the address in the segment: the segment's beginning is "
      + "not subtracted."
  ) { request, space in
    space.split(request).compactMap { piece in
      guard let index = space.segmentIndex(of: piece.address) else { return nil }
      var shifted = space.segments[index]
      shifted.begin = 0
      shifted.length = space.segments[index].end
      let place = shifted.locate(piece.address)
      return DeviceRange(device: place.device, from: place.offset, count: piece.count, in: space)
    }
  }

  /// Forgets where a device's partition, and its part in the segment, begins.
  public static let startForgotten = Router(
    name: "start-forgotten",
    number: "RT5",
    summary: "Neither the partition's start nor the offset of the segment on its device is added."
  ) { request, space in
    space.split(request).compactMap { piece in
      guard let index = space.segmentIndex(of: piece.address) else { return nil }
      let extents = space.segments[index].mapping.extents
      let used = extents.first { $0.device == piece.device && $0.offset <= piece.bytes.lowerBound }
      let begin = piece.bytes.lowerBound - (used?.offset ?? 0)
      return DeviceRange(device: piece.device, bytes: begin..<(begin + piece.count))
    }
  }

  /// Leaves out the round of the stripes: the right device, always in its first chunk.
  public static let stripeRowLost = Router(
    name: "stripe-row-lost",
    number: "RT6",
    summary: "The number of the round is not added: the right device writes back its first chunk."
  ) { request, space in
    space.split(request).map { piece in
      guard let (chunk, extents, offset) = space.stripes(under: piece) else {
        return piece.onUnderlyingDevice(in: space)
      }
      let extent = extents[Int(offset / chunk % UInt64(extents.count))]
      return DeviceRange(
        device: extent.device,
        from: extent.offset + offset % chunk,
        count: piece.count,
        in: space
      )
    }
  }

  /// Divides where the remainder is meant, and the other way round.
  public static let stripeSwapped = Router(
    name: "stripe-swapped",
    number: "RT6",
    summary: "Quotient and remainder are swapped: the number of the round chooses the device, the "
      + "place in the round the chunk."
  ) { request, space in
    space.split(request).compactMap { piece in
      guard let (chunk, extents, offset) = space.stripes(under: piece) else {
        return piece.onUnderlyingDevice(in: space)
      }
      let stripe = offset / chunk / UInt64(extents.count)
      guard stripe < UInt64(extents.count) else { return nil }
      let extent = extents[Int(stripe)]
      let row = offset / chunk % UInt64(extents.count)
      return DeviceRange(
        device: extent.device,
        from: extent.offset + row * chunk + offset % chunk,
        count: piece.count,
        in: space
      )
    }
  }

  /// Keeps the first piece's offset, and the whole length, for every further device.
  public static let secondPieceOffset = Router(
    name: "second-piece-offset",
    number: "RT7",
    summary: "Every piece but the first is asked for at the first one's offset, with the length of "
      + "the whole range."
  ) { request, space in
    let pieces = space.split(request)
    return pieces.enumerated().map { index, piece in
      guard index > 0 else { return piece.onUnderlyingDevice(in: space) }
      return DeviceRange(
        device: piece.device,
        from: pieces[0].bytes.lowerBound,
        count: UInt64(request.count),
        in: space
      )
    }
  }
}

extension DevicePiece {
  fileprivate var count: UInt64 { UInt64(bytes.count) }
}

extension DeviceRange {
  /// Bytes counted from the device's start.
  fileprivate init(device: Int, from offset: UInt64, count: UInt64, in space: AddressSpace) {
    let begin = space.devices[device].start + offset
    self.init(device: device, bytes: begin..<(begin + count))
  }
}

extension AddressSpace {
  /// Chunk and stripes of the striped segment under a piece, and the piece's byte in the segment.
  fileprivate func stripes(
    under piece: DevicePiece
  ) -> (chunk: UInt64, extents: [DeviceExtent], offset: UInt64)? {
    guard let index = segmentIndex(of: piece.address),
      case .striped(let chunk, let extents) = segments[index].mapping
    else { return nil }
    return (chunk, extents, piece.address - segments[index].begin)
  }
}
