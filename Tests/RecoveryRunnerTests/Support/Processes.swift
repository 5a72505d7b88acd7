import Foundation

/// Whether a process exists and is not only waiting to be reaped by somebody.
func isAlive(_ process: Int32) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
    return false
  }
  return !status.contains(") Z ")
}

func makeExecutable(_ path: String) throws {
  try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
}
