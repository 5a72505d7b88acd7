// What the sample checkers share: an image by path, and a sum over words.
#ifndef CHECKER_H
#define CHECKER_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { consistent = 0, inconsistent = 1, not_readable = 2 };

typedef int check_function(const void *image, size_t size);

static inline int check_file(const char *path, check_function *check) {
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) return not_readable;
  struct stat status;
  void *image = MAP_FAILED;
  if (fstat(descriptor, &status) == 0 && status.st_size > 0)
    image = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (image == MAP_FAILED) return not_readable;
  int result = check(image, (size_t)status.st_size);
  munmap(image, (size_t)status.st_size);
  return result;
}

static inline int check_arguments(int count, char **arguments, check_function *check) {
  if (count != 2) {
    fprintf(stderr, "usage: %s FILE\n", arguments[0]);
    return 64;
  }
  return check_file(arguments[1], check);
}

static inline uint64_t sum_of(const uint64_t *words, size_t count) {
  uint64_t sum = 0;
  for (size_t index = 0; index < count; index++) sum += words[index];
  return sum;
}

#endif
