#include <stddef.h>

// Maps a file of this size, shared, made where it is not there; null where that fails.
void *memory_map(const char *path, size_t size);
// Writes a line back and waits for it.
void memory_persist(const void *line);
// Stores a byte that ends the book.
void memory_close(unsigned char *last);
