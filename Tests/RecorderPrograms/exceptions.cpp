// Exceptions through functions that store, and containers on a file.
//
//     exceptions FILE
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

struct Guard {
  volatile std::uint64_t *word;
  std::uint64_t value;
  ~Guard() { *word = value; }
};

template <typename T> __attribute__((noinline)) static void put(volatile T *place, T value) { *place = value; }

__attribute__((noinline)) static void deep(volatile std::uint64_t *words, int depth) {
  Guard guard{&words[depth], std::uint64_t(100 + depth)};
  if (depth == 7) throw std::runtime_error("at the end " + std::to_string(depth));
  deep(words, depth + 1);
  put<std::uint64_t>(&words[60], 1); // never
}

int main(int count, char **arguments) {
  if (count != 2) return 64;
  int file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, 4096) != 0) return 74;
  auto words = static_cast<std::uint64_t *>(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
  try {
    deep(words, 0);
  } catch (const std::runtime_error &error) {
    if (error.what() != std::string("at the end 7")) return 1;
    put<std::uint64_t>(&words[8], 9);
  }
  std::vector<std::uint64_t> values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  std::copy(values.begin(), values.end(), words + 16);
  auto shared = std::make_shared<std::string>("a string that is too long to be inside of its object");
  shared->copy(reinterpret_cast<char *>(words + 32), shared->size());
  return 0;
}
