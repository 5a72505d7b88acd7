// Recovery check of a linked list: a node that can be reached from the head is complete.
//
// Header word 0 is the byte offset of the first node, 0 for none. Node i is 192 bytes at 4096 + 192 * i:
// {next, number of payload words, sum, 21 words}, the sum being next + number + 7 + all words. It is
// written last, so a node of which anything is missing is seen; a node of zeros is not complete either.
#include "checker.h"

enum { header_size = 4096, node_size = 192, node_words = 24, maximum_payload = 21 };

static int is_node(uint64_t offset, size_t size) {
  return offset >= header_size && offset + node_size <= size &&
         (offset - header_size) % node_size == 0;
}

static int is_complete(const uint64_t *node) {
  return node[1] <= maximum_payload &&
         node[2] == node[0] + node[1] + 7 + sum_of(node + 3, maximum_payload);
}

int check_list_pointer(const void *image, size_t size) {
  if (size < header_size) return inconsistent;
  const uint64_t *words = image;
  size_t nodes = (size - header_size) / node_size;
  for (uint64_t offset = words[0]; offset != 0; offset = words[offset / 8]) {
    if (!is_node(offset, size) || !is_complete(words + offset / 8)) return inconsistent;
    // More steps than nodes: a circle.
    if (nodes-- == 0) return inconsistent;
  }
  return consistent;
}

int check_list_path(const char *path) { return check_file(path, check_list_pointer); }

int main(int count, char **arguments) {
  return check_arguments(count, arguments, check_list_pointer);
}
