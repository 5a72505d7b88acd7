/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Events as records: who, where in which file, and the bytes as they are in memory after the store. The
   core runs one thread at a time and changes threads between blocks only, so nothing can have changed
   them since. */
#include "recorder.h"

enum {
  TAG_HAS_SITE = 0x20,
  TAG_HAS_THREAD = 0x40,
  TAG_HAS_FILE = 0x80,
  MOST_BYTES = 1 << 16,
  LONGEST_HEAD = 64,
  MOST_THREADS = 4096,
};

static UInt last_site, last_thread, last_file;
static ULong last_offset;
/* Per thread of the core, whose numbers are used again: the number it has in the recording. */
static UInt* thread_numbers;
static UInt thread_count;
/* Whether a flush or a non-temporal store of the thread waits for a fence. */
static UChar has_unfenced[MOST_THREADS];

static void thread_created(ThreadId parent, ThreadId child) {
  (void)parent;
  thread_numbers[child] = thread_count < MOST_THREADS ? thread_count++ : MOST_THREADS - 1;
}

void threads_init(void) {
  thread_numbers = VG_(calloc)("recorder.threads", VG_N_THREADS, sizeof *thread_numbers);
  VG_(track_pre_thread_ll_create)(thread_created);
}

void records_start_again(void) {
  last_site = last_thread = last_file = 0;
  last_offset = 0;
}

static UInt current_thread(void) { return thread_numbers[VG_(get_running_tid)()]; }

static UChar* put_varint(UChar* at, ULong value) {
  for (; value >= 0x80; value >>= 7) *at++ = value | 0x80;
  *at++ = value;
  return at;
}

static UChar* put_offset(UChar* at, ULong offset) {
  Long difference = offset - last_offset;
  last_offset = offset;
  return put_varint(at, (ULong)difference << 1 ^ (ULong)(difference >> 63));
}

/* Writes what changed since the last record; adds to the tag what that is. */
static UChar* put_context(UChar* at, UChar* tag, UInt site, UInt thread, UInt file) {
  if (site != last_site) {
    *tag |= TAG_HAS_SITE;
    at = put_varint(at, last_site = site);
  }
  if (thread != last_thread) {
    *tag |= TAG_HAS_THREAD;
    at = put_varint(at, last_thread = thread);
  }
  if (file != last_file) {
    *tag |= TAG_HAS_FILE;
    at = put_varint(at, last_file = file);
  }
  return at;
}

/* ---- stores ---- */

static void put_store(UInt kind, UInt site, UInt file, ULong offset, const UChar* bytes, SizeT size) {
  UInt thread = current_thread();
  UChar* start = stream_reserve(LONGEST_HEAD + size);
  if (!start) return;
  UChar tag = kind;
  UChar* at = put_context(start + 1, &tag, site, thread, file);
  at = put_offset(at, offset);
  at = put_varint(at, size);
  if (size == 8) *(ULong*)at = *(const ULong*)bytes;
  else VG_(memcpy)(at, bytes, size);
  stream_commit(start, at + size, tag);
  if (kind == RECORD_NT_STORE) has_unfenced[thread] = True;
  if (kind == RECORD_LOCKED_STORE) has_unfenced[thread] = False;
  if (is_recording_reads) writers_stored(file, offset, size, thread);
}

static void put_pieces(UInt kind, UInt site, UInt file, ULong offset, const UChar* bytes, SizeT size) {
  while (size > 0) {
    SizeT piece = size < MOST_BYTES ? size : MOST_BYTES;
    put_store(kind, site, file, offset, bytes, piece);
    offset += piece;
    bytes += piece;
    size -= piece;
  }
}

void record_store(UInt kind, Addr address, SizeT size, Site* site) {
  Addr end = address + size;
  while (address < end) {
    const Region* region = region_from(address);
    if (!region || region->start >= end) return;
    if (address < region->start) address = region->start;
    SizeT part = (end < region->end ? end : region->end) - address;
    put_pieces(kind, site_number(site), region->file, region->offset + (address - region->start),
               (const UChar*)address, part);
    address += part;
  }
}

