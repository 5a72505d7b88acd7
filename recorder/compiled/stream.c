// The recording's files: text, events and initial images. Events are collected in a small file that is mapped and
// shared, so that what was recorded is there however the process ends; when it is full they go to the large one. To
// map one part of the large file after the other costs several times as much: each of its pages is new to the cache.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { COLLECTED = 1 << 17, RESERVED = 64 };

// As recorder/valgrind/STREAM.md says: while its first byte is not 0, the stream is the large file up to `begin` and then
// these bytes.
struct collection {
  uint64_t begin;
  unsigned char unused[56];
  unsigned char bytes[COLLECTED];
};

bool is_recording;
static char directory[PATH_MAX];
static char prefix[PATH_MAX + 64];
static int meta = -1, events = -1;
static struct collection *collection;
unsigned char *stream_next, *stream_limit; // in the collection

// The errno of what failed, or 0.
static int write_all(int file, const char *bytes, size_t size) {
  while (size > 0) {
    long count = syscall(SYS_write, file, bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : ENOSPC;
    bytes += count;
    size -= count;
  }
  return 0;
}

// A file that gets larger than the process may make one would end it by a signal.
bool stream_may_reach(uint64_t size) {
  struct rlimit limit;
  return syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit) != 0 || size <= limit.rlim_cur;
}

// Takes half a line away; a last one says why, where there is room for it.
static void end_meta(uint64_t size, int error) {
  static const char line[] = "stopped\t28\n";
  int own = meta;
  meta = -1;
  syscall(SYS_ftruncate, own, size);
  syscall(SYS_lseek, own, size, SEEK_SET);
  write_all(own, line, sizeof line - 1);
  syscall(SYS_close, own);
  stream_stop(error);
}

// Own text, for the C library's uses vectors.
static size_t put_number(char *at, uint64_t value, unsigned base) {
  char digits[24];
  size_t count = 0;
  do digits[count++] = "0123456789abcdef"[value % base];
  while (value /= base);
  for (size_t i = 0; i < count; i++) at[i] = digits[count - 1 - i];
  return count;
}

// Of a path, what would end the word stays out.
static size_t put_text(char *at, const char *text, size_t room) {
  size_t size = 0;
  for (; text[size] && size < room; size++) {
    at[size] = text[size] == '\t' || text[size] == '\n' ? ' ' : text[size];
  }
  return size;
}

// %s, and %u, %lu, %lx of what they say.
void stream_meta(const char *format, ...) {
  char line[PATH_MAX + 256];
  size_t size = 0;
  va_list arguments;
  va_start(arguments, format);
  for (; *format && size < sizeof line - 32; format++) {
    if (*format != '%') {
      line[size++] = *format;
      continue;
    }
    if (*++format == 's') {
      size += put_text(line + size, va_arg(arguments, const char *), sizeof line - 32 - size);
    } else if (*format == 'u') {
      size += put_number(line + size, va_arg(arguments, unsigned), 10);
    } else {
      size += put_number(line + size, va_arg(arguments, unsigned long), *++format == 'x' ? 16 : 10);
    }
  }
  va_end(arguments);
  if (meta < 0) return;
  long before = syscall(SYS_lseek, meta, 0, SEEK_CUR);
  int error = write_all(meta, line, size);
  if (error) end_meta(before, error);
}

void stream_initial_path(char *path, size_t size, uint32_t file) {
  snprintf(path, size, "%s.initial.%u", prefix, file);
}

// Numbers of files that programs do not choose and do not count on.
static int out_of_the_way(int file) {
  if (file < 0) return file;
  int high = syscall(SYS_fcntl, file, F_DUPFD_CLOEXEC, 800);
  if (high < 0) return file;
  syscall(SYS_close, file);
  return high;
}

static int create(const char *suffix) {
  char path[PATH_MAX + 96];
  snprintf(path, sizeof path, "%s.%s", prefix, suffix);
  int flags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC;
  return out_of_the_way(syscall(SYS_openat, AT_FDCWD, path, flags, 0600));
}

// The errno of what failed, or 0.
static int map_collection(void) {
  int file = create("tail");
  if (file < 0) return errno;
  if (!stream_may_reach(sizeof *collection)) {
    syscall(SYS_close, file);
    return EFBIG;
  }
  long error = syscall(SYS_fallocate, file, 0, 0, sizeof *collection);
  if (error && errno != ENOSPC) error = syscall(SYS_ftruncate, file, sizeof *collection);
  long start = error ? -1 : syscall(SYS_mmap, 0, sizeof *collection, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_POPULATE, file, 0);
  int reason = errno;
  syscall(SYS_close, file);
  if (start == -1) return reason;
  collection = (struct collection *)start;
  stream_next = collection->bytes;
  stream_limit = collection->bytes + COLLECTED - RESERVED;
  return 0;
}

static void clear(unsigned char *start, size_t size) {
  __asm__ volatile("rep stosb" : "+D"(start), "+c"(size) : "a"(0) : "memory");
}

bool stream_open(const char *where) {
  if (where != directory) snprintf(directory, sizeof directory, "%s", where);
  for (int image = 0; image < 1000 && meta < 0; image++) {
    snprintf(prefix, sizeof prefix, "%s/%d.%d", directory, (int)getpid(), image);
    meta = create("meta");
    if (meta < 0 && errno != EEXIST) break;
  }
  if (meta >= 0) events = create("events");
  if (events < 0) {
    dprintf(2, "fencepost: the recording cannot be written to %s: %m\n", directory);
    return false;
  }
  is_recording = true;
  stream_meta("fencepost-recording\t1\nrecorder\tcompiled\nprocess\t%u\t%u\n", (unsigned)getpid(), (unsigned)getppid());
  int error = is_recording ? map_collection() : 0;
  if (error) stream_stop(error);
  return is_recording;
}

// Writes what is collected; the errno of what failed, or 0. However it is interrupted, no byte is lost or told twice: the
// collection counts until its first byte is 0, and what it held is in the large file before.
static int write_collection(void) {
  size_t size = stream_next - collection->bytes, done = 0;
  if (!stream_may_reach(collection->begin + size)) return EFBIG;
  while (done < size) {
    long count = syscall(SYS_pwrite64, events, collection->bytes + done, size - done, collection->begin + done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : ENOSPC;
    done += count;
  }
  *(volatile unsigned char *)collection->bytes = 0;
  *(volatile uint64_t *)&collection->begin += size;
  clear(collection->bytes, size);
  stream_next = collection->bytes;
  return 0;
}

unsigned char *stream_after_writing(void) {
  if (!is_recording) return NULL;
  int saved = errno;
  int error = write_collection();
  errno = saved;
  if (!error) return stream_next;
  stream_stop(error);
  return NULL;
}

// Nothing more can be written; what was recorded stays.
void stream_stop(int error) {
  if (!is_recording) return;
  is_recording = false;
  stream_limit = NULL;
  regions_stop();
  stream_meta("stopped\t%u\n", (unsigned)error);
  if (collection) *stream_next++ = RECORD_STOPPED;
}

// What the process stores after this is still recorded.
void stream_close(int status) { stream_meta("end\t%u\n", (unsigned)status); }

// The parent's files are not the child's.
void stream_in_child(bool is_followed) {
  if (collection) syscall(SYS_munmap, collection, sizeof *collection);
  if (meta >= 0) syscall(SYS_close, meta);
  if (events >= 0) syscall(SYS_close, events);
  collection = NULL;
  stream_next = stream_limit = NULL;
  meta = events = -1;
  bool was_recording = is_recording;
  is_recording = false;
  if (is_followed && was_recording) stream_open(directory);
}
