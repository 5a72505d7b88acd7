/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Three kinds of files in one directory: text about the recording, the stream of events, and initial
   images. Events go to a window of the stream that is mapped and shared, so that what was recorded is in
   the file however the process ends. STREAM.md says what is in them. */
#include "recorder.h"

enum {
  WINDOW_BYTES = 1 << 20,
  LONGEST_RECORD = 1 << 17,
  /* Kept free at the end of a window for the record that says that recording stopped. */
  RESERVED_BYTES = 64,
};

Bool is_recording;
static HChar* directory;
static HChar prefix[512];
static Int meta = -1;
static Int events = -1;
static UChar* window;
static ULong window_offset; /* in the file */
static SizeT used;          /* of the window */

static const HChar* path_of(const HChar* suffix) {
  static HChar path[640];
  VG_(snprintf)(path, sizeof path, "%s.%s", prefix, suffix);
  return path;
}

const HChar* stream_initial_path(UInt file) {
  HChar suffix[32];
  VG_(snprintf)(suffix, sizeof suffix, "initial.%u", file);
  return path_of(suffix);
}

void stream_meta(const HChar* format, ...) {
  static HChar line[4096];
  va_list arguments;
  va_start(arguments, format);
  UInt length = VG_(vsnprintf)(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length >= sizeof line) length = sizeof line - 1;
  if (meta >= 0) system_write_all(meta, line, length);
}

void stream_meta_text(const HChar* text) {
  HChar line[4096];
  SizeT length = 0;
  for (; text[length] && length < sizeof line; length++) {
    HChar c = text[length];
    line[length] = c == '\t' || c == '\n' ? ' ' : c;
  }
  if (meta >= 0) system_write_all(meta, line, length);
}

/* Makes the file cover the window and maps it; the error number, or 0. */
static Int map_window(void) {
  Word error = system_call(__NR_fallocate, events, 0, window_offset, WINDOW_BYTES, 0, 0);
  if (error < 0 && error != -VKI_ENOSPC) {
    error = system_call(__NR_ftruncate, events, window_offset + WINDOW_BYTES, 0, 0, 0, 0);
  }
  if (error < 0) return -error;
  UChar* next = system_map_shared(events, window_offset, WINDOW_BYTES);
  if (!next) return VKI_ENOMEM;
  if (window) VG_(am_munmap_valgrind)((Addr)window, WINDOW_BYTES);
  window = next;
  return 0;
}

static void open_files(void) {
  Int flags = VKI_O_CREAT | VKI_O_EXCL | VKI_O_RDWR;
  Int pid = VG_(getpid)();
  for (Int image = 0; image < 1000 && meta < 0; image++) {
    VG_(snprintf)(prefix, sizeof prefix, "%s/%d.%d", directory, pid, image);
    meta = system_open_high(path_of("meta"), flags, 0600);
  }
  events = system_open_high(path_of("events"), flags, 0600);
  if (meta < 0 || events < 0) {
    VG_(umsg)("fencepost: the recording cannot be written to %s\n", directory);
    VG_(exit)(74);
  }
  window_offset = 0;
  used = 0;
}

void stream_open(const HChar* where, Int parent) {
  directory = VG_(strdup)("recorder.directory", where);
  open_files();
  stream_meta("fencepost-recording\t1\nprocess\t%d\t%d\n", VG_(getpid)(), parent);
  is_recording = True;
  Int error = map_window();
  if (error) stream_stop(error);
}

/* The process is a fork of the recorded one: its window is the parent's, which it must not touch. */
void stream_child(Bool is_followed) {
  if (window) VG_(am_munmap_valgrind)((Addr)window, WINDOW_BYTES);
  window = NULL;
  VG_(close)(meta);
  VG_(close)(events);
  meta = events = -1;
  is_recording = False;
  if (is_followed) stream_open(directory, VG_(getppid)());
}

/* Unmaps what is full and maps what follows. A window begins where a page does. */
static Bool next_window(void) {
  SizeT whole_pages = used & ~(SizeT)0xFFF;
  window_offset += whole_pages;
  Int error = map_window();
  if (error) {
    window_offset -= whole_pages;
    stream_stop(error);
    return False;
  }
  used -= whole_pages;
  return True;
}

UChar* stream_reserve(SizeT bytes) {
  if (!is_recording) return NULL;
  tl_assert(bytes <= LONGEST_RECORD);
  if (used + bytes + RESERVED_BYTES > WINDOW_BYTES && !next_window()) return NULL;
  return window + used;
}

/* The tag is written last: a record that was begun and not ended is none. */
void stream_commit(UChar* start, UChar* end, UChar tag) {
  __asm__ volatile("" ::: "memory");
  *start = tag;
  used += end - start;
}

/* Nothing more can be written; what was recorded stays. */
void stream_stop(Int error) {
  is_recording = False;
  watch_span = 0;
  stream_meta("stopped\t%d\n", error);
  VG_(umsg)("fencepost: recording stopped: error %d (%s)\n", error,
            error == VKI_ENOSPC ? "no space left for the recording" : "writing the recording");
  if (window) window[used++] = RECORD_STOPPED;
}

void stream_close(Int status) {
  if (meta < 0) return;
  if (is_recording) window[used++] = RECORD_END;
  is_recording = False;
  if (window) system_call(__NR_ftruncate, events, window_offset + used, 0, 0, 0, 0);
  stream_meta("end\t%d\n", status);
}
