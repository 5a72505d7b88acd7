import Book

let arguments = CommandLine.arguments
guard arguments.count == 3, let book = Book(path: arguments[1]) else {
  fatalError("ledger FILE HOW")
}

switch arguments[2] {
case "verify": verify(book)
case let how:
  for value in [17, 34] { book.append(value, forgetting: how == "forget") }
  book.close()
}
