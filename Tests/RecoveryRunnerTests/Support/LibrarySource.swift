/// Source of a library of checkers.
///
/// Byte 0 of the image is 1 in the base image, and decides.
let librarySource = #"""
  #define _GNU_SOURCE
  #include <fcntl.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  #include <sys/mman.h>
  #include <unistd.h>

  static int first_byte_of(const char *path) {
    unsigned char byte = 0;
    int f = open(path, O_RDONLY);
    read(f, &byte, 1);
    close(f);
    return byte;
  }
  static void overwrite(const char *path) {
    int f = open(path, O_WRONLY);
    pwrite(f, "SPOILED", 7, 3);
    close(f);
  }
  int first_byte(const char *path) { return first_byte_of(path); }
  int first_byte_memory(const void *image, size_t size) { return *(const unsigned char *)image; }
  int size_of_image(const void *image, size_t size) { return (int)size; }
  int dump(const char *path) {
    char bytes[4096];
    int f = open(path, O_RDONLY);
    ssize_t n = read(f, bytes, sizeof bytes);
    close(f);
    write(1, bytes, n);
    return 0;
  }
  int dump_memory(const void *image, size_t size) { write(1, image, size); return 0; }

  // One behaviour for each value of the first byte; 1 is good.
  int odd(const char *path) {
    switch (first_byte_of(path)) {
    case 1: return 0;
    case 2: *(volatile int *)8 = 1;
    case 3: abort();
    case 4: for (;;) pause();
    case 5: exit(0);
    case 6: exit(3);
    case 7: fork(); return 7;
    case 8: if (fork() == 0) for (;;) { sleep(1); overwrite(path); } return 8;
    case 9: for (int d = 3; d < 1024; d++) close(d); return 9;
    case 10: overwrite(path); return 10;
    case 11: unlink(path); return 11;
    case 12: truncate(path, 1); return 12;
    case 13: if (fork() == 0) { setsid(); for (;;) pause(); } *(volatile int *)8 = 1;
    case 14: overwrite(path); abort();
    case 15: {
      // Kept open and mapped for writing by all later calls.
      static char *kept;
      if (!kept) kept = mmap(0, 64, PROT_READ | PROT_WRITE, MAP_SHARED, open(path, O_RDWR), 0);
      kept[5]++;
      return 15;
    }
    default: return -1;
    }
  }
  int odd_memory(const void *image, size_t size) {
    switch (*(const unsigned char *)image) {
    case 1: return 0;
    case 2: ((volatile char *)image)[70] = 1; return 0;
    case 3: return ((volatile char *)image)[5000];
    case 4: mprotect((void *)((unsigned long)image & ~4095ul), 4096, PROT_READ | PROT_WRITE);
            ((volatile char *)image)[70] = 1; return 0;
    case 5: for (;;) pause();
    case 6: _exit(0);
    case 7: fork(); return 7;
    default: return -1;
    }
  }
  int marks(const char *path) {
    const char *value = getenv("PMREORDER_MARKERS");
    return value ? (int)strlen(value) : -1;
  }
  int counts_calls(const char *path) { static int calls; return calls++ / 2 % 2; }
  int alternates(const char *path) { static int calls; return calls++ % 2; }
  int variable;
  """#
