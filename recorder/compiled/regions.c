// Which memory is persistent, which file it belongs to, and what the files held first.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_REGIONS = 4096, MOST_FILES = 1024, MOST_PATTERNS = 64, MOST_MODULES = 1024 };
enum { PAGE = 4096, BLOCK = 1 << 16, WIDEST_STORE = 64 };

struct file {
  dev_t device;
  ino_t inode;
  uint64_t size;         // as far as its initial content is known
  int content, initial; // never closed: closing would drop the program's locks on the file
  char path[PATH_MAX];
};

uintptr_t watch_start, watch_span;
struct region region_last;
static struct region regions[MOST_REGIONS]; // ascending
static uint32_t region_count;
static struct file *files[MOST_FILES];
static uint32_t file_count;
static const char *patterns[MOST_PATTERNS];
static uint32_t pattern_count;
static struct fencepost_module *modules[MOST_MODULES];
static uint32_t module_count;

void regions_add_pattern(const char *pattern) {
  if (pattern_count < MOST_PATTERNS) patterns[pattern_count++] = pattern;
}

// A pattern without a slash is one of names.
static bool is_wanted(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  for (uint32_t i = 0; i < pattern_count; i++) {
    if (fnmatch(patterns[i], strchr(patterns[i], '/') ? path : name, 0) == 0) return true;
  }
  return false;
}

// ---- files ----

static bool is_zero(const char *bytes, size_t size) {
  uint64_t all = 0;
  size_t words = size / sizeof all;
  for (size_t i = 0; i < words && !all; i++) all = ((const uint64_t *)bytes)[i];
  for (size_t i = words * sizeof all; i < size; i++) all |= (unsigned char)bytes[i];
  return all == 0;
}

// Zeros are in the copy, which is new, without being written.
static bool copy_block(int from, int to, uint64_t begin, uint64_t end) {
  static char block[BLOCK] __attribute__((aligned(8)));
  while (begin < end) {
    size_t want = end - begin < BLOCK ? end - begin : BLOCK;
    long count = syscall(SYS_pread64, from, block, want, begin);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    if (!is_zero(block, count) && syscall(SYS_pwrite64, to, block, count, begin) != count) return false;
    begin += count;
  }
  return true;
}

// Holes stay holes.
static bool copy_data(int from, int to, uint64_t begin, uint64_t end) {
  while (begin < end) {
    long data = syscall(SYS_lseek, from, begin, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return true;
    if (data < 0) return copy_block(from, to, begin, end);
    long hole = syscall(SYS_lseek, from, data, SEEK_HOLE);
    uint64_t limit = hole < 0 || (uint64_t)hole > end ? end : (uint64_t)hole;
    if (!copy_block(from, to, data, limit)) return false;
    begin = (uint64_t)data > limit ? (uint64_t)data : limit;
  }
  return true;
}

// All but what is between `first` and `last`, which the program has just written, and which was not there before.
static void take_initial(uint32_t number, uint64_t end, uint64_t first, uint64_t last) {
  struct file *file = files[number];
  if (file->initial < 0) {
    char path[PATH_MAX + 96];
    stream_initial_path(path, sizeof path, number);
    file->initial = syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  }
  bool is_taken = file->initial >= 0 && file->content >= 0 && stream_may_reach(end)
    && syscall(SYS_ftruncate, file->initial, end) == 0
    && copy_data(file->content, file->initial, file->size, first < end ? first : end)
    && copy_data(file->content, file->initial, last > file->size ? last : file->size, end);
  if (!is_taken) stream_meta("unread\t%u\n", number);
}

static void file_reaches_by_write(uint32_t number, uint64_t size, uint64_t first, uint64_t last) {
  struct file *file = files[number];
  if (size <= file->size || !is_recording) return;
  take_initial(number, size, first, last);
  file->size = size;
  stream_meta("size\t%u\t%lu\n", number, size);
}

static void file_reaches(uint32_t number, uint64_t size) {
  file_reaches_by_write(number, size, size, size);
}

static int find_file(dev_t device, ino_t inode) {
  for (uint32_t i = 0; i < file_count; i++) {
    if (files[i]->device == device && files[i]->inode == inode) return i;
  }
  return -1;
}

// The number of the watched file that is open here; -1 for others.
int file_of(int descriptor) {
  struct stat status;
  if (file_count == 0 || fstat(descriptor, &status) != 0) return -1;
  return find_file(status.st_dev, status.st_ino);
}

uint64_t file_size(uint32_t file) { return files[file]->size; }

void file_grew_by_write(uint32_t file, int descriptor, uint64_t first, uint64_t last) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return;
  file_reaches_by_write(file, ((uint64_t)status.st_size + PAGE - 1) / PAGE * PAGE, first, last);
}

