/* Stores and flushes in functions that call one another and are inlined into one another.
     places FILE */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 4096 };

static inline __attribute__((always_inline)) void put(uint64_t *place, uint64_t value) {
  *(volatile uint64_t *)place = value;
}

__attribute__((noinline)) static void persist(const void *place) {
  __asm__ volatile("clflush (%0); sfence" ::"r"(place) : "memory");
}

__attribute__((noinline)) static void append(uint64_t *log, uint64_t value) {
  put(log + 8, value);
  persist(log + 8);
  put(log, 1);
  persist(log);
  __asm__ volatile("" ::: "memory");
}

int main(int count, char **words) {
  if (count < 2) return 64;
  int descriptor = open(words[1], O_RDWR | O_CREAT, 0600);
  if (descriptor < 0 || ftruncate(descriptor, SIZE) != 0) return 74;
  uint64_t *log = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (log == MAP_FAILED) return 74;
  append(log, 42);
  return 0;
}
