import ArgumentParser
import Foundation

/// `fencepost frontend`: what the driver of Swift calls in its compiler's place.
struct FrontendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frontend",
    abstract: "Compile Swift, rewrite and assemble what comes out; called by `fencepost swift`.",
    shouldDisplay: false
  )

  @Argument(parsing: .captureForPassthrough, help: "The compiler, and what it is told.")
  var words: [String] = []

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    guard let compiler = words.first else { throw ToolFailure.usage("say which compiler to call") }
    let told = Array(words.dropFirst())
    let call = FrontendCall(told)
    if let refusal = call.refusal { throw ToolFailure.usage(refusal) }
    guard call.isRecorded else { throw ExitCode(try AssembleCommand.run(words)) }
    let compilation = try call.compilation()
    defer { compilation.removeTexts() }
    let file = try ResponseFile(compilation.words)
    defer { file.remove() }
    let status = try AssembleCommand.run([compiler] + file.words)
    guard status == 0 else { throw ExitCode(status) }
    let clang = ((compiler as NSString).deletingLastPathComponent) + "/clang"
    try compilation.assemble(with: clang, environment)
  }
}