static void file_grew(uint32_t file, int descriptor) {
  file_grew_by_write(file, descriptor, UINT64_MAX, UINT64_MAX);
}

static int add_file(int descriptor, const struct stat *status, const char *path) {
  struct file *file = file_count < MOST_FILES ? malloc(sizeof *file) : NULL;
  if (!file) {
    stream_stop(ENOMEM);
    return -1;
  }
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  int own = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);
  int high = own < 0 ? -1 : syscall(SYS_fcntl, own, F_DUPFD_CLOEXEC, 800);
  if (high >= 0) syscall(SYS_close, own);
  *file = (struct file){.device = status->st_dev, .inode = status->st_ino, .size = 0,
                        .content = high >= 0 ? high : own, .initial = -1};
  snprintf(file->path, sizeof file->path, "%s", path);
  files[file_count] = file;
  stream_meta("file\t%u\t%s\n", file_count, path);
  return file_count++;
}

// ---- regions ----

static void update_watch(void) {
  usual_forget();
  region_last = (struct region){0};
  watch_span = 0;
  if (region_count > 0 && is_recording) {
    // A store that begins before the first region may reach into it.
    watch_start = regions[0].start - (WIDEST_STORE - 1);
    watch_span = regions[region_count - 1].end - watch_start;
  }
  for (uint32_t i = 0; i < module_count; i++) {
    modules[i]->watch_span = 0;
    modules[i]->watch_start = watch_start;
    modules[i]->watch_span = watch_span;
  }
}

const struct region *region_search(uintptr_t address) {
  uint32_t low = 0, high = region_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (regions[middle].end <= address) low = middle + 1;
    else high = middle;
  }
  if (low == region_count) return NULL;
  region_last = regions[low];
  return &region_last;
}

static void insert(struct region region) {
  if (region_count == MOST_REGIONS) {
    stream_stop(ENOMEM);
    return;
  }
  uint32_t at = region_count++;
  for (; at > 0 && regions[at - 1].start > region.start; at--) regions[at] = regions[at - 1];
  regions[at] = region;
}

static void remove_range(uintptr_t start, uintptr_t end) {
  struct region rests[2];
  for (uint32_t i = 0; i < region_count;) {
    struct region old = regions[i];
    if (old.end <= start || end <= old.start) {
      i++;
      continue;
    }
    memmove(&regions[i], &regions[i + 1], (--region_count - i) * sizeof *regions);
    uint32_t count = 0;
    if (old.start < start) rests[count++] = (struct region){old.start, start, old.file, old.offset};
    if (end < old.end) {
      rests[count++] = (struct region){end, old.end, old.file, old.offset + (end - old.start)};
    }
    while (count > 0) insert(rests[--count]);
  }
}

static uintptr_t page_end(uintptr_t address) { return (address + PAGE - 1) & ~(uintptr_t)(PAGE - 1); }

void regions_mapped(void *start, size_t length, int descriptor, uint64_t offset, bool is_certain) {
  struct stat status;
  char link[64], path[PATH_MAX];
  if (!is_recording) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0 || fstat(descriptor, &status) != 0) return;
  path[size] = 0;
  int number = find_file(status.st_dev, status.st_ino);
  if (number < 0 && !is_certain && !is_wanted(path)) return;
  if (number < 0) number = add_file(descriptor, &status, path);
  if (number < 0) return;
  if (module_count == 0) stream_meta("uncompiled\n");
  uintptr_t first = (uintptr_t)start, end = page_end(first + length);
  remove_range(first, end);
  insert((struct region){first, end, number, offset});
  file_grew(number, descriptor);
  file_reaches(number, offset + (end - first));
  update_watch();
}

void regions_unmapped(void *start, size_t length) {
  if (region_count == 0) return;
  remove_range((uintptr_t)start, page_end((uintptr_t)start + length));
  update_watch();
}

