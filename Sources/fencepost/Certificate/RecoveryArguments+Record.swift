extension RecoveryArguments {
  /// What a certificate says of recovery: its name and its options.
  var record: CertificateRecord.Recovery {
    if cache.recovery != nil {
      var options = [
        "blockSize": "\(cache.blockSize)", "startSector": "\(cache.startSector)",
        "kernelFaithful": "\(cache.kernelFaithful)",
      ]
      if cache.writesAround { options["writesAround"] = "true" }
      if !cache.recoveryDefect.isEmpty {
        options["defects"] = cache.recoveryDefect.joined(separator: ",")
      }
      return CertificateRecord.Recovery(name: "writecache", options: options)
    }
    if let assert {
      return CertificateRecord.Recovery(name: "assertions", options: ["file": assert])
    }
    var options = ["timeLimit": checkerTimeLimit, "track": track.rawValue]
    if let recoveryLibrary {
      options["function"] = recoveryLibrary
      return CertificateRecord.Recovery(name: "library", options: options)
    }
    options["command"] = checker.map(shellQuoted).joined(separator: " ")
    options["forkServer"] = "\(!noForkServer)"
    return CertificateRecord.Recovery(name: "command", options: options)
  }
}
