// A library that stores for others: see uses-library.c.
#include <stdint.h>

void store_in_library(volatile uint64_t *word, uint64_t value) { *word = value; }
