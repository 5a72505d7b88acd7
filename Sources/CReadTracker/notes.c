// The lines read, in shared memory.
#define _GNU_SOURCE
#include "tracker.h"

#include <sys/stat.h>
#include <sys/syscall.h>

static uint8_t *bitmap(uint64_t offset) { return (uint8_t *)board + offset; }

int image_of(int descriptor) {
  struct stat status;
  if (gate_call(SYS_fstat, descriptor, (long)&status, 0, 0, 0, 0) != 0) return -1;
  for (uint64_t image = 0; image < board->images; image++)
    if (board->image[image].device == status.st_dev && board->image[image].inode == status.st_ino)
      return (int)image;
  return -1;
}

static void note_line(int image, uint64_t line) {
  uint8_t *seen = bitmap(board->image[image].seen) + line / 8;
  if (*seen >> (line & 7) & 1) return;
  *seen |= (uint8_t)(1 << (line & 7));
  uint64_t *log = (uint64_t *)bitmap(board->log);
  log[board->count] = (uint64_t)image << 56 | line;
  // Whoever reads the log may do so after we have been killed.
  __atomic_store_n(&board->count, board->count + 1, __ATOMIC_RELEASE);
}

void note_bytes(int image, uint64_t offset, uint64_t size) {
  uint64_t limit = board->image[image].size;
  if (size == 0 || offset >= limit) return;
  uint64_t end = size > limit - offset ? limit : offset + size;
  for (uint64_t line = offset / line_size; line <= (end - 1) / line_size; line++)
    note_line(image, line);
}

int note_fault(int image, uint64_t offset) {
  uint64_t page = offset / page_size;
  if (page * page_size >= board->image[image].size) return 0;
  uint16_t *faults = (uint16_t *)bitmap(board->image[image].faults) + page;
  if (*faults < UINT16_MAX) ++*faults;
  if (*faults <= board->patience) return 0;
  note_bytes(image, page * page_size, page_size);
  return 1;
}

int is_page_noted(int image, uint64_t offset) {
  uint64_t first = offset / page_size * page_lines;
  uint64_t limit = (board->image[image].size + line_size - 1) / line_size;
  for (uint64_t line = first; line < first + page_lines && line < limit; line += 8) {
    // Lines beyond the end are marked as seen.
    if (bitmap(board->image[image].seen)[line / 8] != 0xff) return 0;
  }
  return 1;
}
