// An append log that checks itself when it starts, then appends two records.
//
//     append-log FILE correct|unflushed
//
// The file may be named as --file=FILE too. Status 1: a record that is counted is not what was appended.
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 4096, ROOM = 16 };

struct line {
  volatile uint64_t value;
  uint64_t unused[7];
};

// Line 0 is the counter.
static struct line *lines;

static void flush(struct line *line) { __asm__ volatile("clwb (%0)" ::"r"(line) : "memory"); }

static void fence(void) { __asm__ volatile("sfence" ::: "memory"); }

static uint64_t record(uint64_t number) { return number * 1000 + 7; }

static int check(void) {
  uint64_t count = lines[0].value;
  if (count > ROOM) return 1;
  for (uint64_t i = 1; i <= count; i++)
    if (lines[i].value != record(i)) return 1;
  return 0;
}

static void append(int is_flushed) {
  uint64_t number = lines[0].value + 1;
  lines[number].value = record(number);
  if (is_flushed) flush(&lines[number]);
  fence();
  lines[0].value = number;
  flush(&lines[0]);
  fence();
}

int main(int count, char **arguments) {
  if (count != 3) return 64;
  const char *path = arguments[1];
  if (strncmp(path, "--file=", 7) == 0) path += 7;
  int file = open(path, O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, SIZE) != 0) return 74;
  lines = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (lines == MAP_FAILED) return 74;
  if (check() != 0) return 1;
  for (int i = 0; i < 2 && lines[0].value < ROOM; i++)
    append(strcmp(arguments[2], "correct") == 0);
  return 0;
}
