/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Which memory is persistent, and which file it belongs to. */
#include "recorder.h"

enum { MOST_REGIONS = 4096, MOST_FILES = 1024, MOST_PATTERNS = 64 };

typedef struct {
  ULong device, inode; /* both 0 for memory that is no file */
  ULong size;          /* as far as the recording knows the initial content */
  Int fd, initial;     /* ours: never closed, for that would drop the program's record locks */
} File;

Addr watch_start;
UWord watch_span;
Bool has_regions;
static Region regions[MOST_REGIONS]; /* ascending */
static UInt region_count;
static File files[MOST_FILES];
static UInt file_count;
static const HChar* patterns[MOST_PATTERNS];
static UInt pattern_count;

void regions_add_pattern(const HChar* pattern) {
  if (pattern_count == MOST_PATTERNS) VG_(fmsg_bad_option)(pattern, "at most 64 patterns\n");
  patterns[pattern_count++] = VG_(strdup)("recorder.pattern", pattern);
}

/* A pattern without a slash is one of names, not of paths. */
static Bool is_wanted(const HChar* path) {
  for (UInt i = 0; i < pattern_count; i++) {
    Bool of_names = VG_(strchr)(patterns[i], '/') == NULL;
    if (glob_matches(patterns[i], of_names ? VG_(basename)(path) : path)) return True;
  }
  return False;
}

/* ---- files ---- */

/* All but what is between `first` and `last`, which the program has just written, and which was not there before. */
static void copy_initial(File* file, UInt number, ULong end, ULong first, ULong last) {
  if (file->initial < 0) {
    Int flags = VKI_O_CREAT | VKI_O_TRUNC | VKI_O_RDWR;
    file->initial = system_open_high(stream_initial_path(number), flags, 0600);
  }
  Bool is_kept = file->initial >= 0 && system_may_reach(end)
                 && system_call(__NR_ftruncate, file->initial, end, 0, 0, 0, 0) >= 0
                 && (file->fd < 0
                     || (system_copy_data(file->fd, file->initial, file->size, first < end ? first : end)
                         && system_copy_data(file->fd, file->initial,
                                             last > file->size ? last : file->size, end)));
  if (!is_kept) stream_meta("unread\t%u\n", number);
}

/* Takes the content between what is known and `size` as it is now. */
static void file_reaches_by_write(UInt number, ULong size, ULong first, ULong last) {
  File* file = &files[number];
  if (size <= file->size || !is_recording) return;
  copy_initial(file, number, size, first, last);
  file->size = size;
  stream_meta("size\t%u\t%llu\n", number, size);
}

static void file_reaches(UInt number, ULong size) {
  file_reaches_by_write(number, size, size, size);
}

static UInt add_file(Int fd, ULong device, ULong inode, const HChar* path) {
  if (file_count == MOST_FILES) {
    stream_stop(VKI_EMFILE);
    return 0;
  }
  UInt number = file_count++;
  files[number] = (File){.device = device, .inode = inode, .fd = fd, .initial = -1};
  stream_meta("file\t%u\t", number);
  stream_meta_text(path);
  stream_meta("\n");
  return number;
}

static Int find_file(ULong device, ULong inode) {
  for (UInt i = 0; i < file_count; i++) {
    if (files[i].device == device && files[i].inode == inode) return i;
  }
  return -1;
}

/* The number of the file open as `fd`, which becomes a watched one. */
static UInt file_number(Int fd, const HChar* path) {
  struct vg_stat status;
  if (VG_(fstat)(fd, &status) != 0) return add_file(-1, 0, 0, path);
  Int found = find_file(status.dev, status.ino);
  if (found >= 0) return found;
  HChar link[64];
  VG_(snprintf)(link, sizeof link, "/proc/self/fd/%d", fd);
  Int own = system_open_high(link, VKI_O_RDONLY, 0);
  return add_file(own, status.dev, status.ino, path);
}

/* Asked at every write of the program: quick where nothing is watched. */
Int regions_file_of(Int fd) {
  struct vg_stat status;
  if (file_count == 0 || VG_(fstat)(fd, &status) != 0) return -1;
  return find_file(status.dev, status.ino);
}

ULong regions_file_size(UInt file) { return files[file].size; }

void regions_file_wrote(UInt file, Int fd, ULong first, ULong last) {
  struct vg_stat status;
  if (VG_(fstat)(fd, &status) != 0) return;
  file_reaches_by_write(file, VG_ROUNDUP((ULong)status.size, 4096), first, last);
}

static void file_grew(UInt file, Int fd) { regions_file_wrote(file, fd, ~0ull, ~0ull); }

/* ---- regions ---- */

