// Stores by itself and by a library, which may be opened late.
//
//     uses-library FILE [LIBRARY]
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

typedef void (*Store)(volatile uint64_t *, uint64_t);
__attribute__((weak)) void store_in_library(volatile uint64_t *word, uint64_t value);

int main(int count, char **arguments) {
  int file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, 4096) != 0) return 74;
  volatile uint64_t *words = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  words[0] = 1;
  Store store = store_in_library;
  if (count > 2) {
    void *library = dlopen(arguments[2], RTLD_NOW);
    store = library ? (Store)dlsym(library, "store_in_library") : 0;
  }
  if (!store) return 1;
  store(&words[1], 2);
  words[2] = 3;
  return 0;
}
