// What the examples of libpmemobj need of a header that Debian does not install with them.
#include <stdint.h>
#include <unistd.h>

#define CREATE_MODE_RW 0600
#ifndef MIN
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#endif

static inline int file_exists(char const *file) { return access(file, F_OK); }
static inline uint32_t find_last_set_64(uint64_t value) { return value ? 63 - __builtin_clzll(value) : -1; }
