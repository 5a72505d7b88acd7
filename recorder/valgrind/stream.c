/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Four kinds of files in one directory: text about the recording, the stream of events, its tail, and
   initial images. Events are gathered in the tail, which is mapped and shared, so that what was recorded is
   in a file however the process ends; a full tail is written behind the stream. STREAM.md says what is in
   them. Mapping the stream itself, part after part, cost several times as much. */
#include "recorder.h"

enum {
  LONGEST_RECORD = 1 << 17,
  TAIL_BYTES = 1 << 18,
  /* Kept free at the end for the record that says that recording stopped. */
  RESERVED_BYTES = 64,
};

typedef struct {
  ULong first; /* byte of the stream that the first of the records is */
  UChar nothing[56];
  UChar records[TAIL_BYTES];
} Tail;

Bool is_recording;
static HChar* directory;
static HChar prefix[512];
static Int meta = -1;
static ULong meta_size, meta_lines; /* so much is written, and so much of it is whole lines */
static Int events = -1;
static Tail* tail;
static SizeT used; /* of the tail's records */

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

/* Where there is no room, half a line is taken away; a last one says why, if there is room for that. */
static void put_meta(const HChar* bytes, SizeT size) {
  static const HChar last[] = "stopped\t28\n";
  if (meta < 0 || size == 0) return;
  Int error = system_write_all(meta, bytes, size);
  if (!error) {
    meta_size += size;
    if (bytes[size - 1] == '\n') meta_lines = meta_size;
    return;
  }
  system_call(__NR_ftruncate, meta, meta_lines, 0, 0, 0, 0);
  VG_(lseek)(meta, meta_lines, VKI_SEEK_SET);
  system_write_all(meta, last, sizeof last - 1);
  VG_(close)(meta);
  meta = -1;
  stream_stop(error);
}

void stream_meta(const HChar* format, ...) {
  static HChar line[4096];
  va_list arguments;
  va_start(arguments, format);
  UInt length = VG_(vsnprintf)(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length >= sizeof line) length = sizeof line - 1;
  put_meta(line, length);
}

void stream_meta_text(const HChar* text) {
  HChar line[4096];
  SizeT length = 0;
  for (; text[length] && length < sizeof line; length++) {
    HChar c = text[length];
    line[length] = c == '\t' || c == '\n' ? ' ' : c;
  }
  put_meta(line, length);
}

/* The error number, or 0. */
static Int make_tail(void) {
  Int fd = system_open_high(path_of("tail"), VKI_O_CREAT | VKI_O_EXCL | VKI_O_RDWR, 0600);
  if (fd < 0) return VKI_EIO;
  Word error = !system_may_reach(sizeof(Tail))
                 ? -VKI_EFBIG : system_call(__NR_fallocate, fd, 0, 0, sizeof(Tail), 0, 0);
  if (error < 0 && error != -VKI_ENOSPC && error != -VKI_EFBIG) {
    error = system_call(__NR_ftruncate, fd, sizeof(Tail), 0, 0, 0, 0);
  }
  tail = error < 0 ? NULL : system_map_shared(fd, 0, sizeof(Tail));
  VG_(close)(fd);
  used = 0;
  if (error < 0) return -error;
  return tail ? 0 : VKI_ENOMEM;
}

static void forget_tail(void) {
  if (tail) VG_(am_munmap_valgrind)((Addr)tail, sizeof(Tail));
  tail = NULL;
  used = 0;
}

static Bool open_files(void) {
  Int flags = VKI_O_CREAT | VKI_O_EXCL | VKI_O_RDWR;
  Int pid = VG_(getpid)();
  for (Int image = 0; image < 1000 && meta < 0; image++) {
    VG_(snprintf)(prefix, sizeof prefix, "%s/%d.%d", directory, pid, image);
    meta = system_open_high(path_of("meta"), flags, 0600);
  }
  events = system_open_high(path_of("events"), flags, 0600);
  if (meta < 0 || events < 0) {
    static const HChar text[] = "fencepost: no recording can be written of a process\n";
    system_write_all(2, text, sizeof text - 1);
    return False;
  }
  meta_size = meta_lines = 0;
  return True;
}

void stream_open(const HChar* where, Int parent) {
  directory = VG_(strdup)("recorder.directory", where);
  if (!open_files()) return;
  is_recording = True;
  stream_meta("fencepost-recording\t1\nprocess\t%d\t%d\n", VG_(getpid)(), parent);
  Int error = is_recording ? make_tail() : 0;
  if (error) stream_stop(error);
}

/* The process is a fork of the recorded one: its tail is the parent's, which it must not touch. */
void stream_child(Bool is_followed) {
  forget_tail();
  VG_(close)(meta);
  VG_(close)(events);
  meta = events = -1;
  is_recording = False;
  if (is_followed) stream_open(directory, VG_(getppid)());
}

/* Appends the tail's records to the stream. A kill in between neither loses nor doubles any: the tail is in force
   until its first byte is 0, and by then the stream has all of it. */
static Int append_tail(void) {
  if (!system_may_reach(tail->first + used)) return VKI_EFBIG;
  for (SizeT done = 0; done < used;) {
    Word count = system_call(__NR_pwrite64, events, (UWord)(tail->records + done), used - done,
                             tail->first + done, 0, 0);
    if (count == -VKI_EINTR) continue;
    if (count <= 0) return count < 0 ? -count : VKI_ENOSPC;
    done += count;
  }
  *(volatile UChar*)tail->records = 0;
  *(volatile ULong*)&tail->first += used;
  VG_(memset)(tail->records, 0, used);
  used = 0;
  return 0;
}

UChar* stream_reserve(SizeT bytes) {
  if (!is_recording) return NULL;
  tl_assert(bytes <= LONGEST_RECORD);
  if (used + bytes + RESERVED_BYTES <= TAIL_BYTES) return tail->records + used;
  Int error = append_tail();
  if (error) {
    stream_stop(error);
    return NULL;
  }
  return tail->records;
}

/* The tag is written last: a record that was begun and not ended is none. */
void stream_commit(UChar* start, UChar* end, UChar tag) {
  __asm__ volatile("" ::: "memory");
  *start = tag;
  used += end - start;
}

/* Nothing more can be written; what was recorded stays. */
void stream_stop(Int error) {
  if (!is_recording) return;
  is_recording = False;
  watch_span = 0;
  stream_meta("stopped\t%d\n", error);
  VG_(umsg)("fencepost: recording stopped: error %d (%s)\n", error,
            error == VKI_ENOSPC ? "no space left for the recording" : "writing the recording");
  if (tail) tail->records[used++] = RECORD_STOPPED;
}

void stream_close(Int status) {
  if (meta < 0) return;
  if (is_recording) tail->records[used++] = RECORD_END;
  is_recording = False;
  stream_meta("end\t%d\n", status);
}
