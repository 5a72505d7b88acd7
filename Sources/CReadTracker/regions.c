// Images that are mapped, page by page hidden or in sight.
#define _GNU_SOURCE
#include "tracker.h"

#include <sys/mman.h>
#include <sys/syscall.h>

struct region regions[most_regions];

static size_t pages(const struct region *region) { return region->size / page_size; }

struct region *region_at(uintptr_t address) {
  for (int index = 0; index < most_regions; index++)
    if (address - regions[index].base < regions[index].size) return &regions[index];
  return NULL;
}

static int touches(const struct region *region, uintptr_t base, size_t size) {
  return region->size != 0 && base < region->base + region->size && region->base < base + size;
}

int overlaps_region(uintptr_t base, size_t size) {
  for (int index = 0; index < most_regions; index++)
    if (touches(&regions[index], base, size)) return 1;
  return 0;
}

int covers_regions(uintptr_t base, size_t size, int forgets) {
  for (int index = 0; index < most_regions; index++) {
    struct region *region = &regions[index];
    if (!touches(region, base, size)) continue;
    if (region->base < base || region->base + region->size > base + size) return 0;
    if (!forgets) continue;
    gate_call(SYS_munmap, (long)region->hidden, (long)pages(region), 0, 0, 0, 0);
    region->size = 0;
  }
  return 1;
}

int add_region(uintptr_t base, size_t size, int image, int protection, uint64_t offset) {
  for (int index = 0; index < most_regions; index++) {
    struct region *region = &regions[index];
    if (region->size != 0) continue;
    size = (size + page_size - 1) / page_size * page_size;
    long table = gate_call(SYS_mmap, 0, (long)(size / page_size), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (table < 0) return 0;
    *region = (struct region){base, size, image, protection, offset, (uint8_t *)table};
    return 1;
  }
  return 0;
}

// Neighbours that are treated alike share one call.
static void protect(struct region *region, size_t first, size_t count, int protection) {
  if (count == 0) return;
  gate_call(SYS_mprotect, (long)(region->base + first * page_size), (long)(count * page_size),
            protection, 0, 0, 0);
}

void hide(struct region *region) {
  size_t run = 0;
  for (size_t page = 0; page < pages(region); page++) {
    uint64_t offset = region->offset + page * page_size;
    int was_hidden = region->hidden[page];
    region->hidden[page] =
        offset < board->image[region->image].size && !is_page_noted(region->image, offset);
    if (region->hidden[page]) continue;
    // Its lines may have been noted by way of the file.
    if (was_hidden) reveal(region, page);
    protect(region, run, page - run, PROT_NONE);
    run = page + 1;
  }
  protect(region, run, pages(region) - run, PROT_NONE);
}

void hide_all(void) {
  for (int index = 0; index < most_regions; index++)
    if (regions[index].size != 0) hide(&regions[index]);
}

void reveal(struct region *region, size_t page) {
  region->hidden[page] = 0;
  protect(region, page, 1, region->protection);
}

void reveal_all(void) {
  for (int index = 0; index < most_regions; index++) {
    struct region *region = &regions[index];
    if (region->size == 0) continue;
    for (size_t page = 0; page < pages(region); page++) region->hidden[page] = 0;
    protect(region, 0, pages(region), region->protection);
  }
}

void spend_all(void) {
  for (int index = 0; index < most_regions; index++)
    if (regions[index].size != 0)
      note_bytes(regions[index].image, regions[index].offset, regions[index].size);
  reveal_all();
}
