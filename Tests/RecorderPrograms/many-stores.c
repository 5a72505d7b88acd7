// Stores a number after the other to the words of a file, then ends or is killed.
//
//     many-stores FILE exit|kill
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 4096, STORES = 600000 };

int main(int count, char **arguments) {
  if (count != 3) return 64;
  int file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, SIZE) != 0) return 74;
  volatile uint64_t *words = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (words == MAP_FAILED) return 74;
  for (uint64_t i = 1; i <= STORES; i++) words[i * 7 % (SIZE / 8)] = i;
  if (strcmp(arguments[2], "kill") == 0) raise(SIGKILL);
  return 0;
}
