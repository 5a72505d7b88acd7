extension Book {
  static func offset(of number: Int) -> Int { 64 * (number + 1) }
}
