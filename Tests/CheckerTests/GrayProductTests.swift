import Testing

@testable import Checker

/// Products of digits in an order in which neighbours differ in one digit by one.
@Suite struct GrayProductTests {
  @Test(arguments: [
    [], [2], [5], [2, 2], [2, 3], [3, 2], [4, 3, 2], [2, 2, 2, 2, 2], [3, 5, 2, 4], [7, 2, 3],
  ])
  func eachTupleIsVisitedOnceAndOneDigitChangesByOne(radices: [Int]) {
    var product = GrayProduct(radices: radices)
    var before = product.digits
    var seen: Set<[Int]> = [before]
    #expect(before == radices.map { _ in 0 })
    while let changed = product.next() {
      let differences = zip(before, product.digits).map { abs($0 - $1) }
      #expect(differences == radices.indices.map { $0 == changed ? 1 : 0 })
      #expect(zip(product.digits, radices).allSatisfy { $0 >= 0 && $0 < $1 })
      #expect(seen.insert(product.digits).inserted, "\(product.digits)")
      before = product.digits
    }
    #expect(seen.count == radices.reduce(1, *))
  }

  @Test func aDigitOfOneValueIsRefused() async {
    await #expect(processExitsWith: .failure) { _ = GrayProduct(radices: [2, 1]) }
  }
}