void regions_moved(void *from, size_t old, void *to, size_t length) {
  const struct region *found = region_count ? region_from((uintptr_t)from) : NULL;
  if (!found || found->start > (uintptr_t)from) {
    regions_unmapped(to, length);
    return;
  }
  struct region region = *found;
  region.offset += (uintptr_t)from - region.start;
  if (old > 0) remove_range((uintptr_t)from, page_end((uintptr_t)from + old));
  uintptr_t first = (uintptr_t)to, end = page_end(first + length);
  remove_range(first, end);
  insert((struct region){first, end, region.file, region.offset});
  file_grew(region.file, files[region.file]->content);
  file_reaches(region.file, region.offset + (end - first));
  update_watch();
}

void regions_stop(void) { update_watch(); }

// Parts of the address space that code was loaded to.
static struct {
  uintptr_t start, end, bias;
  uint32_t number;
} loaded[MOST_MODULES];
static uint32_t loaded_count, path_count;

static void tell_modules(void);

// Files get their numbers again, and their content is what it is now.
void regions_in_child(bool is_followed) {
  if (!is_followed) region_count = 0;
  loaded_count = path_count = 0;
  if (is_followed) tell_modules();
  for (uint32_t i = 0; i < file_count && is_followed; i++) {
    uint64_t size = files[i]->size;
    if (files[i]->initial >= 0) syscall(SYS_close, files[i]->initial);
    files[i]->initial = -1;
    files[i]->size = 0;
    stream_meta("file\t%u\t%s\n", i, files[i]->path);
    file_reaches(i, size);
  }
  update_watch();
}

// ---- modules ----


static bool is_loaded(uintptr_t start, uintptr_t end, uintptr_t bias) {
  for (uint32_t i = 0; i < loaded_count; i++) {
    if (loaded[i].start == start && loaded[i].end == end && loaded[i].bias == bias) return true;
  }
  return false;
}

static int tell_module(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  uintptr_t start = -1, end = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_LOAD) continue;
    uintptr_t first = info->dlpi_addr + header->p_vaddr;
    if (first < start) start = first;
    if (first + header->p_memsz > end) end = first + header->p_memsz;
  }
  char program[PATH_MAX];
  const char *path = info->dlpi_name;
  if (!path[0]) {
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length < 0 ? 0 : length] = 0;
    path = program;
  }
  if (end <= start || path[0] != '/' || loaded_count == MOST_MODULES) return 0;
  if (is_loaded(start, end, info->dlpi_addr)) return 0;
  stream_meta("module\t%u\t%s\n", path_count, path);
  loaded[loaded_count].start = start;
  loaded[loaded_count].end = end;
  loaded[loaded_count].bias = info->dlpi_addr;
  loaded[loaded_count++].number = path_count++;
  return 0;
}

// The last module that was loaded there.
void tell_site(uint32_t site, uintptr_t address) {
  for (uint32_t i = loaded_count; i-- > 0;) {
    if (address < loaded[i].start || loaded[i].end <= address) continue;
    stream_meta("code\t0x%lx\t%u\t0x%lx\n", address, loaded[i].number, address - loaded[i].bias);
    break;
  }
  stream_meta("site\t%u\t0x%lx: ???\n", site, address);
}

extern void entry_before(void), entry_before_quick(void), entry_request(void), usual_after(void),
  usual_after_quick(void), usual_order(void), usual_order_quick(void);

// Before the first thread beside the first is made.
void modules_become_threaded(void) {
  order_threads = true;
  usual_forget();
  for (uint32_t i = 0; i < module_count; i++) modules[i]->has_threads = true;
}

static void tell_modules(void) { dl_iterate_phdr(tell_module, NULL); }

void modules_attach(struct fencepost_module *module) {
  if (module_count == MOST_MODULES || !is_recording) return;
  tell_modules();
  module->before = entry_before;
  module->before_quick = entry_before_quick;
  module->after = usual_after;
  module->after_quick = usual_after_quick;
  module->order = usual_order;
  module->order_quick = usual_order_quick;
  module->has_threads = order_threads;
  module->request = entry_request;
  modules[module_count++] = module;
  update_watch();
}

void modules_detach(struct fencepost_module *module) {
  for (uint32_t i = 0; i < module_count; i++) {
    if (modules[i] == module) modules[i] = modules[--module_count];
  }
}
