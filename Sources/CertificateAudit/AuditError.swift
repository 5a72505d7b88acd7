/// Why a certificate's options cannot be applied to the trace.
public struct AuditError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The field of the certificate.
  public var field: String
  /// A sentence.
  public var reason: String

  /// An error.
  public init(_ field: String, _ reason: String) {
    self.field = field
    self.reason = reason
  }

  /// Field and sentence.
  public var description: String { "\(field): \(reason)" }
}
