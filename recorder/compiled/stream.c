// The recording's files: text, events and initial images. Events go to a window of their file that is mapped and
// shared, so that what was recorded is there however the process ends.
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
#include <sys/syscall.h>
#include <unistd.h>

enum { WINDOW = 1 << 19, PAGE = 4096, RESERVED = 64 };

bool is_recording;
static char directory[PATH_MAX];
static char prefix[PATH_MAX + 64];
static int meta = -1, events = -1;
static unsigned char *window;
static uint64_t window_begin; // in the file
unsigned char *stream_next, *stream_limit; // in the window

static void write_all(int file, const char *bytes, size_t size) {
  while (size > 0) {
    long count = syscall(SYS_write, file, bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    bytes += count;
    size -= count;
  }
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
  if (meta >= 0) write_all(meta, line, size);
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

static int map_window(void) {
  if (syscall(SYS_fallocate, events, 0, window_begin, WINDOW) != 0) {
    if (errno == ENOSPC || syscall(SYS_ftruncate, events, window_begin + WINDOW) != 0) return errno;
  }
  long next = syscall(SYS_mmap, 0, WINDOW, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, events,
                      window_begin);
  if (next == -1) return errno;
  unsigned char *old = window;
  size_t used = window ? (size_t)(stream_next - window) % PAGE : 0;
  window = (unsigned char *)next;
  stream_next = window + used;
  stream_limit = window + WINDOW - RESERVED;
  if (old) syscall(SYS_munmap, old, WINDOW);
  return 0;
}

bool stream_open(const char *where) {
  if (where != directory) snprintf(directory, sizeof directory, "%s", where);
  for (int image = 0; image < 1000 && meta < 0; image++) {
    snprintf(prefix, sizeof prefix, "%s/%d.%d", directory, (int)getpid(), image);
    meta = create("meta");
    if (meta < 0 && errno != EEXIST) break;
  }
  if (meta >= 0) events = create("events");
  window_begin = 0;
  int error = events < 0 ? errno : map_window();
  if (error) {
    dprintf(2, "fencepost: the recording cannot be written to %s: %m\n", directory);
    return false;
  }
  stream_meta("fencepost-recording\t1\nrecorder\tcompiled\nprocess\t%u\t%u\n", (unsigned)getpid(), (unsigned)getppid());
  is_recording = true;
  return true;
}

unsigned char *stream_next_window(size_t bytes) {
  if (!is_recording) return NULL;
  int saved = errno;
  size_t whole = (size_t)(stream_next - window) & ~(size_t)(PAGE - 1);
  window_begin += whole;
  int error = map_window();
  errno = saved;
  if (!error) return (size_t)(stream_limit - stream_next) >= bytes ? stream_next : NULL;
  window_begin -= whole;
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
  static const char text[] = "fencepost: recording stopped\n";
  write_all(2, text, sizeof text - 1);
  if (window) *stream_next++ = RECORD_STOPPED;
}

// What the process stores after this is still recorded.
void stream_close(int status) { stream_meta("end\t%u\n", (unsigned)status); }

// The parent's files are not the child's.
void stream_in_child(bool is_followed) {
  if (window) syscall(SYS_munmap, window, WINDOW);
  if (meta >= 0) syscall(SYS_close, meta);
  if (events >= 0) syscall(SYS_close, events);
  window = stream_next = stream_limit = NULL;
  meta = events = -1;
  bool was_recording = is_recording;
  is_recording = false;
  if (is_followed && was_recording) stream_open(directory);
}