static void update_watch(void) {
  has_regions = has_regions || region_count > 0;
  if (region_count == 0 || !is_recording) {
    watch_span = 0;
    return;
  }
  /* A store of up to 64 bytes that begins before the first region may reach into it. */
  watch_start = regions[0].start - 63;
  watch_span = regions[region_count - 1].end - watch_start;
}

const Region* region_from(Addr address) {
  static UInt last;
  if (last < region_count && regions[last].start <= address && address < regions[last].end) {
    return &regions[last];
  }
  UInt low = 0, high = region_count;
  while (low < high) {
    UInt middle = (low + high) / 2;
    if (regions[middle].end <= address) low = middle + 1;
    else high = middle;
  }
  last = low;
  return low < region_count ? &regions[low] : NULL;
}

static void insert(Region region) {
  if (region_count == MOST_REGIONS) {
    stream_stop(VKI_ENOMEM);
    return;
  }
  UInt at = region_count++;
  for (; at > 0 && regions[at - 1].start > region.start; at--) regions[at] = regions[at - 1];
  regions[at] = region;
}

/* What other mappings replace or unmapping takes away; the rest of a region stays. */
static void remove_range(Addr start, Addr end) {
  for (UInt i = 0; i < region_count; i++) {
    Region old = regions[i];
    if (old.end <= start || end <= old.start) continue;
    for (UInt k = i + 1; k < region_count; k++) regions[k - 1] = regions[k];
    region_count--;
    if (old.start < start) {
      insert((Region){old.start, start, old.file, old.offset});
    }
    if (end < old.end) {
      insert((Region){end, old.end, old.file, old.offset + (end - old.start)});
    }
    i = (UInt)-1;
  }
}

static Bool is_known(Addr start, Addr end) {
  for (Addr at = start; at < end;) {
    const Region* region = region_from(at);
    if (!region || region->start > at) return False;
    at = region->end;
  }
  return True;
}

static void add_region(Addr start, SizeT length, UInt file, ULong offset) {
  remove_range(start, start + length);
  insert((Region){start, start + length, file, offset});
  if (files[file].fd >= 0) file_grew(file, files[file].fd);
  file_reaches(file, offset + length);
  update_watch();
}

void regions_unmapped(Addr start, SizeT length) {
  if (region_count == 0) return;
  remove_range(start, start + VG_PGROUNDUP(length));
  update_watch();
}

void regions_mapped(Addr start, SizeT length, Int fd, ULong offset, Bool is_sync) {
  const HChar* path;
  if (!is_recording || !VG_(resolve_filename)(fd, &path)) return;
  if (!is_sync && regions_file_of(fd) < 0 && !is_wanted(path)) return;
  add_region(start, VG_PGROUNDUP(length), file_number(fd, path), offset);
}

/* What was a region stays one. */
void regions_moved(Addr from, SizeT old, Addr to, SizeT length) {
  const Region* found = region_from(from);
  Bool was_region = found && found->start <= from;
  Region region = was_region ? *found : (Region){0};
  regions_unmapped(from, old);
  regions_unmapped(to, length);
  if (was_region) add_region(to, VG_PGROUNDUP(length), region.file, region.offset + (from - region.start));
}

/* By libpmem's request. Where nothing tells a file, the memory is a device of its own. */
void regions_registered(Addr start, SizeT length) {
  Addr first = VG_PGROUNDDN(start), end = VG_PGROUNDUP(start + length);
  if (!is_recording || is_known(first, end)) return;
  const NSegment* segment = VG_(am_find_nsegment)(first);
  const HChar* path = segment ? VG_(am_get_filename)(segment) : NULL;
  if (segment && segment->kind == SkFileC && path) {
    Int fd = system_open_high(path, VKI_O_RDONLY, 0);
    if (fd >= 0) {
      add_region(first, end - first, file_number(fd, path),
                 segment->offset + (first - segment->start));
      return;
    }
  }
  HChar name[32];
  VG_(snprintf)(name, sizeof name, "memory@0x%lx", first);
  UInt number = add_file(-1, 0, 0, name);
  add_region(first, end - first, number, 0);
  system_call(__NR_pwrite64, files[number].initial, first, end - first, 0, 0, 0);
}

/* In a followed child: files get their numbers again, and their content is what it is now. */
void regions_start_again(void) {
  for (UInt i = 0; i < file_count; i++) {
    ULong size = files[i].size;
    HChar link[64];
    const HChar* path = "?";
    VG_(snprintf)(link, sizeof link, "%d", i);
    if (files[i].initial >= 0) VG_(close)(files[i].initial);
    if (files[i].fd < 0 || !VG_(resolve_filename)(files[i].fd, &path)) path = link;
    stream_meta("file\t%u\t", i);
    stream_meta_text(path);
    stream_meta("\n");
    files[i].initial = -1;
    files[i].size = 0;
    file_reaches(i, size);
  }
  update_watch();
}
