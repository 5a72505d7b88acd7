// Stores around marks: the marks belong between them.
#include "fencepost.h"
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count != 2) return 64;
  int file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, 4096) != 0) return 74;
  volatile uint64_t *words = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  fencepost_mark("begin");
  words[0] = 1;
  fencepost_mark("between");
  words[1] = 2;
  fencepost_mark("end: é");
  return 0;
}
