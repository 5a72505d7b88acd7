/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* What the parts of the tool say to one another. README.md tells how they fit together. */
#ifndef FENCEPOST_RECORDER_H
#define FENCEPOST_RECORDER_H

#include "pub_tool_basics.h"
#include "pub_tool_aspacemgr.h"
#include "pub_tool_debuginfo.h"
#include "pub_tool_hashtable.h"
#include "pub_tool_libcassert.h"
#include "pub_tool_libcbase.h"
#include "pub_tool_libcfile.h"
#include "pub_tool_libcprint.h"
#include "pub_tool_libcproc.h"
#include "pub_tool_machine.h"
#include "pub_tool_mallocfree.h"
#include "pub_tool_options.h"
#include "pub_tool_stacktrace.h"
#include "pub_tool_threadstate.h"
#include "pub_tool_tooliface.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h"

/* Kinds of records in the stream of events; see STREAM.md. */
enum {
  RECORD_NONE = 0,
  RECORD_STORE = 1,
  RECORD_NT_STORE = 2,
  RECORD_LOCKED_STORE = 3,
  RECORD_LOCKED_FENCE = 4,
  RECORD_CLWB = 5,
  RECORD_CLFLUSHOPT = 6,
  RECORD_CLFLUSH = 7,
  RECORD_SFENCE = 8,
  RECORD_MFENCE = 9,
  RECORD_MSYNC = 10,
  RECORD_LABEL = 11,
  RECORD_KERNEL_STORE = 12,
  RECORD_END = 13,
  RECORD_STOPPED = 14,
  RECORD_READ = 15,
};

/* ---- decode.c: as much of an instruction as the intermediate representation does not tell ---- */

typedef enum {
  INSTRUCTION_OTHER,
  INSTRUCTION_NT_STORE,
  INSTRUCTION_CLWB,
  INSTRUCTION_CLFLUSHOPT,
  INSTRUCTION_CLFLUSH,
  INSTRUCTION_SFENCE,
  INSTRUCTION_MFENCE,
} InstructionKind;

typedef struct {
  InstructionKind kind;
  Int length;        /* bytes; known for flushes only */
  Bool is_locked;    /* a lock prefix, or xchg with memory */
  Bool is_cmpxchg;   /* cmpxchg, cmpxchg8b, cmpxchg16b: may fail and still order */
  /* The address operand of a flush. */
  Int base, index;   /* register numbers, -1 for none */
  Int scale;         /* shift of the index */
  Long displacement;
  Bool is_ip_relative, is_address32;
  Int segment;       /* 0, or the prefix 0x64 (fs) or 0x65 (gs) */
} Instruction;

void decode_instruction(const UChar* bytes, Int available, Instruction* result);

/* ---- instrument.c ---- */

IRSB* instrument(VgCallbackClosure* closure, IRSB* in, const VexGuestLayout* layout,
                 const VexGuestExtents* extents, const VexArchInfo* host, IRType guest_word,
                 IRType host_word);

/* ---- sites.c: instructions that cause events ---- */

typedef struct Site {
  struct Site* next; /* with key: what the core's hash tables need */
  UWord key;         /* address of the instruction */
  UInt number;       /* 0 until the site caused an event */
  DiEpoch epoch;     /* when code was last translated from there */
} Site;

enum { MOST_FRAMES = 32 };
/* Frames of a site: 1 for the instruction alone, at most MOST_FRAMES. */
extern UInt stack_depth;

Site* site_at(Addr pc);
UInt site_number(Site* site);
void sites_start_again(void);

/* ---- regions.c: which memory is persistent ---- */

/* All live regions lie in [watch_start + 63, watch_start + watch_span); read by generated code. */
extern Addr watch_start;
extern UWord watch_span;
extern Bool has_regions;

typedef struct {
  Addr start, end; /* of memory */
  UInt file;       /* number of the file */
  ULong offset;    /* of the first byte in the file */
} Region;

/* The region of an address, or the first one after it; NULL for none. */
const Region* region_from(Addr address);
void regions_mapped(Addr start, SizeT length, Int fd, ULong offset, Bool is_sync);
void regions_registered(Addr start, SizeT length);
void regions_unmapped(Addr start, SizeT length);
void regions_start_again(void);
/* The number of the watched file that is open as `fd`, or -1. */
Int regions_file_of(Int fd);
ULong regions_file_size(UInt file);
void regions_file_wrote(UInt file, Int fd, ULong first, ULong last);
void regions_moved(Addr from, SizeT old, Addr to, SizeT length);
void regions_add_pattern(const HChar* pattern);

/* ---- glob.c ---- */

Bool glob_matches(const HChar* pattern, const HChar* text);

/* ---- stream.c: what is written ---- */

extern Bool is_recording;

void stream_open(const HChar* directory, Int parent);
void stream_child(Bool is_followed);
void stream_stop(Int error);
void stream_close(Int status);
/* Makes room for a record of `bytes` bytes; NULL where nothing is recorded (any more). */
UChar* stream_reserve(SizeT bytes);
void stream_commit(UChar* start, UChar* end, UChar tag);
void stream_meta(const HChar* format, ...) PRINTF_CHECK(1, 2);
/* Writes a text as the end of a line: no tab, no line feed. */
void stream_meta_text(const HChar* text);
const HChar* stream_initial_path(UInt file);

/* ---- records.c: events as records ---- */

void record_store(UInt kind, Addr address, SizeT size, Site* site);
/* A load; only what another thread stored last becomes a record. */
void record_read(Addr address, SizeT size, Site* site);
void record_flush(UInt kind, Addr address, Site* site);
void record_fence(UInt kind, Site* site);
/* A locked operation on memory that is not persistent. */
void record_locked_fence(Site* site);
void record_msync(Addr address, SizeT size);
void record_file_msync(UInt file);
/* Bytes written into a watched file through a descriptor. */
void record_file_store(UInt file, ULong offset, const UChar* bytes, SizeT size);
void record_label(const HChar* text);
void records_start_again(void);

/* ---- writers.c: which thread stored a word last, where reads are recorded ---- */

extern Bool is_recording_reads;

void writers_stored(UInt file, ULong offset, SizeT size, UInt thread);
/* Whether another thread stored part of it last and this one has not read that yet. */
Bool writers_read(UInt file, ULong offset, SizeT size, UInt thread);
void writers_start_again(void);
void threads_init(void);

/* ---- syscalls.c ---- */

void syscalls_init(void);

/* ---- system.c: calls that the core does not offer to tools ---- */

Word system_call(UWord number, UWord a, UWord b, UWord c, UWord d, UWord e, UWord f);
Int system_open_high(const HChar* path, Int flags, Int mode);
/* Copies what is not a hole; false where reading or writing failed. */
Bool system_copy_data(Int from, Int to, ULong begin, ULong end);
void* system_map_shared(Int fd, ULong offset, SizeT size);
/* Of the core, in no header for tools: the path behind a descriptor. */
Bool VG_(resolve_filename)(Int fd, const HChar** path);
Int system_write_all(Int fd, const void* bytes, SizeT size);
Bool system_may_reach(ULong size);

#endif
