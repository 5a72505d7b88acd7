/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Options, beginning, end, forks and requests of the program. */
#include "recorder.h"

static const HChar* directory;
static Bool is_following;

/* The requests that libpmem makes of pmemcheck, as seen from Debian's libpmem 1.12.1. It asks for the
   others only after it registered a variable of its own and found it registered. */
enum {
  REQUESTS = ('P' << 24) | ('C' << 16),
  REQUEST_REGISTER_MAPPING = REQUESTS + 0, /* address, bytes */
  REQUEST_REGISTER_FILE = REQUESTS + 1,    /* descriptor, address, bytes, offset */
  REQUEST_IS_REGISTERED = REQUESTS + 3,    /* address, bytes: 1 for yes */
  REQUEST_LABEL = REQUESTS + 30,           /* text */
  REQUESTS_MASK = 0x7FFF0000,
};

static Bool take_option(const HChar* option) {
  const HChar* pattern;
  if VG_STR_CLO(option, "--recording", directory) return True;
  if VG_BOOL_CLO(option, "--follow", is_following) return True;
  if VG_BINT_CLO(option, "--frames", stack_depth, 1, MOST_FRAMES) return True;
  if VG_BOOL_CLO(option, "--reads", is_recording_reads) return True;
  if VG_STR_CLO(option, "--pmem", pattern) {
    regions_add_pattern(pattern);
    return True;
  }
  return False;
}

static void print_usage(void) {
  VG_(printf)(
    "    --recording=DIRECTORY  where the recording goes\n"
    "    --pmem=PATTERN         mapped files to record; may be repeated\n"
    "    --follow=no|yes        record forks too [no]\n"
    "    --frames=NUMBER        frames of a place, 1 to 32 [1]\n"
    "    --reads=no|yes         record reads of what another thread stored [no]\n");
}

static void print_debug_usage(void) { VG_(printf)("    (none)\n"); }

static Addr registered_last;

static Bool is_registered(Addr address) {
  const Region* region = region_from(address);
  return address == registered_last || (region && region->start <= address);
}

/* What is not a mapping does not begin where a page does. */
static void register_mapping(Addr address, SizeT size) {
  registered_last = address;
  if (address == VG_PGROUNDDN(address)) regions_registered(address, size);
}

static Bool take_request(ThreadId tid, UWord* request, UWord* result) {
  (void)tid;
  if ((request[0] & REQUESTS_MASK) != REQUESTS) return False;
  *result = 0;
  switch (request[0]) {
  case REQUEST_REGISTER_MAPPING: register_mapping(request[1], request[2]); break;
  case REQUEST_REGISTER_FILE:
    regions_mapped(request[2], request[3], request[1], request[4], True);
    break;
  case REQUEST_IS_REGISTERED: *result = is_registered(request[1]); break;
  case REQUEST_LABEL: record_label((const HChar*)request[1]); break;
  }
  return True;
}

static void forked(ThreadId tid) {
  (void)tid;
  if (!directory) return;
  records_start_again();
  sites_start_again();
  writers_start_again();
  stream_child(is_following);
  if (is_following) regions_start_again();
  else watch_span = 0;
}

/* In the parent: what the child stores is not in this recording. */
static void has_forked(ThreadId tid) {
  (void)tid;
  if (!is_following) stream_meta("forked\n");
}

static void begin(void) {
  if (!directory) VG_(fmsg_bad_option)("--recording", "a directory is needed\n");
  threads_init();
  stream_open(directory, VG_(getppid)());
  VG_(atfork)(NULL, has_forked, forked);
}

static void end(Int status) { stream_close(status); }

static void initialise(void) {
  VG_(details_name)("fencepost");
  VG_(details_version)("0.1.0");
  VG_(details_description)("a recorder of stores, flushes and fences to persistent memory");
  VG_(details_copyright_author)("Copyright (C) 2026, and GNU GPL'd, by the Fencepost authors.");
  VG_(details_bug_reports_to)("the Fencepost authors");
  VG_(details_avg_translation_sizeB)(300);
  VG_(basic_tool_funcs)(begin, instrument, end);
  VG_(needs_command_line_options)(take_option, print_usage, print_debug_usage);
  VG_(needs_client_requests)(take_request);
  syscalls_init();
}

VG_DETERMINE_INTERFACE_VERSION(initialise)
