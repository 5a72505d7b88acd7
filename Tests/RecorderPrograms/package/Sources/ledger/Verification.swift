import Book
import Glibc

/// Ends the program: with 1 where a record that is counted is not there.
func verify(_ book: Book) {
  exit((0..<book.count).allSatisfy { book.record($0) == 17 * ($0 + 1) } ? 0 : 1)
}
