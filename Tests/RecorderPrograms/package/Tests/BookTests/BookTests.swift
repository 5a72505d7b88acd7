import Testing

@testable import Book

@Test func aRecordCanBeReadAgain() throws {
  let book = try #require(Book(path: "pm.img"))
  book.append(17)
  #expect(book.count == 1 && book.record(0) == 17)
}
