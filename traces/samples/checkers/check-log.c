// Recovery check of an append log: every counted record is complete.
//
// Header word 0 is the number of records appended. Record i is one line at 4096 + (i mod capacity) * 64:
// {i + 1, six words, sum of these seven}; the capacity follows from the file's size. The log is a ring: while
// the next record is being written over the oldest one that one is not to be relied on, counted or not.
#include "checker.h"

enum { header_size = 4096, record_words = 8 };

static int is_complete(const uint64_t *record, uint64_t number) {
  return record[0] == number + 1 && record[7] == sum_of(record, 7);
}

int check_log_pointer(const void *image, size_t size) {
  if (size < header_size + 64) return inconsistent;
  const uint64_t *records = (const uint64_t *)image + header_size / 8;
  uint64_t capacity = (size - header_size) / 64, count = *(const uint64_t *)image;
  uint64_t first = count < capacity ? 0 : count - capacity + 1;
  for (uint64_t number = first; number < count; number++)
    if (!is_complete(records + number % capacity * record_words, number)) return inconsistent;
  return consistent;
}

int check_log_path(const char *path) { return check_file(path, check_log_pointer); }

int main(int count, char **arguments) {
  return check_arguments(count, arguments, check_log_pointer);
}