void record_file_store(UInt file, ULong offset, const UChar* bytes, SizeT size) {
  ULong known = regions_file_size(file);
  if (offset >= known) return;
  if (size > known - offset) size = known - offset;
  put_pieces(RECORD_KERNEL_STORE, 0, file, offset, bytes, size);
}

/* ---- reads ---- */

static void put_read(UInt site, UInt file, ULong offset, SizeT size, UInt thread) {
  UChar* start = stream_reserve(LONGEST_HEAD);
  if (!start) return;
  UChar tag = RECORD_READ;
  UChar* at = put_context(start + 1, &tag, site, thread, file);
  at = put_offset(at, offset);
  at = put_varint(at, size);
  stream_commit(start, at, tag);
}

/* A load that ends in another region is told of the first alone. */
void record_read(Addr address, SizeT size, Site* site) {
  const Region* region = region_from(address);
  if (!region || region->start >= address + size || !is_recording) return;
  UInt thread = current_thread();
  Addr start = address < region->start ? region->start : address;
  Addr end = address + size < region->end ? address + size : region->end;
  ULong offset = region->offset + (start - region->start);
  if (!writers_read(region->file, offset, end - start, thread)) return;
  put_read(site_number(site), region->file, offset, end - start, thread);
}

/* ---- what orders ---- */

void record_flush(UInt kind, Addr address, Site* site) {
  Addr line = address & ~(Addr)63;
  const Region* region = region_from(line);
  if (!region || region->start > line) return;
  UInt thread = current_thread();
  UInt number = site_number(site);
  UChar* start = stream_reserve(LONGEST_HEAD);
  if (!start) return;
  UChar tag = kind;
  UChar* at = put_context(start + 1, &tag, number, thread, region->file);
  at = put_offset(at, region->offset + (line - region->start));
  stream_commit(start, at, tag);
  has_unfenced[thread] = True;
}

static void put_fence(UInt kind, UInt site, UInt thread) {
  UChar* start = stream_reserve(LONGEST_HEAD);
  if (!start) return;
  UChar tag = kind;
  UChar* at = put_context(start + 1, &tag, site, thread, last_file);
  stream_commit(start, at, tag);
  has_unfenced[thread] = False;
}

void record_fence(UInt kind, Site* site) {
  if (has_regions && is_recording) put_fence(kind, site_number(site), current_thread());
}

/* Where nothing waits for a fence it changes nothing, and programs lock often. */
void record_locked_fence(Site* site) {
  UInt thread = current_thread();
  if (has_unfenced[thread] && is_recording) put_fence(RECORD_LOCKED_FENCE, site_number(site), thread);
}

static void put_msync(UInt file, ULong offset, ULong size) {
  UInt thread = current_thread();
  UChar* start = stream_reserve(LONGEST_HEAD);
  if (!start) return;
  UChar tag = RECORD_MSYNC;
  UChar* at = put_context(start + 1, &tag, 0, thread, file);
  at = put_offset(at, offset);
  at = put_varint(at, size);
  stream_commit(start, at, tag);
  has_unfenced[thread] = False;
}

void record_msync(Addr address, SizeT size) {
  Addr end = address + size;
  while (address < end) {
    const Region* region = region_from(address);
    if (!region || region->start >= end) return;
    if (address < region->start) address = region->start;
    SizeT part = (end < region->end ? end : region->end) - address;
    put_msync(region->file, region->offset + (address - region->start), part);
    address += part;
  }
}

void record_file_msync(UInt file) { put_msync(file, 0, regions_file_size(file)); }

void record_label(const HChar* text) {
  SizeT size = VG_(strlen)(text);
  if (size > 4096) size = 4096;
  UInt thread = current_thread();
  UChar* start = stream_reserve(LONGEST_HEAD + size);
  if (!start) return;
  UChar tag = RECORD_LABEL;
  UChar* at = put_context(start + 1, &tag, last_site, thread, last_file);
  at = put_varint(at, size);
  VG_(memcpy)(at, text, size);
  stream_commit(start, at + size, tag);
}
